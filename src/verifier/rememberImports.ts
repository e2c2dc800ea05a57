import { FORMS_REMEMBERED_MS } from '../domain/keys/keyFormat.ts'

/**
 * Asks once at a time, and remembers a "no" for as long as the first import waits for it (src/workers/jobs/importApiKeys.ts),
 * counted from when it was asked for. A "yes" stays: it only means that one looks. Throws what asking threw.
 */
export function rememberImports(ask: () => Promise<boolean>): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined
  let askedAt = 0
  let has = false
  return () => {
    if (has) return Promise.resolve(true)
    const now = performance.now()
    if (answer && now - askedAt < FORMS_REMEMBERED_MS) return answer
    askedAt = now
    const asked = ask()
    asked.then(
      (found) => {
        has ||= found
      },
      () => {
        if (answer === asked) answer = undefined
      },
    )
    answer = asked
    return asked
  }
}

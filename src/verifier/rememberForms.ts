import type { Form } from '../domain/imports/Form.ts'
import { formMatcher } from '../domain/imports/forms.ts'
import { FORMS_REMEMBERED_MS } from '../domain/keys/keyFormat.ts'

/** How long verifiers still look up values of a form that is gone: it only costs look-ups. */
const MATCHES_REMEMBERED_MS = 60_000

/**
 * Caches the forms of imported keys, and says whether a value may be one. A "no" is remembered for
 * `FORMS_REMEMBERED_MS`, counted from when it was asked for; the first import of a form waits that long, so no
 * verifier misses it. Concurrent callers share one question. Throws what asking threw, unless the forms known before
 * have the value's.
 */
export function rememberForms(ask: () => Promise<Form[]>): (value: string) => Promise<boolean> {
  let matches = formMatcher([])
  let knownSince = Number.NEGATIVE_INFINITY
  let question: { at: number; answered: Promise<void> } | undefined

  const refresh = (): Promise<void> => {
    const at = performance.now()
    // An older question may have been answered before a form was announced that this value has.
    if (question && at - question.at < FORMS_REMEMBERED_MS) return question.answered
    const answered = ask().then((forms) => {
      if (at < knownSince) return
      matches = formMatcher(forms)
      knownSince = at
    })
    const mine = { at, answered }
    question = mine
    answered.catch(() => {
      if (question === mine) question = undefined
    })
    return answered
  }

  return async (value) => {
    const age = performance.now() - knownSince
    if (matches(value)) {
      if (age > MATCHES_REMEMBERED_MS) refresh().catch(() => {})
      return true
    }
    if (age < FORMS_REMEMBERED_MS) return false
    await refresh()
    return matches(value)
  }
}

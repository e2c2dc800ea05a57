import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 150
const REQUEST_MS = 5_000

/**
 * Waits until `url` answers with what `accept` takes. Throws after `boundMs`, with the last answer, and
 * when `signal` aborts.
 */
export async function waitForHttp(
  url: string,
  options: { accept: (status: number, body: string) => boolean; boundMs: number; signal: AbortSignal },
): Promise<void> {
  const until = Date.now() + options.boundMs
  let last = 'no answer'
  while (Date.now() < until) {
    try {
      const response = await fetch(url, {
        signal: AbortSignal.any([options.signal, AbortSignal.timeout(REQUEST_MS)]),
      })
      const body = await response.text()
      if (options.accept(response.status, body)) return
      last = `${response.status} ${body.slice(0, 500)}`
    } catch {
      options.signal.throwIfAborted()
    }
    await delay(POLL_MS, undefined, { signal: options.signal })
  }
  throw new Error(`${url} was not ready within ${options.boundMs / 1000} s; last: ${last}`)
}

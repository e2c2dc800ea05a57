import { setTimeout as delay } from 'node:timers/promises'

/**
 * Looks until `done` holds, and answers what was seen then. Throws after `boundMs` with the last one. For what becomes
 * true by itself in another process and tells nobody.
 */
export async function eventually<Value>(
  look: () => Promise<Value>,
  done: (value: Value) => boolean,
  boundMs = 60_000,
): Promise<Value> {
  const until = Date.now() + boundMs
  for (;;) {
    const value = await look()
    if (done(value)) return value
    if (Date.now() > until)
      throw new Error(`Not within ${boundMs} ms; last seen: ${JSON.stringify(value)?.slice(0, 2_000)}`)
    await delay(50)
  }
}

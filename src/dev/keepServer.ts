import { setTimeout as delay } from 'node:timers/promises'

type Ending = {
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  stop: () => Promise<void>
}

const RETRY_MS = 1_000

/**
 * Starts a server and starts it again whenever it ends, until `stop`. Throws when the first start fails; later
 * failures are passed to `say` and tried again.
 */
export async function keepServer<T extends Ending>(
  name: string,
  start: () => Promise<T>,
  say: (line: string) => void,
): Promise<{ first: T; stop: () => Promise<void> }> {
  const stopped = new AbortController()
  const first = await start()
  let current: T | undefined = first

  const keep = async () => {
    while (!stopped.signal.aborted) {
      if (current) {
        const { code, signal } = await current.exited
        if (stopped.signal.aborted) return
        say(`${name} ended (${signal ?? `status ${code}`}); starting it again`)
      }
      current = await start().catch((error: Error) => {
        say(error.message)
        return undefined
      })
      if (!current) await delay(RETRY_MS, undefined, { signal: stopped.signal }).catch(() => {})
    }
  }
  const keeping = keep()
  return {
    first,
    stop: async () => {
      stopped.abort()
      await current?.stop()
      await keeping
      // A start that was under way when the stop came.
      await current?.stop()
    },
  }
}

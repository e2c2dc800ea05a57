import { Problem } from './problems.ts'

/** Streams (exports, usage series) of one account that are read at once, per process; a page of the dashboard asks for some. */
export const STREAMS_AT_ONCE = 2
/** Further ones that wait for these to end. */
const MAX_WAITING = 16
/** How long they wait. */
const WAIT_MS = 5_000

type Streams = { open: number; waiting: Set<() => void> }

/** Lets one account read two streams at once, so that the connections for streams are never all its own. */
export class StreamLimit {
  readonly #waitMs: number
  readonly #accounts = new Map<string, Streams>()

  constructor(waitMs = WAIT_MS) {
    this.#waitMs = waitMs
  }

  /** Begins a stream once there is room; the function that is returned ends it. Throws `rate-limit-exceeded` where there is none. */
  async open(accountId: string): Promise<() => void> {
    const streams = this.#accounts.get(accountId) ?? { open: 0, waiting: new Set() }
    this.#accounts.set(accountId, streams)
    if (streams.open < STREAMS_AT_ONCE) streams.open += 1
    // Whoever ends a stream hands on its room, so nothing is counted here.
    else await this.#wait(streams)
    let isOpen = true
    return () => {
      if (isOpen) this.#end(accountId, streams)
      isOpen = false
    }
  }

  #end(accountId: string, streams: Streams): void {
    const [next] = streams.waiting
    if (next) next()
    else streams.open -= 1
    if (streams.open === 0) this.#accounts.delete(accountId)
  }

  #wait({ waiting }: Streams): Promise<void> {
    if (waiting.size >= MAX_WAITING) throw tooMany()
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer)
        waiting.delete(begin)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.delete(begin)
        reject(tooMany())
      }, this.#waitMs)
      waiting.add(begin)
    })
  }
}

function tooMany(): Problem {
  return new Problem('rate-limit-exceeded', {
    detail: `An account reads ${STREAMS_AT_ONCE} exports or usage series at once. Wait for one to end.`,
    retryAfter: 5,
  })
}

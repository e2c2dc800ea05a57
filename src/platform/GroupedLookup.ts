import { setTimeout as delay } from 'node:timers/promises'
import { within } from './within.ts'

type Waiting<Value> = {
  promise: Promise<Value | undefined>
  resolve: (value: Value | undefined) => void
  reject: (error: unknown) => void
}

/** `Promise.withResolvers`, which Node 20 lacks: verifiers run there, too. */
function newWaiting<Value>(): Waiting<Value> {
  const waiting = {} as Waiting<Value>
  waiting.promise = new Promise((resolve, reject) => Object.assign(waiting, { resolve, reject }))
  return waiting
}

export type GroupedLookupOptions = {
  /** How long a caller waits at most, and how long one question may take, in ms. */
  waitMs: number
  /** Keys in one question. */
  maxGroup?: number
  /** Keys that wait; what is asked for beyond that is refused at once. */
  maxWaiting?: number
  /** Between two questions, in ms: bounds what callers without a valid key cost. */
  pauseMs?: number
  /** The error for a caller that is refused or given up. */
  giveUp: (reason: string) => Error
}

/**
 * Looks values up, many at once: one question is under way, and what is asked for meanwhile goes together with the
 * next. However many callers there are, what answers has one question at a time. A caller never shares a question
 * that began before it asked: what was true when it came is in its answer.
 */
export class GroupedLookup<Value> {
  readonly #read: (keys: string[]) => Promise<Map<string, Value>>
  readonly #options: Required<GroupedLookupOptions>
  readonly #waiting = new Map<string, Waiting<Value>>()
  #busy = false

  /** `read` is absent about what there is not. */
  constructor(read: (keys: string[]) => Promise<Map<string, Value>>, options: GroupedLookupOptions) {
    this.#read = read
    this.#options = { maxGroup: 1_000, maxWaiting: 10_000, pauseMs: 0, ...options }
  }

  /** The key's value, or undefined where there is none. Throws what reading threw, or what `giveUp` makes. */
  get(key: string): Promise<Value | undefined> {
    const { waitMs, maxWaiting, giveUp } = this.#options
    let waiting = this.#waiting.get(key)
    if (!waiting) {
      if (this.#waiting.size >= maxWaiting) return Promise.reject(giveUp('too many are waiting'))
      waiting = newWaiting()
      // Its callers may have been given up by then.
      waiting.promise.catch(() => {})
      this.#waiting.set(key, waiting)
      if (!this.#busy) {
        this.#busy = true
        // After this turn of the event loop, so that what arrives together goes together.
        setImmediate(() => this.#readNext())
      }
    }
    return within(waitMs, waiting.promise, () => giveUp('no answer in time'))
  }

  #readNext(): void {
    const { waitMs, maxGroup, pauseMs, giveUp } = this.#options
    const group = [...this.#waiting].slice(0, maxGroup)
    this.#busy = group.length > 0
    if (!this.#busy) return
    for (const [key] of group) this.#waiting.delete(key)
    within(waitMs, this.#read(group.map(([key]) => key)), () => giveUp('no answer in time'))
      .then(
        (found) => {
          for (const [key, { resolve }] of group) resolve(found.get(key))
        },
        (error) => {
          for (const [, { reject }] of group) reject(error)
        },
      )
      .then(() => (pauseMs > 0 ? delay(pauseMs) : undefined))
      .then(() => this.#readNext())
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import type { SeenEvent } from '../../support/EventOracle.ts'
import { readSurely, type Sender } from '../../support/sendSurely.ts'

/** Reads lifecycle events as the company's backend does, and asks again where there is no answer. */
export class Consumer {
  readonly #sender: Sender
  readonly events: SeenEvent[] = []
  /** A `nextCursor`, and how many events are before it. */
  readonly cursors: { cursor: string; before: number }[] = []
  #after: string | undefined

  constructor(sender: Sender, after?: string) {
    this.#sender = sender
    this.#after = after
  }

  /** Reads one page; returns whether there was anything. */
  async #page(limit: number): Promise<boolean> {
    const from = this.#after === undefined ? '' : `&after=${this.#after}`
    const { status, body } = await readSurely(this.#sender, `/events?limit=${limit}${from}`)
    if (status !== 200) throw new Error(`/events: ${status} ${JSON.stringify(body)}`)
    this.events.push(...body.events)
    this.#after = body.nextCursor as string
    this.cursors.push({ cursor: this.#after, before: this.events.length })
    return body.events.length > 0
  }

  /** Reads to the end, in pages of so many, or of any number. */
  async toTheEnd(limit?: number): Promise<SeenEvent[]> {
    while (await this.#page(limit ?? this.#sender.random.between(1, 100)));
    return this.events
  }

  /** Reads on until it is stopped. */
  async follow(isStopped: () => boolean): Promise<void> {
    while (!isStopped()) {
      await this.toTheEnd()
      await delay(this.#sender.random.between(20, 200))
    }
  }
}

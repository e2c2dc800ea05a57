import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { CLAIMS_KEPT_MS } from './claims.ts'

/**
 * The ID under which a reported event is remembered. Each reporter (the name of a service token) numbers its events
 * as it likes; a CloudEvent's claim includes its source as well. It begins with a NUL, which no text of a caller
 * holds, so that it is never one of the IDs that releases before had, nor one of our own.
 */
export const scopedId = (reporter: string, id: string): string => `\0${reporter}\0${id}`

/** The same event's ID by the rule before: without its reporter. Undefined for an ID that has none. */
export function formerId(id: string): string | undefined {
  return id.startsWith('\0') ? id.slice(id.indexOf('\0', 1) + 1) : undefined
}

/** Which rule holds when; see the table `event_id_rule`. */
export class EventIdRule {
  #scopedFrom: number | undefined

  /** Must be awaited before the rest is asked. The row never changes, so it is read once. */
  async load(em: SqlEntityManager): Promise<void> {
    if (this.#scopedFrom !== undefined) return
    const [row] = await em.execute<{ scoped_from: string | Date }[]>('select scoped_from from event_id_rule')
    this.#scopedFrom = row ? new Date(row.scoped_from).getTime() : 0
  }

  /** False while processes of the previous release may run beside this one: both must name an event alike. */
  isScoped(now: number): boolean {
    return now >= this.#require()
  }

  /** True while an event may have been counted under its former ID. */
  remembersFormer(now: number): boolean {
    return now < this.#require() + CLAIMS_KEPT_MS
  }

  #require(): number {
    if (this.#scopedFrom === undefined) throw new Error('The rule of event IDs is not loaded')
    return this.#scopedFrom
  }
}

import type { EventRelay } from '../platform/EventRelay.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Orm } from '../platform/postgres.ts'
import type { Queues } from '../platform/queues.ts'
import type { Region } from '../region/Region.ts'
import type { Rollup } from './metering/Rollup.ts'
import type { Notifiers } from './notifiers/Notifiers.ts'

/** What job handlers are handed. */
export type WorkerContext = {
  orm: Orm
  queues: Queues
  /** Every shard of every region, by its name. */
  regions: Map<string, Region>
  /** How many shards each region has. */
  shards: number
  rollup: Rollup
  events: EventRelay
  notifiers: Notifiers
  /** How long a lease of a further region lasts (0: there are none), and what is allowed for clocks that run slow. */
  lease: { ms: number; marginMs: number }
  /** How long audit entries are kept; 0: for good. */
  auditDays: number
  /** How long the units per day of an erased account are kept; 0: for good. */
  erasedUsageDays: number
  /** Tells the process that waits for a command to look at its row. */
  reply: (channel: string | null, commandId: string) => Promise<void>
  /** Lets another job of the same account begin, where they take turns: the change is committed. */
  endTurn?: (() => void) | undefined
  now: () => Date
  log: Log
  metrics: Metrics
}

export type Handler<Data> = (context: WorkerContext, data: Data) => Promise<unknown>

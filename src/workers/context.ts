import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Orm } from '../platform/postgres.ts'
import type { Queues } from '../platform/queues.ts'
import type { Region } from '../region/Region.ts'
import type { Rollup } from './Rollup.ts'

/** What job handlers are handed. */
export type WorkerContext = {
  orm: Orm
  queues: Queues
  regions: Map<string, Region>
  rollup: Rollup
  /** Tells the process that waits for a command to look at its row. */
  reply: (channel: string | null, commandId: string) => Promise<void>
  now: () => Date
  log: Log
  metrics: Metrics
}

/** What a handler may ask about its run. */
export type Run = { childrenValues: () => Promise<unknown[]> }

export type Handler<Data> = (context: WorkerContext, data: Data, run: Run) => Promise<unknown>

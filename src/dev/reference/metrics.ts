import type { Metric } from 'prom-client'
import { measureBackups } from '../../platform/measureBackups.ts'
import { measureEventLoop } from '../../platform/measureEventLoop.ts'
import { measureSecrets } from '../../platform/measureSecrets.ts'
import {
  countVerifications,
  createMetrics,
  measureCache,
  measureNotifications,
  measurePools,
  measureQueues,
  measureReconciliation,
  measureRollup,
} from '../../platform/metrics.ts'
import { code, table } from './table.ts'

type Described = Metric & { name: string; help: string; type: string; labelNames: readonly string[] }

/** Declared as a process declares them. Nothing is measured here, so nothing needs to be there. */
export function metricTable(): string {
  const metrics = createMetrics()
  const nothing = (): never => {
    throw new Error('Nothing is measured for a page.')
  }
  const queues = {} as Parameters<typeof measureQueues>[1]
  countVerifications(metrics)
  measureCache(metrics, { cachedKeys: 0 })
  measureEventLoop(metrics)
  measureNotifications(metrics, nothing)
  measurePools(metrics, { counts: nothing })
  measureQueues(metrics, queues)
  measureReconciliation(metrics, nothing)
  measureRollup(metrics, { waitedMs: 0 })
  measureBackups(metrics, nothing)
  measureSecrets(metrics, nothing)
  const rows = (metrics.registry.getMetricsAsArray() as unknown as Described[])
    .filter(({ name }) => name.startsWith('keys_'))
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map(({ name, help, type, labelNames }) => [
      code(name),
      type,
      labelNames
        .filter((label) => label !== 'le')
        .map(code)
        .join(', '),
      `${help}.`,
    ])
  return table(['metric', 'type', 'labels', 'meaning'], rows)
}

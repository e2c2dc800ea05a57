import { Gauge } from 'prom-client'
import type { Metrics } from './metrics.ts'
import { within } from './within.ts'

const LOOK_MS = 2_000
/** Counting reads every channel. */
const COUNT_EVERY_MS = 60_000

/** How many stored values depend on a secrets key other than the current one. Counted when Prometheus asks. */
export function measureSecrets(metrics: Metrics, countUnderOtherKeys: () => Promise<number>): void {
  let counted: { at: number; values: number } | undefined
  new Gauge({
    name: 'keys_secrets_under_other_keys',
    help: 'Stored values that depend on a secrets key other than the current one, once a minute. -1 while Postgres is away',
    registers: [metrics.registry],
    async collect() {
      if (!counted || performance.now() - counted.at > COUNT_EVERY_MS) {
        const values = await within(LOOK_MS, countUnderOtherKeys()).catch(() => undefined)
        counted = values === undefined ? undefined : { at: performance.now(), values }
      }
      this.set(counted?.values ?? -1)
    },
  })
}

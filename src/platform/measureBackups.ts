import { Gauge } from 'prom-client'
import { type Backup, isProven, succeeded } from '../domain/backups/backupRules.ts'
import type { Metrics } from './metrics.ts'
import { within } from './within.ts'

const LOOK_MS = 2_000

const seconds = (date: Date | null | undefined) => (date ? date.getTime() / 1_000 : 0)

/** When a backup last succeeded and was last restored. Read when Prometheus asks. */
export function measureBackups(metrics: Metrics, read: () => Promise<Backup[]>): void {
  const registers = [metrics.registry]
  const newest = async (at: (backups: Backup[]) => Date | null | undefined) =>
    within(LOOK_MS, read()).then(
      (backups) => seconds(at(backups)),
      () => -1,
    )
  new Gauge({
    name: 'keys_backup_last_success_timestamp_seconds',
    help: 'Unix time at which the newest backup began. 0: there is none. -1 while Postgres is away',
    registers,
    async collect() {
      this.set(await newest((backups) => backups.find(succeeded)?.startedAt))
    },
  })
  new Gauge({
    name: 'keys_backup_last_restore_timestamp_seconds',
    help: 'Unix time at which a backup was last restored and found equal. 0: never. -1 while Postgres is away',
    registers,
    async collect() {
      this.set(await newest((backups) => latest(backups.filter(isProven).map(({ checkedAt }) => checkedAt))))
    },
  })
}

/** The latest of these instants. */
const latest = (dates: (Date | null)[]): Date | undefined =>
  dates.filter((date) => date !== null).toSorted((a, b) => b.getTime() - a.getTime())[0]

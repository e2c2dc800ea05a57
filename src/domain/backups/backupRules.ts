import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'

/** After a failure, and while another worker may still be at it. */
const RETRY_MS = 30 * MINUTE_MS
const CHECK_AGAIN_MS = 6 * HOUR_MS

/** A backup as its row says. `failure` and `checkFailure` are null where it went well. */
export type Backup = {
  id: string
  startedAt: Date
  finishedAt: Date | null
  host: string
  bytes: number | null
  failure: string | null
  checkedAt: Date | null
  checkFailure: string | null
}

export const succeeded = ({ finishedAt, failure }: Backup): boolean => finishedAt !== null && failure === null
export const isProven = ({ checkedAt, checkFailure }: Backup): boolean =>
  checkedAt !== null && checkFailure === null

/** The last instant at which a daily backup was due. `at`: `02:00`, UTC. */
export function lastDue(at: string, now: Date): Date {
  const today = new Date(`${now.toISOString().slice(0, 10)}T${at}:00Z`)
  return today > now ? new Date(today.getTime() - DAY_MS) : today
}

/** Whether a backup is to be made now: there is none since the last instant, and none was tried just now. */
export function backupIsDue(backups: Backup[], at: string, now: Date): boolean {
  const due = lastDue(at, now)
  if (backups.some((one) => succeeded(one) && one.startedAt >= due)) return false
  return !backups.some(({ startedAt }) => now.getTime() - startedAt.getTime() < RETRY_MS)
}

/** Whether the newest backup is to be restored and compared now. `days`: 0, never. */
export function checkIsDue(backups: Backup[], days: number, now: Date): boolean {
  if (days === 0 || !backups.some(succeeded)) return false
  const within = (checkedAt: Date | null, ms: number) =>
    checkedAt !== null && now.getTime() - checkedAt.getTime() < ms
  return !backups.some(
    (one) => within(one.checkedAt, CHECK_AGAIN_MS) || (isProven(one) && within(one.checkedAt, days * DAY_MS)),
  )
}

/**
 * The name of a backup, which its files begin with: when it was made, the release that made it, and the major version
 * of its Postgres. The name alone says what a restore needs.
 */
export const backupId = (at: Date, release: string, postgres: number): string =>
  `keys-${at.toISOString().slice(0, 19).replaceAll(':', '')}Z-${release}-pg${postgres}`

/** Releases before 0.3.0 wrote no versions. */
const ID = /^keys-(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-[\w.+-]+-pg\d+)?$/

/** When a backup was made, by its name; undefined for a name that is none. */
export function instantOf(id: string): Date | undefined {
  const [, day, hour, minute, second] = ID.exec(id) ?? []
  return day === undefined ? undefined : new Date(`${day}T${hour}:${minute}:${second}Z`)
}

/**
 * Which of the complete backups in a folder go: those older than `keepDays`, but never the newest one, nor the newest
 * that was restored and compared.
 */
export function decidePruning(ids: string[], proven: Set<string>, keepDays: number, now: Date): string[] {
  const sorted = ids.filter((id) => instantOf(id) !== undefined).toSorted()
  const kept = new Set([sorted.at(-1), sorted.findLast((id) => proven.has(id))])
  const before = now.getTime() - keepDays * DAY_MS
  return sorted.filter((id) => !kept.has(id) && (instantOf(id)?.getTime() ?? now.getTime()) < before)
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Backup } from './backupRules.ts'

/** Rows of backups are kept longer than their files, up to this many. */
const KEPT_ROWS = 1_000

/** The latest backups and attempts at one, newest first. */
export async function readBackups(em: SqlEntityManager): Promise<Backup[]> {
  const rows = await em.execute<(Omit<Backup, 'bytes'> & { bytes: string | null })[]>(
    `select id, started_at as "startedAt", finished_at as "finishedAt", host, bytes, failure,
       checked_at as "checkedAt", check_failure as "checkFailure"
     from backup order by started_at desc, id desc limit ${KEPT_ROWS}`,
  )
  const date = (value: Date | string | null) => (value === null ? null : new Date(value))
  return rows.map((row) => ({
    ...row,
    startedAt: new Date(row.startedAt),
    finishedAt: date(row.finishedAt),
    checkedAt: date(row.checkedAt),
    bytes: row.bytes === null ? null : Number(row.bytes),
  }))
}

/** Notes that a backup begins, and forgets the oldest rows. */
export async function insertBackup(
  em: SqlEntityManager,
  { id, startedAt, host }: Pick<Backup, 'id' | 'startedAt' | 'host'>,
): Promise<void> {
  await em.execute('insert into backup (id, started_at, host) values (?, ?, ?)', [id, startedAt, host])
  await em.execute(
    `delete from backup where started_at < (select started_at from backup order by started_at desc offset ${KEPT_ROWS} limit 1)`,
  )
}

export async function finishBackup(
  em: SqlEntityManager,
  id: string,
  outcome: { bytes: number } | { failure: string },
  now: Date,
): Promise<void> {
  const [bytes, failure] = 'bytes' in outcome ? [outcome.bytes, null] : [null, outcome.failure]
  await em.execute('update backup set finished_at = ?, bytes = ?, failure = ? where id = ?', [
    now,
    bytes,
    failure,
    id,
  ])
}

/** Notes what came of restoring a backup. It may be one that a restored database knows nothing of. */
export async function recordCheck(
  em: SqlEntityManager,
  { id, startedAt, host }: Pick<Backup, 'id' | 'startedAt' | 'host'>,
  checkFailure: string | null,
  now: Date,
): Promise<void> {
  await em.execute(
    `insert into backup (id, started_at, host, finished_at, checked_at, check_failure) values (?, ?, ?, ?, ?, ?)
     on conflict (id) do update set checked_at = excluded.checked_at, check_failure = excluded.check_failure`,
    [id, startedAt, host, startedAt, now, checkFailure],
  )
}

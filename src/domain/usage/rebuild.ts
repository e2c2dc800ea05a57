import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { DAY_MS, HOURS_KEPT_MS } from '../time.ts'
import { ALL_SUMS, COLUMNS } from './bucketColumns.ts'
import { UNFOLDED } from './foldMinutes.ts'

/** True for a UTC day (`2026-11-22`) of which every minute is still kept. */
export function canRebuild(day: string, now: Date): boolean {
  const from = Date.parse(`${day}T00:00:00Z`)
  return from > now.getTime() - HOURS_KEPT_MS && from <= now.getTime()
}

/** The accounts that have anything in the records of a UTC day from which its hours and its total are made. */
export async function listAccountsOf(em: SqlEntityManager, day: string): Promise<string[]> {
  const range = rangeOf(day)
  const tables = ['usage_minute', 'usage_folded', 'usage_hour', 'usage_day']
  const rows = await em.execute<{ id: string }[]>(
    `${tables.map((table) => `select account_id as id from ${table} where at >= ? and at < ?`).join(' union ')} order by id`,
    tables.flatMap(() => range),
  )
  return rows.map(({ id }) => id)
}

/**
 * Computes the hours and the day of an account's UTC day again from its minutes; see `canRebuild`. Call it in a
 * transaction: nothing is counted until it ends, so that nothing falls between the reading and the writing. Returns how
 * many rows were written.
 */
export async function rebuildDay(
  em: SqlEntityManager,
  day: string,
  accountId: string,
): Promise<{ hours: number; days: number }> {
  await em.execute('lock table usage_minute in share row exclusive mode')
  const range = [...rangeOf(day), accountId]
  const only = (alias: string) => `${alias}.at >= ? and ${alias}.at < ? and ${alias}.account_id = ?`
  const written = { hours: 0, days: 0 }
  for (const grain of ['hour', 'day'] as const) {
    await em.execute(`delete from usage_${grain} b where ${only('b')}`, range)
    const rows = await em.execute<unknown[]>(
      `with minutes as (
         select b.key_id, b.account_id, b.at, ${COLUMNS} from usage_minute b where ${only('b')}
         union all
         select f.key_id, f.account_id, m.at, ${COLUMNS} from ${UNFOLDED} where ${only('f')}
       )
       insert into usage_${grain} (key_id, account_id, at, ${COLUMNS})
       select key_id, account_id, date_trunc('${grain}', at, 'UTC') as bucket, ${ALL_SUMS}
       from minutes group by key_id, account_id, bucket returning 1`,
      [...range, ...range],
    )
    written[`${grain}s`] = rows.length
  }
  // What was announced of the day is compared with it again.
  await em.execute(
    `update usage_accepted set changed_at = changed_at + interval '1 microsecond' where day = ? and account_id = ?`,
    [day, accountId],
  )
  return written
}

function rangeOf(day: string): [Date, Date] {
  const from = new Date(`${day}T00:00:00Z`)
  return [from, new Date(from.getTime() + DAY_MS)]
}

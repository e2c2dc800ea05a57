import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { HOUR_MS, MINUTES_KEPT_MS } from '../time.ts'
import { DEFINITIONS } from './bucketColumns.ts'

/** The hours whose minutes are old enough to be folded, oldest first. */
export async function hoursToFold(em: SqlEntityManager, now: Date): Promise<Date[]> {
  const before = Math.floor((now.getTime() - MINUTES_KEPT_MS) / HOUR_MS) * HOUR_MS
  const rows = await em.execute<{ hour: string }[]>(
    `select distinct date_trunc('hour', at, 'UTC') as hour from usage_minute where at < ? order by 1`,
    [new Date(before)],
  )
  return rows.map((row) => new Date(row.hour))
}

/**
 * Folds an hour's minutes into one list per key, in one statement: a reader sees each minute in one place. Late
 * minutes are appended by a later run; a minute that stands in the list twice counts with its sum.
 */
export async function foldHour(em: SqlEntityManager, hour: Date): Promise<void> {
  await em.execute(
    `with gone as (delete from usage_minute where at >= ? and at < ? returning *)
     insert into usage_folded as present (key_id, account_id, at, minutes)
     select key_id, account_id, ?::timestamptz, jsonb_agg(to_jsonb(gone) - 'key_id' - 'account_id' order by at)
     from gone group by key_id, account_id order by key_id
     on conflict (key_id, at) do update set minutes = present.minutes || excluded.minutes`,
    [hour, new Date(hour.getTime() + HOUR_MS), hour],
  )
}

/** Folded minutes as rows of `usage_minute`, to be put after `from`; restrict it by `f.at`, the hour. */
export const UNFOLDED = `usage_folded f,
  jsonb_to_recordset(f.minutes) as m (at timestamptz, ${DEFINITIONS})`

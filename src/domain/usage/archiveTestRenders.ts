import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { PRIMARY } from '../regions.ts'

/**
 * Archives a past day's test renders as the primary region's counters had them. Again, or late: the larger count
 * stays.
 */
export async function archiveTestRenders(
  em: SqlEntityManager,
  day: string,
  renders: Record<string, number>,
  now: Date,
): Promise<void> {
  await em.execute(
    `insert into quota_day as present (key_id, day, region, closed_renders, closed_at)
     select key_id, ?::date, ?, renders::bigint, ? from jsonb_each_text(?::jsonb) as c (key_id, renders) order by key_id
     on conflict (key_id, day, region) do update set
       closed_renders = greatest(present.closed_renders, excluded.closed_renders),
       closed_at = coalesce(present.closed_at, excluded.closed_at)`,
    [day, PRIMARY, now, JSON.stringify(renders)],
  )
}

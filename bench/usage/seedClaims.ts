import { CLAIMS_KEPT_MS } from '../../src/domain/metering/claims.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import type { Service } from '../startService.ts'

const AT_ONCE = 2_000_000

/**
 * Claims of events that nobody reports again, over the days for which claims are kept. Indexes are dropped meanwhile
 * and made again: filling them one by one would take as long as the whole bench.
 */
export async function seedClaims({ query }: Service, count: number): Promise<void> {
  const settings = { maintenance_work_mem: '1GB', max_wal_size: '32GB' }
  for (const [name, value] of Object.entries(settings))
    await query(`alter system set ${name} = '${value}'`, [])
  await query('select pg_reload_conf()', [])
  const indexes = await query<{ name: string; definition: string; constraint: string | null }>(
    `select i.relname as name, pg_get_indexdef(i.oid) as definition,
       (select pg_get_constraintdef(c.oid) from pg_constraint c where c.conindid = i.oid and c.conrelid = x.indrelid)
         as constraint
     from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = 'usage_claim'::regclass`,
    [],
  )
  for (const { name, constraint } of indexes)
    await query(
      constraint === null ? `drop index ${name}` : `alter table usage_claim drop constraint ${name}`,
      [],
    )
  const days = CLAIMS_KEPT_MS / DAY_MS
  for (let made = 0; made < count; made += AT_ONCE)
    await query(
      `insert into usage_claim (id, claimed_at)
       select gen_random_uuid(), now() - ?::float8 * interval '1 day' * (1 - (? + n)::float8 / ?)
       from generate_series(1, ?::int) as n`,
      [days - 1, made, count, Math.min(AT_ONCE, count - made)],
    )
  for (const { name, definition, constraint } of indexes)
    await query(
      constraint === null ? definition : `alter table usage_claim add constraint ${name} ${constraint}`,
      [],
    )
  await query('vacuum analyze usage_claim', [])
  // What is measured meets the settings that it would meet elsewhere.
  for (const name of Object.keys(settings)) await query(`alter system reset ${name}`, [])
  await query('select pg_reload_conf()', [])
  await query('checkpoint', [])
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { pgArray } from '../sql.ts'

/** Any number that nobody else takes: who counts usage takes it shared, who deletes usage has to have had it alone. */
const USAGE = 7_190_003

/** Throws Failure `account-erasing` for an account that is being erased. */
export async function requireNotErasing(em: SqlEntityManager, accountId: string): Promise<void> {
  const rows = await em.execute<unknown[]>('select 1 from account where id = ? and erasing_at is not null', [
    accountId,
  ])
  if (rows.length === 0) return
  throw new Failure('account-erasing', {
    detail: 'This account is being erased. It cannot be changed any more.',
  })
}

/** Marks an account as being erased, in the transaction that says so. */
export async function noteErasure(em: SqlEntityManager, accountId: string, now: Date): Promise<void> {
  await em.execute('insert into erasure (account_id, at) values (?, ?) on conflict do nothing returning 1', [
    accountId,
    now,
  ])
}

/** Of these accounts those that are, or are being, erased: until the transaction ends that stays so. */
export async function listErased(em: SqlEntityManager, accountIds: string[]): Promise<Set<string>> {
  await em.execute('select pg_advisory_xact_lock_shared(?)', [USAGE])
  return findErased(em, accountIds)
}

/** The same as of now. */
export async function findErased(em: SqlEntityManager, accountIds: string[]): Promise<Set<string>> {
  const rows = await em.execute<{ account_id: string }[]>(
    'select account_id from erasure where account_id = any(?::text[])',
    [pgArray(accountIds)],
  )
  return new Set(rows.map(({ account_id }) => account_id))
}

/** Waits, in a transaction of its own, for whoever still counts usage of an account that was not being erased yet. */
export async function awaitCounting(em: SqlEntityManager): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?)', [USAGE])
}

/** Adds units to what is kept of erased accounts; by account and UTC day. */
export async function keepUnits(
  em: SqlEntityManager,
  units: { accountId: string; day: string; units: number }[],
): Promise<void> {
  if (units.length === 0) return
  await em.execute(
    `insert into erased_usage as present (account_id, day, units)
     select "accountId", day, sum(units) from jsonb_to_recordset(?::jsonb) as u ("accountId" text, day date, units bigint)
     group by 1, 2 having sum(units) <> 0 order by 1, 2
     on conflict (account_id, day) do update set units = present.units + excluded.units`,
    [JSON.stringify(units)],
  )
}

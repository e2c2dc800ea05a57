import type { SqlEntityManager } from '@mikro-orm/postgresql'

/** An account's renders in the UTC month of `now`, as far as they are added up: live keys' alone, overage included. */
export async function readMonthRenders(em: SqlEntityManager, accountId: string, now: Date): Promise<number> {
  const [month] = await em.execute<{ renders: string | null }[]>(
    'select sum(renders) as renders from quota_month where account_id = ? and month = ?::date',
    [accountId, `${now.toISOString().slice(0, 7)}-01`],
  )
  return Number(month?.renders ?? 0)
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { likePattern } from '../sql.ts'
import { HOUR_MS } from '../time.ts'
import type { AccountStatus } from './accountStatus.ts'

export type AccountLine = {
  id: string
  name: string
  plan: string
  status: AccountStatus
  members: number
  liveKeys: number
  testKeys: number
  /** Of the current hour of the clock and the 23 before it. */
  requests: number
}

/**
 * The accounts with the most requests in a day, busiest first, and how many fit `q`: a part of the name, the ID or the
 * external ID.
 */
export async function busiestAccounts(
  em: SqlEntityManager,
  { q, limit, now }: { q: string; limit: number; now: Date },
): Promise<{ accounts: AccountLine[]; total: number }> {
  const since = new Date((Math.floor(now.getTime() / HOUR_MS) - 23) * HOUR_MS)
  const inUse = (type: string) =>
    `(select count(*)::int from api_key k where k.account_id = a.id and k.type = '${type}' and k.status = 'active'
      and (k.expires_at is null or k.expires_at > ?))`
  const rows = await em.execute<(AccountLine & { total: number })[]>(
    `select a.id, a.name, a.plan, a.requests,
       case when a.erasing_at is not null then 'erasing' when a.suspended_at is not null then 'suspended' else 'active' end as status,
       a.total::int,
       (select count(*)::int from member m where m.account_id = a.id) as members,
       ${inUse('live')} as "liveKeys", ${inUse('test')} as "testKeys"
     from (
       select account.*, coalesce(t.requests, 0)::float8 as requests, count(*) over () as total from account
       left join (select account_id, sum(requests) as requests from usage_hour where at >= ? group by account_id) t
         on t.account_id = account.id
       where account.name ilike ? or account.id = ? or account.external_id = ?
       order by requests desc, account.created_at desc, account.id limit ?) a
     order by a.requests desc, a.created_at desc, a.id`,
    [now, now, since, likePattern(q), q, q, limit],
  )
  return { accounts: rows.map(({ total: _, ...account }) => account), total: rows[0]?.total ?? 0 }
}

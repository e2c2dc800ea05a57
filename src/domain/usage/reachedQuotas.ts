import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type CustomLimits, limitsOf, type PlanLimits, TEST_RENDERS_PER_DAY } from '../accounts/plans.ts'
import { keyFacts } from '../events/eventData.ts'
import { recordEvent } from '../events/recordEvent.ts'
import { ApiKeySchema } from '../keys/ApiKey.ts'
import { executeBound, pgArray } from '../sql.ts'
import type { Bucket } from './bucket.ts'

/** The words of the `RateLimit` header. */
type Quota = 'test-renders' | 'month-renders'

/**
 * A quota by which a request of a key was refused, in a UTC day or month; `at` in Unix ms. `subject`: whose quota it
 * is, the key's or the account's.
 */
type ReachedQuota = {
  subject: string
  quota: Quota
  period: string
  accountId: string
  keyId: string
  at: number
}

type Name = Pick<ReachedQuota, 'subject' | 'quota' | 'period'>
const nameOf = ({ subject, quota, period }: Name) => `${subject} ${quota} ${period}`

/** The quotas that refused something of these buckets, each once, by the earliest refusal. Pure. */
export function reachedQuotas(
  buckets: Pick<Bucket, 'keyId' | 'accountId' | 'at' | 'refused'>[],
): ReachedQuota[] {
  const reached = new Map<string, ReachedQuota>()
  const add = (one: ReachedQuota) => {
    const name = nameOf(one)
    if (one.at < (reached.get(name)?.at ?? Number.POSITIVE_INFINITY)) reached.set(name, one)
  }
  for (const { keyId, accountId, at, refused } of buckets) {
    const { QUOTA_EXCEEDED: ofDay = 0, PLAN_LIMIT_EXCEEDED: ofMonth = 0 } = refused
    if (ofDay <= 0 && ofMonth <= 0) continue
    const time = new Date(at).toISOString()
    const of = { accountId, keyId, at }
    if (ofDay > 0) add({ ...of, subject: keyId, quota: 'test-renders', period: time.slice(0, 10) })
    if (ofMonth > 0) add({ ...of, subject: accountId, quota: 'month-renders', period: time.slice(0, 7) })
  }
  return [...reached.values()]
}

const NOTE = `
  insert into quota_reached (subject, quota, period, account_id, at)
  select subject, quota, period, "accountId", to_timestamp(at / 1000.0)
  from jsonb_to_recordset($1::jsonb) as r (subject text, quota text, period text, "accountId" text, at bigint)
  order by subject, quota, period
  on conflict do nothing returning subject, quota, period`

/**
 * Announces quotas that nobody has announced yet, in the transaction that counts the refusals: each once, in whatever
 * batch and by whichever worker they come.
 */
export async function announceReachedQuotas(
  em: SqlEntityManager,
  reached: ReachedQuota[],
  now: Date,
): Promise<void> {
  if (reached.length === 0) return
  const rows = await executeBound<Name>(em, NOTE, [JSON.stringify(reached)])
  if (rows.length === 0) return
  const fresh = new Set(rows.map(nameOf))
  const announced = reached.filter((one) => fresh.has(nameOf(one)))
  const keyIds = announced.map(({ keyId }) => keyId)
  const keys = await em.find(ApiKeySchema, { id: { $in: keyIds } }, { disableIdentityMap: true })
  const keyOf = new Map(keys.map((key) => [key.id, keyFacts(key, now)]))
  const months = announced.filter(({ quota }) => quota === 'month-renders')
  const limits = await monthLimits(
    em,
    months.map(({ accountId }) => accountId),
  )
  for (const { subject, quota, period, accountId, keyId, at } of announced) {
    const limit = quota === 'test-renders' ? TEST_RENDERS_PER_DAY : (limits.get(accountId) ?? null)
    const data = { quota, period, limit, apiKey: keyOf.get(keyId) ?? { id: keyId } }
    const by = { accountId, actor: { type: 'system', id: 'usage' } } as const
    recordEvent(em, by, { type: 'api_key.quota_reached', subject, at: new Date(at), data })
  }
}

/** Renders a month by account, as the limits are now. Never throws: what is counted does not depend on it. */
async function monthLimits(em: SqlEntityManager, accountIds: string[]): Promise<Map<string, number | null>> {
  if (accountIds.length === 0) return new Map()
  const rows = await em.execute<{ id: string; custom: CustomLimits; limits: PlanLimits | null }[]>(
    `select a.id, a.custom_limits as custom, p.limits from account a left join plan p on p.name = a.plan
     where a.id = any(?::text[])`,
    [pgArray(accountIds)],
  )
  return new Map(
    rows.map(({ id, custom, limits }) => [id, limits && limitsOf(limits, custom).rendersPerMonth]),
  )
}

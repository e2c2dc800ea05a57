import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { CustomLimits } from '../commands/payloadFields.ts'
import { Failure } from '../failure.ts'
import { readPlans } from '../plans/planStore.ts'
import { pgArray } from '../sql.ts'
import { type Account, AccountSchema } from './Account.ts'
import { ACCOUNT_STATUSES, statusOf } from './accountStatus.ts'
import { limitsOf } from './plans.ts'

const limit = z.int().nullable().describe('null: unlimited')

export const Limits = z
  .object({
    liveKeys: limit,
    testKeys: limit,
    requestsPerMinute: limit,
    requestsPerDay: limit,
    rendersPerMonth: limit,
    rendersHard: z.boolean(),
  })
  .meta({ id: 'Limits' })

/** An account as operators see it. */
export const AccountResource = z
  .object({
    id: z.string(),
    externalId: z.string().nullable().describe('The company’s own ID of the account'),
    name: z.string(),
    plan: z.string(),
    status: z.enum(ACCOUNT_STATUSES),
    suspendedAt: z.string().nullable(),
    suspendedReason: z.string().nullable(),
    limits: Limits.describe('The limits that apply: the account’s own, else its plan’s'),
    customLimits: CustomLimits.describe('The account’s own limits'),
    counts: z.object({ liveKeys: z.int(), testKeys: z.int(), members: z.int() }),
    rendersThisMonth: z.int().describe('Of live keys in the current UTC month, overage included'),
    metadata: z.record(z.string(), z.unknown()),
    createdAt: z.string(),
  })
  .meta({ id: 'OperatorAccount' })

type Counts = { id: string; liveKeys: number; testKeys: number; members: number; renders: string | null }

const COUNTS = `
select wanted.id,
  (select count(*) from member where account_id = wanted.id)::int as members,
  (select count(*) from api_key where account_id = wanted.id and type = 'live' and status = 'active'
    and (expires_at is null or expires_at > ?))::int as "liveKeys",
  (select count(*) from api_key where account_id = wanted.id and type = 'test' and status = 'active'
    and (expires_at is null or expires_at > ?))::int as "testKeys",
  (select sum(renders) from quota_month where account_id = wanted.id and month = ?::date) as renders
from unnest(?::text[]) as wanted (id)`

/** Accounts with what they have in use, in the order given. */
export async function presentAccounts(
  em: SqlEntityManager,
  accounts: Account[],
  now: Date,
): Promise<z.infer<typeof AccountResource>[]> {
  if (accounts.length === 0) return []
  const month = `${now.toISOString().slice(0, 7)}-01`
  const ids = pgArray(accounts.map(({ id }) => id))
  const rows = await em.execute<Counts[]>(COUNTS, [now, now, month, ids])
  const plans = await readPlans(
    em,
    accounts.map(({ plan }) => plan),
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return accounts.map((account) => {
    const plan = plans.get(account.plan)
    if (!plan)
      throw new Error(`The account ${account.id} is on the plan "${account.plan}", which is not there.`)
    const { liveKeys = 0, testKeys = 0, members = 0, renders = null } = byId.get(account.id) ?? {}
    return {
      id: account.id,
      externalId: account.externalId ?? null,
      name: account.name,
      plan: account.plan,
      status: statusOf(account),
      suspendedAt: account.suspendedAt?.toISOString() ?? null,
      suspendedReason: account.suspendedReason ?? null,
      limits: limitsOf(plan.limits, account.customLimits),
      customLimits: account.customLimits,
      counts: { liveKeys, testKeys, members },
      rendersThisMonth: Number(renders ?? 0),
      metadata: account.metadata,
      createdAt: account.createdAt.toISOString(),
    }
  })
}

/** The account with what it has in use. Throws Failure `account-not-found`. */
export async function loadPresented(
  em: SqlEntityManager,
  id: string,
  now: Date,
): Promise<z.infer<typeof AccountResource>> {
  const account = await em.findOne(AccountSchema, { id })
  const [presented] = account ? await presentAccounts(em, [account], now) : []
  if (!presented) throw new Failure('account-not-found', { detail: 'There is no account with this ID.' })
  return presented
}

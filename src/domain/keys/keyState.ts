import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Account } from '../accounts/Account.ts'
import { type AccountStatus, statusOf } from '../accounts/accountStatus.ts'
import { limitsOf, type PlanLimits } from '../accounts/plans.ts'
import { isPrimary, PRIMARY } from '../regions.ts'
import { regionOfShard } from '../shards.ts'
import type { ApiKey } from './ApiKey.ts'
import type { Access } from './access.ts'
import type { KeyType } from './keyFormat.ts'

/**
 * What a verifier knows of a key: the form in which it is propagated to a region and cached in memory.
 * `version` orders them: a region never replaces one by an older one.
 */
export type KeyState = {
  version: number
  digest: string
  keyId: string
  accountId: string
  name: string
  type: KeyType
  access: Access
  permissions: string[]
  status: 'active' | 'revoked' | 'deleted'
  /** Unix milliseconds, 0 for never. */
  expiresAt: number
  allowedIps: string[]
}

/** An account as verifiers need it; of its limits -1 is unlimited. */
export type AccountState = {
  version: number
  accountId: string
  /** Absent in states that an earlier release wrote: active. */
  status?: AccountStatus
  plan: string
  requestsPerMinute: number
  requestsPerDay: number
  rendersPerMonth: number
  rendersHard: boolean
}

/** What Postgres knows was admitted, to start a region's counters from when they were lost. UTC. */
type CounterSeed = {
  day: string
  requests: number
  renders: number
  month: string
  accountRenders: number
}

export type LoadedState = { key: KeyState; account: AccountState; seed: CounterSeed }

/**
 * A key that has expired by our clock is sent with an expiry long ago, so a region whose clock is slow cannot admit
 * it.
 */
function keyStateOf(key: ApiKey, now: Date): KeyState {
  return {
    version: key.version,
    digest: key.digest,
    keyId: key.id,
    accountId: key.accountId,
    name: key.name,
    type: key.type,
    access: key.access,
    permissions: key.permissions,
    status: key.status,
    expiresAt: key.expiresAt && key.expiresAt <= now ? ENDED : (key.expiresAt?.getTime() ?? 0),
    allowedIps: key.allowedIps,
  }
}

function accountStateOf(account: Account, plan: PlanLimits): AccountState {
  const limits = limitsOf(plan, account.customLimits)
  return {
    version: account.version,
    accountId: account.id,
    status: statusOf(account),
    plan: account.plan,
    requestsPerMinute: limits.requestsPerMinute ?? -1,
    requestsPerDay: limits.requestsPerDay ?? -1,
    rendersPerMonth: limits.rendersPerMonth ?? -1,
    rendersHard: limits.rendersHard,
  }
}

/**
 * The version by which regions compare an account's state: half more while the account is not active. A library of an
 * earlier release does not read the status, and would admit. It takes its version from the state, so it never finds
 * that of the region, and answers 503. And what an earlier release wrote under the same version is older.
 */
export const regionVersionOf = ({ version, status = 'active' }: AccountState): number =>
  status === 'active' ? version : version + 0.5

/** Unix ms of an expiry that every clock has passed. */
const ENDED = 1

type Row = {
  key: ApiKey & { expiresAt: string | null }
  account: Account & { suspendedAt: string | null; erasingAt: string | null }
  plan_limits: PlanLimits
  /** Of the day by region; null where nothing was counted. */
  requests: Record<string, number> | null
  renders: string
  account_renders: string
}

const columns = (alias: string, names: Record<string, string>) =>
  `json_build_object(${Object.entries(names)
    .map(([property, column]) => `'${property}', ${alias}.${column}`)
    .join(', ')})`

const keyColumns = columns('k', {
  id: 'id',
  accountId: 'account_id',
  name: 'name',
  type: 'type',
  access: 'access',
  permissions: 'permissions',
  status: 'status',
  digest: 'digest',
  allowedIps: 'allowed_ips',
  version: 'version',
  expiresAt: 'expires_at',
})
const accountColumns = columns('a', {
  id: 'id',
  plan: 'plan',
  customLimits: 'custom_limits',
  version: 'version',
  suspendedAt: 'suspended_at',
  erasingAt: 'erasing_at',
})

type By = 'digest' | 'id' | 'account'

/**
 * The current states of keys by digest, by ID or by account, in one query; unknown ones are absent. Deleted keys are
 * among them: their state is what keeps them refused. `region` is the one, or the shard of it, for which counters are
 * to be started: renders are counted in the primary alone.
 */
export async function readKeyStates(
  em: SqlEntityManager,
  by: By,
  values: string[],
  now: Date,
  region = PRIMARY,
): Promise<LoadedState[]> {
  return (await readStatesFor(em, by, values, now))(region)
}

/** The same for any region, in one query. */
export async function readStatesFor(
  em: SqlEntityManager,
  by: By,
  values: string[],
  now: Date,
): Promise<(region: string) => LoadedState[]> {
  if (values.length === 0) return () => []
  const marks = values.map(() => '?').join(', ')
  const wanted = {
    digest: `k.digest in (${marks})`,
    id: `k.id in (${marks})`,
    // Any key of an account brings the account's state along; deleted ones are kept, so there always is one.
    account: `k.id in (select distinct on (account_id) id from api_key where account_id in (${marks}))`,
  }[by]
  const day = now.toISOString().slice(0, 10)
  const month = `${day.slice(0, 7)}-01`
  const rows = await em.execute<Row[]>(
    `select ${keyColumns} as key, ${accountColumns} as account, p.limits as plan_limits,
       d.requests, coalesce(d.renders, 0) as renders, coalesce(m.renders, 0) as account_renders
     from api_key k join account a on a.id = k.account_id join plan p on p.name = a.plan
     left join lateral (
       select jsonb_object_agg(region, requests) as requests, sum(renders) as renders
       from quota_day where key_id = k.id and day = ?
     ) d on true
     left join quota_month m on m.account_id = a.id and m.month = ?
     where ${wanted}`,
    [day, month, ...values],
  )
  return (region) =>
    rows.map((row) => ({
      key: keyStateOf({ ...row.key, expiresAt: row.key.expiresAt ? new Date(row.key.expiresAt) : null }, now),
      account: accountStateOf(row.account, row.plan_limits),
      seed: {
        day,
        requests: row.requests?.[regionOfShard(region)] ?? 0,
        renders: isPrimary(region) ? Number(row.renders) : 0,
        month,
        accountRenders: isPrimary(region) ? Number(row.account_renders) : 0,
      },
    }))
}

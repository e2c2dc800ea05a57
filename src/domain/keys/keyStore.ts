import { type FilterQuery, LockMode, type QueryOrderMap, raw } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { PlanLimits } from '../accounts/plans.ts'
import { executeBound, likePattern } from '../sql.ts'
import { type ApiKey, ApiKeySchema } from './ApiKey.ts'
import type { KeyType } from './keyFormat.ts'
import { limitFor, notFound } from './keyRules.ts'

/** The key, if it is this account's; a foreign id fails exactly like an unknown one. */
export async function loadKey(em: SqlEntityManager, accountId: string, keyId: string): Promise<ApiKey> {
  const key = await em.findOne(ApiKeySchema, { id: keyId, accountId, status: { $ne: 'deleted' } })
  if (!key) throw notFound()
  return key
}

/** Throws as `loadKey` does, and reads nothing else of the key: an entity takes a third of the time of a short read. */
export async function requireKey(em: SqlEntityManager, accountId: string, keyId: string): Promise<void> {
  const found = await executeBound(
    em,
    `select 1 from api_key where id = $1 and account_id = $2 and status <> 'deleted'`,
    [keyId, accountId],
  )
  if (found.length === 0) throw notFound()
}

/** As `loadKey`, with the row locked until the transaction ends. */
export async function lockKey(em: SqlEntityManager, accountId: string, keyId: string): Promise<ApiKey> {
  const key = await em.findOne(
    ApiKeySchema,
    { id: keyId, accountId, status: { $ne: 'deleted' } },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  )
  if (!key) throw notFound()
  return key
}

/** The ID of the key that took this one's place, whatever has become of it. Lock the account first. */
export async function findSuccessor(
  em: SqlEntityManager,
  { id, accountId }: Pick<ApiKey, 'id' | 'accountId'>,
): Promise<string | undefined> {
  const found = await em.findOne(
    ApiKeySchema,
    { accountId, rotatedFrom: id },
    { fields: ['id'], orderBy: { createdAt: 'desc' } },
  )
  return found?.id
}

/**
 * How many keys of a type count towards the plan: active and not expired. Lock the account first. Two ranges of one
 * index: keys that have ended are not read, however many there are.
 */
export async function countActive(
  em: SqlEntityManager,
  accountId: string,
  type: KeyType,
  now: Date,
): Promise<number> {
  const [row] = await em.execute<{ n: number }[]>(COUNT_ACTIVE, [accountId, type, accountId, type, now])
  return row?.n ?? 0
}

/**
 * As `countActive`, for comparing with the plan: 0 where that has no limit, without counting. Lock the account first.
 */
export async function countAgainstPlan(
  em: SqlEntityManager,
  accountId: string,
  limits: PlanLimits,
  type: KeyType,
  now: Date,
): Promise<number> {
  return limitFor(limits, type) === null ? 0 : countActive(em, accountId, type, now)
}

const ACTIVE = `select count(*) from api_key where account_id = ? and type = ? and status = 'active'`
export const COUNT_ACTIVE = `select ((${ACTIVE} and expires_at is null) + (${ACTIVE} and expires_at > ?))::int as n`

/** When each key was last used; keys never used are absent. */
export async function lastUses(em: SqlEntityManager, keyIds: string[]): Promise<Map<string, Date>> {
  if (keyIds.length === 0) return new Map()
  const rows = await em.execute<{ key_id: string; last_used_at: string }[]>(
    `select key_id, last_used_at from api_key_use where key_id in (${keyIds.map(() => '?').join(', ')})`,
    keyIds,
  )
  return new Map(rows.map((row) => [row.key_id, new Date(row.last_used_at)]))
}

/** What a list of keys can be sorted by. */
export const KEY_ORDERS = ['name', 'createdAt', 'lastUsedAt'] as const
export type KeyOrder = { by: (typeof KEY_ORDERS)[number]; descending: boolean }

/** Keys that were never used come last, whichever way; keys that are alike in it by their ID. */
function orderOf({ by, descending }: KeyOrder): QueryOrderMap<ApiKey>[] {
  const direction = descending ? 'desc' : 'asc'
  const first = {
    name: { [raw((alias) => `lower(${alias}.name)`)]: direction },
    createdAt: { createdAt: direction },
    lastUsedAt: {
      [raw((alias) => `(select last_used_at from api_key_use where key_id = ${alias}.id)`)]:
        `${direction} nulls last`,
    },
  } as const
  return [first[by] as QueryOrderMap<ApiKey>, { id: direction }]
}

export type KeyName = Pick<ApiKey, 'id' | 'name' | 'type' | 'status' | 'expiresAt'>

/**
 * One page of what an account's keys are called, in the order of their names, and how many there are; with `id`, that
 * key alone.
 */
export async function listKeyNames(
  em: SqlEntityManager,
  accountId: string,
  { ids, limit, offset }: { ids?: string[]; limit: number; offset: number },
): Promise<{ keys: KeyName[]; total: number }> {
  const where = {
    accountId,
    status: { $ne: 'deleted' },
    ...(ids === undefined ? {} : { id: { $in: ids } }),
  } as const
  const rows = em
    .createQueryBuilder(ApiKeySchema, 'k')
    .select(['id', 'name', 'type', 'status', 'expiresAt'])
    .where(where)
    .orderBy(orderOf({ by: 'name', descending: false }))
    .limit(limit)
    .offset(offset)
  const [keys, total] = await Promise.all([rows.execute<KeyName[]>('all'), em.count(ApiKeySchema, where)])
  return { keys, total }
}

/** Plain rows: to make entities of a hundred keys that nobody changes costs five times what reading them does. */
const readRows = (em: SqlEntityManager) => em.createQueryBuilder(ApiKeySchema, 'k').select('*')

export type KeyFilter = {
  type?: KeyType
  status?: 'active' | 'revoked' | 'expired'
  q?: string
  createdBy?: string
}

/** One page of an account's keys, and how many there are in all. */
export async function listKeys(
  em: SqlEntityManager,
  accountId: string,
  filter: KeyFilter,
  page: { limit: number; offset: number; order: KeyOrder },
  now: Date,
): Promise<{ keys: ApiKey[]; total: number }> {
  const byStatus = {
    active: { status: 'active', $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] },
    expired: { status: 'active', expiresAt: { $lte: now } },
    revoked: { status: 'revoked' },
  } satisfies Record<string, FilterQuery<ApiKey>>
  const pattern = filter.q === undefined ? undefined : likePattern(filter.q)
  const where = {
    $and: [
      { accountId },
      filter.status ? byStatus[filter.status] : { status: { $ne: 'deleted' } },
      filter.type ? { type: filter.type } : {},
      filter.createdBy === undefined ? {} : { createdBy: filter.createdBy },
      pattern === undefined
        ? {}
        : { $or: [{ name: { $ilike: pattern } }, { id: { $ilike: pattern } }, { hint: filter.q }] },
    ],
  } satisfies FilterQuery<ApiKey>
  const rows = readRows(em).where(where).orderBy(orderOf(page.order)).limit(page.limit).offset(page.offset)
  const [keys, total] = await Promise.all([rows.execute('all'), em.count(ApiKeySchema, where)])
  return { keys, total }
}

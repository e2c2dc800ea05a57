import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { DAY_MS } from '../time.ts'
import { instantsOf, type Span } from './previewSpan.ts'
import type { Sample } from './replay.ts'
import type { StoredRule } from './ruleFields.ts'

/**
 * A key as far as rules in days ask. Times in Unix ms; `uses`: ends of the hours in which it was used, oldest first.
 */
export type KeyDays = {
  id: string
  createdAt: number
  expiresAt: number | null
  revokedAt: number | null
  uses: number[]
}

/** Of a rule over the account, those keys that come first are run: next to expire, longest unused, oldest. */
const ORDER: Record<string, string> = {
  key_expiring: 'k.expires_at',
  key_unused: 'coalesce(u.last_used_at, k.created_at)',
  key_old: 'k.created_at',
}

/** What a rule in days would have read, by key, each whole hour; at most `most` of the account's active keys. */
export async function previewKeyDays(
  em: SqlEntityManager,
  accountId: string,
  rule: StoredRule,
  span: Span,
  most: number,
): Promise<Map<string, Iterable<Sample>>> {
  const keys = await readKeys(em, accountId, rule, span, most)
  return new Map(keys.map((key) => [key.id, keyDaySamples(rule, key, span)]))
}

/** Pure. A key that was not active then is calm, as it is at every minute. */
export function* keyDaySamples(
  { metric, threshold }: Pick<StoredRule, 'metric' | 'threshold'>,
  key: KeyDays,
  span: Span,
): Generator<Sample> {
  const limit = threshold ?? 0
  for (const at of instantsOf(span, { byMinutes: false })) {
    const isActive =
      key.createdAt <= at &&
      (key.revokedAt === null || key.revokedAt > at) &&
      (key.expiresAt === null || key.expiresAt > at)
    const since =
      metric === 'key_old' ? key.createdAt : (key.uses.findLast((use) => use <= at) ?? key.createdAt)
    const days =
      metric === 'key_expiring' ? ((key.expiresAt ?? Infinity) - at) / DAY_MS : (at - since) / DAY_MS
    const value = isActive && Number.isFinite(days) ? Math.round(days * 10) / 10 : null
    const breached = value !== null && (metric === 'key_expiring' ? days <= limit : days >= limit)
    yield { at, reading: { value, threshold, breached, calm: !breached } }
  }
}

type Row = {
  id: string
  created_at: string
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
}

const time = (text: string | null) => (text === null ? null : new Date(text).getTime())

async function readKeys(
  em: SqlEntityManager,
  accountId: string,
  { metric, keyIds }: StoredRule,
  { from, to }: Span,
  most: number,
): Promise<KeyDays[]> {
  const scope = keyIds
    ? 'k.id = any(?::text[])'
    : `k.status = 'active' and (k.expires_at is null or k.expires_at > ?)`
  const rows = await em.execute<Row[]>(
    `select k.id, k.created_at, k.expires_at, k.revoked_at, u.last_used_at
     from api_key k left join api_key_use u on u.key_id = k.id
     where k.account_id = ? and ${scope} order by ${ORDER[metric] ?? 'k.id'}, k.id limit ?`,
    [accountId, keyIds ? pgArray(keyIds) : new Date(to), most],
  )
  const ids = pgArray(rows.map((row) => row.id))
  const uses = await em.execute<{ key_id: string; at: string }[]>(
    `select key_id, max(at) + interval '1 day' as at from usage_day
       where key_id = any(?::text[]) and at < ? and requests > 0 group by key_id
     union all select key_id, at + interval '1 hour' from usage_hour
       where key_id = any(?::text[]) and at >= ? and requests > 0`,
    [ids, new Date(Math.floor(from / DAY_MS) * DAY_MS), ids, new Date(Math.floor(from / DAY_MS) * DAY_MS)],
  )
  const byKey = Map.groupBy(uses, (use) => use.key_id)
  return rows.map((row) => {
    const hours = (byKey.get(row.id) ?? []).map(({ at }) => Math.min(new Date(at).getTime(), to))
    const last = time(row.last_used_at)
    return {
      id: row.id,
      createdAt: time(row.created_at) ?? 0,
      expiresAt: time(row.expires_at),
      revokedAt: time(row.revoked_at),
      uses: [...hours, ...(last === null ? [] : [last])].sort((a, b) => a - b),
    }
  })
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { audit } from '../audit/audit.ts'
import { keyFacts } from '../events/eventData.ts'
import type { EventType } from '../events/eventTypes.ts'
import { recordEvent } from '../events/recordEvent.ts'
import { DAY_MS } from '../time.ts'
import { type ApiKey, ApiKeySchema } from './ApiKey.ts'

/** How long before its expiry `api_key.expiring` names a key. */
const AHEAD_MS = 7 * DAY_MS

const SYSTEM = { actor: { type: 'system', id: 'expiry' } } as const

/**
 * Notes up to `limit` expiries that nobody has noted yet, with an entry of the audit log and a lifecycle event for
 * each, and returns how many. A key whose expiry was put off expires again.
 */
export async function noteExpiries(em: SqlEntityManager, now: Date, limit: number): Promise<number> {
  const keys = await note(
    em,
    `update api_key set expiry_noted_at = ? where id in (
       select id from api_key where status = 'active' and expires_at <= ?
         and (expiry_noted_at is null or expiry_noted_at < expires_at)
       order by expires_at limit ? for update skip locked)
     returning id`,
    [now, now, limit],
  )
  for (const key of keys) {
    const by = { accountId: key.accountId, ...SYSTEM }
    const at = key.expiresAt ?? now
    audit(em, by, { at, action: 'api-key.expired', targetId: key.id, details: { name: key.name } })
    announceKey(em, key, 'api_key.expired', at, now)
  }
  return keys.length
}

/** The same for keys that expire within seven days: once for each expiry that a key is given. */
export async function noteExpiring(em: SqlEntityManager, now: Date, limit: number): Promise<number> {
  const keys = await note(
    em,
    `update api_key set expiring_noted_for = expires_at where id in (
       select id from api_key where status = 'active' and expires_at > ? and expires_at <= ?
         and expiring_noted_for is distinct from expires_at
       order by expires_at limit ? for update skip locked)
     returning id`,
    [now, new Date(now.getTime() + AHEAD_MS), limit],
  )
  for (const key of keys) announceKey(em, key, 'api_key.expiring', now, now)
  return keys.length
}

/** Runs a statement that locks keys, and returns them, those that expire first at first. */
async function note(em: SqlEntityManager, sql: string, values: unknown[]): Promise<ApiKey[]> {
  const rows = await em.execute<{ id: string }[]>(sql, values)
  const ids = rows.map(({ id }) => id)
  return em.find(ApiKeySchema, { id: { $in: ids } }, { orderBy: { expiresAt: 'asc', id: 'asc' } })
}

function announceKey(em: SqlEntityManager, key: ApiKey, type: EventType, at: Date, now: Date): void {
  const data = { apiKey: keyFacts(key, now) }
  recordEvent(em, { accountId: key.accountId, ...SYSTEM }, { type, subject: key.id, at, data })
}

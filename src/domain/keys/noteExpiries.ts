import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { audit } from '../audit/audit.ts'

type Expired = { id: string; account_id: string; name: string; expires_at: string }

/**
 * Notes up to `limit` expiries that nobody has noted yet, with an entry of the audit log for each, and returns how
 * many. A key whose expiry was put off expires again.
 */
export async function noteExpiries(em: SqlEntityManager, now: Date, limit: number): Promise<number> {
  const expired = await em.execute<Expired[]>(
    `update api_key set expiry_noted_at = ? where id in (
       select id from api_key where status = 'active' and expires_at <= ?
         and (expiry_noted_at is null or expiry_noted_at < expires_at)
       order by expires_at limit ? for update skip locked)
     returning id, account_id, name, expires_at`,
    [now, now, limit],
  )
  for (const key of expired) {
    audit(
      em,
      { accountId: key.account_id, actor: { type: 'system', id: 'expiry' } },
      {
        at: new Date(key.expires_at),
        action: 'api-key.expired',
        targetId: key.id,
        details: { name: key.name },
      },
    )
  }
  return expired.length
}

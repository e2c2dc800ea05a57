import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { DAY_MS } from '../time.ts'

/** For so long a region keeps the state of a key that has ended, so that whoever still uses it is refused near by. */
const KEPT_MS = DAY_MS

const isKept = `(k.status = 'active' and (k.expires_at is null or k.expires_at > ?)
  or k.status <> 'active' and k.revoked_at > ?)`

const sql = {
  keys: (marks: string) => `select k.digest as id from api_key k where k.digest in (${marks}) and ${isKept}`,
  accounts: (marks: string) =>
    `select a.id from account a where a.id in (${marks})
     and exists (select from api_key k where k.account_id = a.id and ${isKept})`,
}

/**
 * Of keys by digest, or accounts by ID, those whose state a region keeps: keys that are active or ended less than a day
 * ago, and accounts that have one of these.
 */
export async function listLiving(
  em: SqlEntityManager,
  kind: 'keys' | 'accounts',
  ids: string[],
  now: Date,
): Promise<string[]> {
  if (ids.length === 0) return []
  const endedAfter = new Date(now.getTime() - KEPT_MS)
  const rows = await em.execute<{ id: string }[]>(sql[kind](ids.map(() => '?').join(', ')), [
    ...ids,
    endedAfter,
    endedAfter,
  ])
  return rows.map(({ id }) => id)
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { executeBound, pgArray } from '../sql.ts'
import { DAY_MS } from '../time.ts'

/** How long a claim is remembered at least: a day longer than events may be reported late. */
export const CLAIMS_KEPT_MS = 36 * DAY_MS

/** Fails where one is claimed already: each id costs half of what it costs to look first. */
const CLAIM_NEW = 'insert into usage_claim (id) select id from unnest($1::uuid[]) as a (id) order by id'

/** What comes back are those that were claimed before. */
const CLAIM = `
  with asked as materialized (select id from unnest($1::uuid[]) as a (id) order by id),
    claimed as (insert into usage_claim (id) select id from asked on conflict do nothing returning id)
  select id from asked
  where (select count(*) from claimed) < $2 and id not in (select id from claimed)`

/**
 * Claims ids (UUIDs) for counting and returns those that nobody had claimed: in the transaction that counts
 * them, which is what makes counting exact. Two transactions with one id in common wait for each other.
 * `expectNew`: fails, and the transaction with it, where one was claimed before; see `Claiming`.
 */
export async function claimIds(
  em: SqlEntityManager,
  ids: Iterable<string>,
  expectNew = false,
): Promise<Set<string>> {
  const fresh = new Set(ids)
  if (fresh.size === 0) return fresh
  if (expectNew) {
    await executeBound(em, CLAIM_NEW, [pgArray([...fresh])])
    return fresh
  }
  const taken = await executeBound<{ id: string }>(em, CLAIM, [pgArray([...fresh]), fresh.size])
  for (const { id } of taken) fresh.delete(id)
  return fresh
}

/** Those of these ids that have been counted already. */
export async function findClaimed(em: SqlEntityManager, ids: string[]): Promise<Set<string>> {
  const rows = await executeBound<{ id: string }>(
    em,
    'select id from usage_claim where id = any($1::uuid[])',
    [pgArray(ids)],
  )
  return new Set(rows.map((row) => row.id))
}

/** Claims per statement: none of the service's transactions should wait for a whole night's. */
export const FORGOTTEN_AT_ONCE = 20_000

/**
 * Each statement begins where the last one ended, so that none passes over what those before have deleted. `ctid` is
 * safe: a claim is never updated.
 */
export const FORGET_CLAIMS = `
  with forgotten as (
    delete from usage_claim where ctid = any(array(
      select ctid from usage_claim where claimed_at >= $1::timestamptz and claimed_at < $2 order by claimed_at limit $3
    )) returning claimed_at
  )
  select count(*)::int as count, max(claimed_at)::text as last from forgotten`

/** Deletes the claims made before an instant. Returns how many. */
export async function forgetClaims(em: SqlEntityManager, before: Date): Promise<number> {
  let forgotten = 0
  for (let from: string | null = '-infinity'; from !== null; ) {
    const [row]: { count: number; last: string | null }[] = await executeBound(em, FORGET_CLAIMS, [
      from,
      before,
      FORGOTTEN_AT_ONCE,
    ])
    forgotten += row?.count ?? 0
    from = row?.last ?? null
  }
  return forgotten
}

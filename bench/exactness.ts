import type { Service } from './startService.ts'
import type { Target } from './targets.ts'

/** What Postgres has counted so far, for the keys of the run. */
export type Counted = { requests: number; refused: number; claims: number }

/** What the load generator knows of the runs since: `inFlight` requests at most were cut off, their answers unread. */
export type Expected = { answered: number; inFlight: number }

export async function readCounted(query: Service['query'], keyIds: string[]): Promise<Counted> {
  const [usage] = await query<{ requests: string; refused: string }>(
    `select coalesce(sum(requests), 0) as requests,
       coalesce(sum((select sum(n::bigint) from jsonb_each_text(refused) as r (code, n))), 0) as refused
     from usage_day where key_id in (${keyIds.map(() => '?').join(', ')})`,
    keyIds,
  )
  const [claim] = await query<{ claims: string }>('select count(*) as claims from usage_claim', [])
  return {
    requests: Number(usage?.requests),
    refused: Number(usage?.refused),
    claims: Number(claim?.claims),
  }
}

/**
 * What is wrong between the answers that callers got and what Postgres counted for them; empty when nothing is. Every
 * answered request is counted once. One that was cut off may be counted or not, for its caller does not know either.
 */
export function findFaults(
  target: Pick<Target, 'name' | 'units' | 'counts'>,
  expected: Expected,
  before: Counted,
  after: Counted,
): string[] {
  const counted = after.requests - before.requests
  const claims = after.claims - before.claims
  const least = expected.answered * target.units
  const most = least + expected.inFlight * target.units
  const faults: string[] = []
  if (counted < least) faults.push(`${least - counted} of ${least} acknowledged were not counted`)
  if (counted > most) faults.push(`${counted} were counted, where ${most} at most were asked for`)
  if (after.refused !== before.refused) faults.push(`${after.refused - before.refused} were refused`)
  if (target.counts === 'events' && claims !== counted)
    faults.push(`${claims} ids were claimed, but ${counted} events counted`)
  return faults.map((fault) => `${target.name}: ${fault}`)
}

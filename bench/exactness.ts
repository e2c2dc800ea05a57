import type { Service } from './startService.ts'

/** What Postgres has counted so far, for the keys of the run. */
export type Counted = { requests: number; refused: number }

/** What the load generator knows of the runs since: `inFlight` requests at most were cut off, their answers unread. */
export type Expected = { answered: number; inFlight: number }

export async function readCounted(query: Service['query'], keyIds: string[]): Promise<Counted> {
  const [usage] = await query<{ requests: string; refused: string }>(
    `select coalesce(sum(requests), 0) as requests,
       coalesce(sum((select sum(n::bigint) from jsonb_each_text(refused) as r (code, n))), 0) as refused
     from usage_day where key_id in (${keyIds.map(() => '?').join(', ')})`,
    keyIds,
  )
  return { requests: Number(usage?.requests), refused: Number(usage?.refused) }
}

/**
 * What is wrong between the answers that callers got and what Postgres counted for them; empty when nothing is. Every
 * answered request is counted once. One that was cut off may be counted or not, for its caller does not know either.
 */
export function findFaults({ answered, inFlight }: Expected, before: Counted, after: Counted): string[] {
  const counted = after.requests - before.requests
  const most = answered + inFlight
  const faults: string[] = []
  if (counted < answered) faults.push(`${answered - counted} of ${answered} acknowledged were not counted`)
  if (counted > most) faults.push(`${counted} were counted, where ${most} at most were asked for`)
  if (after.refused !== before.refused) faults.push(`${after.refused - before.refused} were refused`)
  return faults
}

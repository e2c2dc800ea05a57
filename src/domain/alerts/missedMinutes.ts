import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { MINUTE_MS } from '../time.ts'

/** How far back a backlog is evaluated. What is older than that nobody wants to be woken for. */
const MAX_MINUTES = 60

/**
 * The whole minutes between the account's last evaluation (or `since`, if that is later) and `at`, oldest first; an
 * hour of them at most.
 */
export async function missedMinutes(
  em: SqlEntityManager,
  accountId: string,
  at: number,
  since: number,
): Promise<number[]> {
  const [row] = await em.execute<{ last: string | null }[]>(
    `select min(s.evaluated_at) as last from alert_state s join alert_rule r on r.id = s.rule_id
     where r.account_id = ? and r.enabled and s.key_id = ''`,
    [accountId],
  )
  if (!row?.last) return []
  const first = Math.max(new Date(row.last).getTime(), since, at - (MAX_MINUTES + 1) * MINUTE_MS)
  const minutes: number[] = []
  for (let minute = (Math.floor(first / MINUTE_MS) + 1) * MINUTE_MS; minute < at; minute += MINUTE_MS)
    minutes.push(minute)
  return minutes
}

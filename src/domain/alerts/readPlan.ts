import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { AccountSchema } from '../accounts/Account.ts'
import { readLimits } from '../plans/planStore.ts'
import { pgArray } from '../sql.ts'
import { readMonthRenders } from '../usage/readMonthRenders.ts'
import type { AlertRule } from './AlertRule.ts'
import { overThreshold, type Reading } from './stepAlert.ts'

/**
 * Plan usage in percent: of the account, the month's renders; of a key, the day's requests, both in UTC. Nothing is
 * measured where the plan has no limit. A new day or month begins at nothing, which ends the incident.
 */
export async function readPlanRules(
  em: SqlEntityManager,
  accountId: string,
  rules: AlertRule[],
  now: number,
): Promise<Map<string, Map<string, Reading>>> {
  if (rules.length === 0) return new Map()
  const account = await em.findOneOrFail(AccountSchema, { id: accountId })
  const limits = await readLimits(em, account)
  const today = new Date(now).toISOString().slice(0, 10)
  const renders = await readMonthRenders(em, accountId, new Date(now))
  const keyIds = [...new Set(rules.flatMap((rule) => rule.keyIds ?? []))]
  const days =
    keyIds.length === 0
      ? []
      : await em.execute<{ key_id: string; requests: string }[]>(
          `select key_id, sum(requests) as requests from quota_day where day = ?::date and key_id = any(?::text[])
           group by key_id`,
          [today, pgArray(keyIds)],
        )
  const used = new Map(days.map((row) => [row.key_id, Number(row.requests)]))
  const percent = (key: string) =>
    key === '' ? share(renders, limits.rendersPerMonth) : share(used.get(key) ?? 0, limits.requestsPerDay)
  return new Map(
    rules.map((rule) => {
      const read = (key: string) => overThreshold(percent(key), rule.threshold ?? 0, { reached: true })
      return [rule.id, new Map((rule.keyIds ?? ['']).map((key) => [key, read(key)]))]
    }),
  )
}

const share = (used: number, limit: number | null) =>
  limit === null || limit === 0 ? null : (100 * used) / limit

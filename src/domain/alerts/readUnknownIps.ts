import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { covers, parseRange } from '../addresses.ts'
import { pgArray } from '../sql.ts'
import { DAY_MS, MINUTE_MS } from '../time.ts'
import { OTHER_CALLERS, siteOf } from '../usage/callerNetwork.ts'
import type { AlertRule } from './AlertRule.ts'
import { UNKNOWN_IP } from './detectors.ts'
import type { Memories, Reading } from './stepAlert.ts'

/** Events may be rolled up late: a first use is looked for this far back. */
const LOOK_BACK_MS = 15 * MINUTE_MS
const HISTORY_MS = 35 * DAY_MS

/**
 * Keys that were used today from a network (/24 of IPv4, /48 of IPv6, what one site usually has) from which they were
 * not in the 35 days before. A key is judged once it has been in use for 7 days, and not if it comes from everywhere
 * (more than 50 networks). The reading stays until the UTC day is over, so a key is notified once a day. Refused
 * requests do not count.
 */
export async function readUnknownIps(
  em: SqlEntityManager,
  rule: AlertRule,
  memories: Memories,
  now: number,
): Promise<Map<string, Reading>> {
  const today = Math.floor(now / DAY_MS) * DAY_MS
  const since = new Date(now - LOOK_BACK_MS)
  const known = new Map([...memories].filter(([, memory]) => memory.unknownOn === today))
  const params: unknown[] = [rule.accountId, since]
  if (rule.keyIds) params.push(pgArray(rule.keyIds))
  const rows = await em.execute<{ key_id: string; ips: string[] }[]>(
    `select t.key_id, jsonb_agg(abbrev(t.ip) order by t.first_seen_at) as ips
     from api_key k join api_key_use u on u.key_id = k.id join usage_ip t on t.key_id = k.id
     where k.account_id = ? and u.last_used_at >= ? ${rule.keyIds ? 'and k.id = any(?::text[])' : ''}
       and t.at = ? and t.first_seen_at >= ? and t.first_seen_at < ? and t.requests > 0 and t.ip <> '${OTHER_CALLERS}'
       and exists (select from usage_ip h where h.key_id = k.id and h.at <= ?)
       and not exists (select from usage_ip h where h.key_id = k.id and h.at >= ? and h.at < t.at and h.requests > 0
         and ${siteOf('h.ip')} = ${siteOf('t.ip')})
       and (select count(distinct ${siteOf('h.ip')}) from usage_ip h where h.key_id = k.id and h.at >= ? and h.at < t.at
         and h.requests > 0) <= ${UNKNOWN_IP.maxNetworks}
     group by t.key_id`,
    [
      ...params,
      new Date(today),
      since,
      new Date(now),
      new Date(today - UNKNOWN_IP.learningDays * DAY_MS),
      new Date(today - HISTORY_MS),
      new Date(today - HISTORY_MS),
    ],
  )
  const allowed = rule.options.allowedRanges ?? []
  const readings = new Map<string, Reading>()
  for (const row of rows) {
    const ips = row.ips.filter((ip) => !isExpected(allowed, ip))
    if (ips.length > 0) readings.set(row.key_id, reading(ips, today))
  }
  for (const [key, memory] of known) readings.set(key, reading(memory.ips as string[], today))
  return readings
}

const reading = (ips: string[], today: number): Reading => ({
  value: ips.length,
  threshold: 0,
  breached: true,
  calm: false,
  about: { ips },
  remember: { unknownOn: today, ips },
})

/** Of IPv6 a /64 is known, no single address: a range within it is as good as the whole. */
function isExpected(allowed: string[], caller: string): boolean {
  const network = parseRange(caller)
  if (!network) return false
  return allowed.some((entry) => {
    const range = parseRange(entry)
    return range !== undefined && (covers(range, network) || covers(network, range))
  })
}

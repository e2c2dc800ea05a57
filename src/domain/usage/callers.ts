import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { DAY_MS } from '../time.ts'
import { OTHER_CALLERS, OTHER_CALLERS_NAME, siteOf } from './callerNetwork.ts'

/** Callers listed at most. */
const LISTED_CALLERS = 100

/** From where a key was used: per UTC day how many callers, oldest first, and those seen last. */
export const Callers = z.object({
  days: z.array(z.object({ day: z.string(), distinctIps: z.int() })),
  ips: z.array(
    z.object({
      ip: z
        .string()
        .describe('An IPv4 address, an IPv6 /64 network, or `other`: callers beyond the day’s limit'),
      network: z
        .string()
        .describe('What one site usually has: the /24 of an IPv4 address, the /48 of IPv6; or `other`'),
      requests: z.int(),
      refused: z.int(),
      firstSeenAt: z.string(),
      lastSeenAt: z.string(),
    }),
  ),
})
export type Callers = z.infer<typeof Callers>

type Day = { day: string; ips: string }
type Caller = {
  ip: string
  network: string
  requests: string
  refused: string
  first_seen_at: string
  last_seen_at: string
}

/** The callers of a key today and on the days before, `days` in all. Days without one are there, with 0. */
export async function readCallers(
  em: SqlEntityManager,
  keyId: string,
  days: number,
  now: Date,
): Promise<Callers> {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS
  const first = new Date(today - (days - 1) * DAY_MS)
  const counted = await em.execute<Day[]>(
    `select to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) as ips from usage_ip
     where key_id = ? and at >= ? and ip <> '${OTHER_CALLERS}' group by at`,
    [keyId, first],
  )
  const callers = await em.execute<Caller[]>(
    `select abbrev(ip) as ip, ${siteOf('usage_ip.ip')}::text as network, sum(requests) as requests, sum(refused) as refused, min(first_seen_at) as first_seen_at,
       max(last_seen_at) as last_seen_at
     from usage_ip where key_id = ? and at >= ? group by usage_ip.ip
     order by usage_ip.ip = '${OTHER_CALLERS}' desc, max(last_seen_at) desc, usage_ip.ip limit ${LISTED_CALLERS}`,
    [keyId, first],
  )
  // The others stand last, and never fall off the end.
  if (callers[0]?.ip === OTHER_CALLERS) callers.push(...callers.splice(0, 1))
  const ipsOf = new Map(counted.map((row) => [row.day, Number(row.ips)]))
  return {
    days: Array.from({ length: days }, (_, index) => {
      const day = new Date(first.getTime() + index * DAY_MS).toISOString().slice(0, 10)
      return { day, distinctIps: ipsOf.get(day) ?? 0 }
    }),
    ips: callers.map((row) => ({
      ip: shownCaller(row.ip),
      network: row.ip === OTHER_CALLERS ? OTHER_CALLERS_NAME : row.network,
      requests: Number(row.requests),
      refused: Number(row.refused),
      firstSeenAt: new Date(row.first_seen_at).toISOString(),
      lastSeenAt: new Date(row.last_seen_at).toISOString(),
    })),
  }
}

/** What people see of a caller that Postgres holds. */
export const shownCaller = (ip: string) => (ip === OTHER_CALLERS ? OTHER_CALLERS_NAME : ip)

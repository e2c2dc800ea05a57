import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'

const DAY = 86_400_000

/** Addresses listed at most. */
export const MAX_CALLERS = 100

/** From where a key was used: per UTC day how many addresses, oldest first, and those seen last. */
export const Callers = z.object({
  days: z.array(z.object({ day: z.string(), distinctIps: z.int() })),
  ips: z.array(
    z.object({
      ip: z.string(),
      requests: z.int(),
      refused: z.int(),
      firstSeenAt: z.string(),
      lastSeenAt: z.string(),
    }),
  ),
})
export type Callers = z.infer<typeof Callers>

type Day = { day: string; ips: string }
type Caller = { ip: string; requests: string; refused: string; first_seen_at: string; last_seen_at: string }

/** The callers of a key today and on the days before, `days` in all. Days without one are there, with 0. */
export async function readCallers(
  em: SqlEntityManager,
  keyId: string,
  days: number,
  now: Date,
): Promise<Callers> {
  const today = Math.floor(now.getTime() / DAY) * DAY
  const first = new Date(today - (days - 1) * DAY)
  const counted = await em.execute<Day[]>(
    `select to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) as ips from usage_ip
     where key_id = ? and at >= ? group by at`,
    [keyId, first],
  )
  const callers = await em.execute<Caller[]>(
    `select host(ip) as ip, sum(requests) as requests, sum(refused) as refused, min(first_seen_at) as first_seen_at,
       max(last_seen_at) as last_seen_at
     from usage_ip where key_id = ? and at >= ? group by usage_ip.ip
     order by max(last_seen_at) desc, usage_ip.ip limit ${MAX_CALLERS}`,
    [keyId, first],
  )
  const ipsOf = new Map(counted.map((row) => [row.day, Number(row.ips)]))
  return {
    days: Array.from({ length: days }, (_, index) => {
      const day = new Date(first.getTime() + index * DAY).toISOString().slice(0, 10)
      return { day, distinctIps: ipsOf.get(day) ?? 0 }
    }),
    ips: callers.map((row) => ({
      ip: row.ip,
      requests: Number(row.requests),
      refused: Number(row.refused),
      firstSeenAt: new Date(row.first_seen_at).toISOString(),
      lastSeenAt: new Date(row.last_seen_at).toISOString(),
    })),
  }
}

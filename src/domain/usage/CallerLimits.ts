import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { executeBound, pgArray } from '../sql.ts'
import { MAX_CALLERS, MAX_REFUSED_CALLERS, OTHER_CALLERS } from './callerNetwork.ts'
import { type CallersOfDay, type IpUse, mergeUse } from './UsageBatch.ts'

/** From here on a day counts as full, so that nobody counts again and again how near it is. */
const NEARLY = 0.9

const MAX_DAYS = 50_000

/** What this process knows of a key's day: at most so many rows, or that it is full. */
type Room = { rows: number; refused: number; isFull: boolean; isFullOfRefused: boolean }

type Day = { keyId: string; at: number }
const nameOf = ({ keyId, at }: Day) => `${keyId} ${at}`

/**
 * Bounds the rows that callers of one key make on one day. What is beyond a limit is added up in one row. Rows are
 * counted in Postgres only when what this process has added may have reached a limit. Several workers may pass a
 * limit by what each adds between two counts, never by more than the limit itself.
 */
export class CallerLimits {
  readonly #rooms = new Map<string, Room>()

  /** Call it in the transaction that adds to the days' buckets: until its end nobody else adds callers to them. */
  async apply(em: SqlEntityManager, days: CallersOfDay[]): Promise<CallersOfDay[]> {
    const unsure = days.filter((day) => !this.#hasRoom(day))
    if (unsure.length === 0) return days
    await this.#count(em, unsure)
    const crowded = unsure.filter((day) => !this.#hasRoom(day))
    if (crowded.length === 0) return days
    const existing = await readExisting(em, crowded)
    const limited = new Map(crowded.map((day) => [day, this.#limit(day, existing)]))
    return days.map((day) => limited.get(day) ?? day)
  }

  /** True, and the room taken, where every caller of the day certainly fits. */
  #hasRoom(day: CallersOfDay): boolean {
    const room = this.#rooms.get(nameOf(day))
    if (!room || room.isFull || room.isFullOfRefused) return false
    const refused = refusedOnly(day)
    if (room.rows + day.ips.size > MAX_CALLERS || room.refused + refused > MAX_REFUSED_CALLERS) return false
    room.rows += day.ips.size
    room.refused += refused
    return true
  }

  async #count(em: SqlEntityManager, days: CallersOfDay[]): Promise<void> {
    if (this.#rooms.size > MAX_DAYS) this.#rooms.clear()
    const unknown = days.filter((day) => !this.#rooms.get(nameOf(day))?.isFull)
    const rows = await executeBound<{ key_id: string; at: Date; rows: string; refused: string }>(
      em,
      `select d.key_id, to_timestamp(d.seconds) as at, count(u.ip) as rows,
         count(u.ip) filter (where u.requests = 0) as refused
       from unnest($1::text[], $2::float8[]) as d (key_id, seconds)
         left join usage_ip u on u.key_id = d.key_id and u.at = to_timestamp(d.seconds)
       group by 1, 2`,
      columnsOf(unknown),
    )
    for (const row of rows) {
      const [count, refused] = [Number(row.rows), Number(row.refused)]
      this.#rooms.set(nameOf({ keyId: row.key_id, at: new Date(row.at).getTime() }), {
        rows: count,
        refused,
        isFull: count >= MAX_CALLERS * NEARLY,
        isFullOfRefused: refused >= MAX_REFUSED_CALLERS * NEARLY,
      })
    }
  }

  /** The day with callers that have a row, those for which there is room, and all others as one. */
  #limit(day: CallersOfDay, existing: Set<string>): CallersOfDay {
    const room = this.#rooms.get(nameOf(day)) ?? {
      rows: 0,
      refused: 0,
      isFull: false,
      isFullOfRefused: false,
    }
    const ips = new Map<string, IpUse>()
    for (const [ip, use] of day.ips) {
      const isRefused = use.requests === 0
      const fits =
        ip === OTHER_CALLERS ||
        existing.has(`${nameOf(day)} ${ip}`) ||
        (!room.isFull &&
          room.rows < MAX_CALLERS &&
          !(isRefused && (room.isFullOfRefused || room.refused >= MAX_REFUSED_CALLERS)))
      if (fits && !existing.has(`${nameOf(day)} ${ip}`)) {
        room.rows += 1
        if (isRefused) room.refused += 1
      }
      const name = fits ? ip : OTHER_CALLERS
      const before = ips.get(name)
      ips.set(name, before ? mergeUse(before, use) : use)
    }
    return { ...day, ips }
  }
}

function refusedOnly({ ips }: CallersOfDay): number {
  let refused = 0
  for (const { requests } of ips.values()) if (requests === 0) refused += 1
  return refused
}

const columnsOf = (days: Day[]) => [
  pgArray(days.map(({ keyId }) => keyId)),
  pgArray(days.map(({ at }) => at / 1_000)),
]

/** Which of these callers have a row, as `keyId at ip`. */
async function readExisting(em: SqlEntityManager, days: CallersOfDay[]): Promise<Set<string>> {
  const callers = days.flatMap((day) => [...day.ips.keys()].map((ip) => ({ ...day, ip })))
  const rows = await executeBound<{ key_id: string; at: Date; ip: string }>(
    em,
    `select u.key_id, u.at, abbrev(u.ip) as ip
     from unnest($1::text[], $2::float8[], $3::inet[]) as c (key_id, seconds, ip)
       join usage_ip u on u.key_id = c.key_id and u.at = to_timestamp(c.seconds) and u.ip = c.ip`,
    [...columnsOf(callers), pgArray(callers.map(({ ip }) => ip))],
  )
  return new Set(
    rows.map((row) => `${nameOf({ keyId: row.key_id, at: new Date(row.at).getTime() })} ${row.ip}`),
  )
}

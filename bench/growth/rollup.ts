/** What rolling up costs with few and with many keys in use in one minute: see ../README.md. */
import { randomBase62 } from '../../src/domain/base62.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { median, say, whole } from '../report.ts'
import type { Service } from '../startService.ts'
import { inWords, type RolledUp, startRollup } from '../usage/rollup.ts'

const AT_ONCE = 5_000
const ADDRESSES = 5

/** Costs in µs an event. */
export type ActiveKeys = { keys: number; rate: number; worker: number; redis: number; postgres: number }

export async function measureActiveKeys(
  sizes: number[],
  { rounds, events }: { rounds: number; events: number },
): Promise<ActiveKeys[]> {
  const bench = await startRollup({ keys: 1 })
  try {
    const [template = ''] = bench.keys.ids
    const ids = await copyKeys(bench.service, template, Math.max(...sizes))
    const samples = new Map<number, RolledUp[]>(sizes.map((size) => [size, []]))
    await bench.rollUp(Math.min(events, 50_000))
    for (let round = 1; round <= rounds; round++) {
      for (const [size, list] of samples) {
        // All within a minute that no other round has.
        const minute = Math.floor(Date.now() / MINUTE_MS) - round
        const kind = { now: (minute + 1) * MINUTE_MS - 1, withinMs: MINUTE_MS - 1, addressesOfKey: ADDRESSES }
        const sample = await bench.rollUp(events, { keyIds: ids.slice(0, size), ...kind })
        say(`round ${round}  ${whole(size)} keys: ${inWords(sample)}`)
        list.push(sample)
      }
    }
    return [...samples].map(([keys, list]) => {
      const of = (value: (sample: RolledUp) => number) => median(list.map(value))
      return {
        keys,
        rate: of(({ rate }) => rate),
        worker: of(({ cost }) => cost.server),
        redis: of(({ cost }) => cost.redis),
        postgres: of(({ cost }) => cost.postgres),
      }
    })
  } finally {
    await bench.stop()
  }
}

/** Copies of a key's row with other IDs and digests: so many creates would take longer than the measurement. */
async function copyKeys({ query }: Service, template: string, count: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    const rows = Array.from({ length: Math.min(AT_ONCE, count - ids.length) }, () => {
      const { digest, hint } = generateSecret('pk', 'live')
      return { id: `key_${randomBase62(16)}`, digest, hint }
    })
    await query(
      `insert into api_key
       select (jsonb_populate_record(template, fresh)).*
       from api_key template, jsonb_array_elements(?::jsonb) fresh where template.id = ?`,
      [JSON.stringify(rows), template],
    )
    ids.push(...rows.map(({ id }) => id))
  }
  return ids
}

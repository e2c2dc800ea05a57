import { expect } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from './eventually.ts'
import type { Service } from './startService.ts'

type Options = {
  /** Redis has lost what no worker had taken from it: some of it may be missing, and nothing is there twice. */
  losesSome?: boolean
  boundMs?: number
}

/**
 * Expects that the requests of these keys, which are its only ones so far and no server errors, are counted once:
 * `total`, and no more.
 */
export async function expectCounted(
  service: Service,
  keyIds: string[],
  total: number,
  { losesSome = false, boundMs = 60_000 }: Options = {},
) {
  const counted = async () => {
    const [rows = []] = await runSql(
      service.databaseUrl,
      `select coalesce(sum(requests), 0)::int as n, coalesce(sum(server_errors), 0)::int as last
       from usage_minute where key_id = any('{${keyIds.join(',')}}')`,
    )
    return { requests: Number(rows[0]?.n), last: Number(rows[0]?.last) }
  }
  if (!losesSome) await eventually(counted, ({ requests }) => requests >= total, boundMs)
  // Whatever was in doubt has run again once this is counted.
  const [keyId] = keyIds
  const last = { id: `${keyId}-last`, at: new Date().toISOString(), keyId, status: 500 }
  expect((await service.server.post('/usage/events', { events: [last] })).status).toBe(202)
  const { requests } = await eventually(counted, (seen) => seen.last > 0, boundMs)
  if (losesSome) expect(requests).toBeLessThanOrEqual(total + 1)
  else expect(requests).toBe(total + 1)
}

import { expect } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from './eventually.ts'
import type { Service } from './startService.ts'

/** Expects that the requests of these keys, which are its only ones so far, are counted once: `total`, and no more. */
export async function expectCounted(service: Service, keyIds: string[], total: number, boundMs = 60_000) {
  const counted = async () => {
    const [rows = []] = await runSql(
      service.databaseUrl,
      `select coalesce(sum(requests), 0)::int as n from usage_minute where key_id = any('{${keyIds.join(',')}}')`,
    )
    return Number(rows[0]?.n)
  }
  await eventually(counted, (count) => count >= total, boundMs)
  // Whatever was in doubt has run again once this is counted.
  const [keyId] = keyIds
  const last = { id: `${keyId}-last`, at: new Date().toISOString(), keyId, status: 200 }
  expect((await service.server.post('/usage/events', { events: [last] })).status).toBe(202)
  await eventually(counted, (count) => count > total, boundMs)
  expect(await counted()).toBe(total + 1)
}

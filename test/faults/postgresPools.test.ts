import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BOUNDS } from '../../src/api/AtOnce.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { apiPools, workerPools } from '../../src/platform/pools.ts'
import { type Orm, openPostgres } from '../../src/platform/postgres.ts'
import { AT_ONCE } from '../../src/workers/commands/takeTurns.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let orm: Orm
beforeAll(async () => {
  service = await startService({ env: { DATABASE_TIMEOUT_MS: '120000' } })
  account = await service.account('enterprise')
  orm = await openPostgres(service.databaseUrl, { poolMax: 2 })
})
afterAll(async () => {
  await orm.close()
  await service.stop()
})

/** Runs `task` while nobody else can read or write this table: whoever tries hangs until it is over. */
async function whileLocked(table: string, task: () => Promise<void>): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    await em.execute(`lock table ${table} in access exclusive mode`)
    await task()
  })
}

/** The transactions that wait for a lock, once there are so many. */
const waitingForLocks = (count: number) =>
  eventually(
    () =>
      orm.em.fork().execute<{ pid: number; since: string }[]>(
        `select pid, xact_start::text as since from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database() order by pid`,
      ),
    ({ length }) => length === count,
  )

const unknown = () => generateSecret('pk', 'live').value

describe('promise 12: work that hangs in Postgres leaves the rest its connections', () => {
  it('reads that fill their pool: keys are created, verified and revoked, and a revoked token is refused', async () => {
    const { serviceTokenId = '', serviceToken = '' } = await service.cli(
      'service-token',
      'create',
      '--name',
      'Other',
    )
    const other = service.server.as(serviceToken)
    const key = await account.createKey()
    expect((await other.post('/verify', { key: key.key })).body.code).toBe('VALID')
    // No account fills the pool by itself.
    const others = await Promise.all(Array.from({ length: 4 }, () => service.account()))
    let reads: Promise<{ status: number }>[] = []
    await whileLocked('notification', async () => {
      reads = others.flatMap((one) =>
        Array.from({ length: BOUNDS.reads.atOnce }, () => one.get('/notifications')),
      )
      const tooMany = await Promise.race(reads)
      expect(tooMany.status).toBe(503)

      expect((await service.server.get('/readyz')).status).toBe(200)
      const created = await account.createKey()
      expect((await service.server.post('/verify', { key: created.key })).body.code).toBe('VALID')
      expect((await service.server.post('/verify', { key: unknown() })).body.code).toBe('NOT_FOUND')
      expect((await account.post(`/api-keys/${created.id}/revoke`)).status).toBe(200)
      expect((await service.server.post('/verify', { key: created.key })).body.code).toBe('REVOKED')
      await service.cli('service-token', 'revoke', serviceTokenId)
      await eventually(
        () => other.post('/verify', { key: key.key }),
        ({ status }) => status === 401,
      )
    })
    const statuses = (await Promise.all(reads)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
  })

  it('revocations of one account that wait for locks: another account’s keys are revoked', async () => {
    const other = await service.account('enterprise')
    const [held, alsoHeld] = [await other.createKey(), await other.createKey()]
    const own = await account.createKey()
    const waiting = await orm.em.fork().transactional(async (em) => {
      await em.execute('select from api_key where id in (?, ?) for update', [held.id, alsoHeld.id])
      const revokes = [held, alsoHeld].map(({ id }) => other.post(`/api-keys/${id}/revoke`))
      const before = await waitingForLocks(2)
      expect((await account.post(`/api-keys/${own.id}/revoke`)).status).toBe(200)
      expect(await waitingForLocks(2)).toEqual(before)
      return revokes
    })
    for (const revoke of waiting) expect([200, 202]).toContain((await revoke).status)
  })

  it('metering: keys are revoked all the same, and usage is counted once it goes on', async () => {
    const key = await account.createKey()
    const revoked = await account.createKey()
    await whileLocked('usage_claim', async () => {
      for (let again = 0; again < 20; again++)
        expect((await service.server.post('/verify', { key: key.key })).body.code).toBe('VALID')
      expect((await account.post(`/api-keys/${revoked.id}/revoke`)).status).toBe(200)
      expect((await service.server.post('/verify', { key: revoked.key })).body.code).toBe('REVOKED')
    })
    await eventually(
      () => account.get(`/api-keys/${key.id}/usage`),
      ({ body }) => body.windows?.['24h']?.requests === 20,
    )
  })
})

it('from 19 connections on, an account that waits for locks leaves one of each pool to others', () => {
  const sizes = { DATABASE_CONNECTIONS: 19, DATABASE_TIMEOUT_MS: 10_000 }
  const { commands, revocations } = workerPools(sizes)
  // An import has the connections of the commands.
  expect([commands.poolMax, revocations.poolMax]).toEqual([AT_ONCE + 2, AT_ONCE + 1])
  expect(apiPools(sizes).changes.poolMax).toBeGreaterThan(BOUNDS.changes.atOnce)
})

it('the pools of a process have its connections, all of them and no more', () => {
  for (const total of [14, 15, 20, 21, 100]) {
    const sizes = { DATABASE_CONNECTIONS: total, DATABASE_TIMEOUT_MS: 10_000 }
    for (const division of [apiPools(sizes), workerPools(sizes)]) {
      const parts = Object.values(division).map(({ poolMax = 0 }) => poolMax)
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total)
      expect(Math.min(...parts)).toBeGreaterThan(0)
    }
  }
})

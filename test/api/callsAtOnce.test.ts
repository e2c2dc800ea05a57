import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BOUNDS } from '../../src/api/AtOnce.ts'
import { type Orm, openPostgres } from '../../src/platform/postgres.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let orm: Orm
beforeAll(async () => {
  service = await startService({ env: { DATABASE_TIMEOUT_MS: '120000' } })
  orm = await openPostgres(service.databaseUrl, { poolMax: 2 })
})
afterAll(async () => {
  await orm.close()
  await service.stop()
})

/** Runs `task` while whoever reads this table waits. */
async function whileLocked(table: string, task: (waiting: () => Promise<number>) => Promise<void>) {
  await orm.em.fork().transactional(async (em) => {
    await em.execute(`lock table ${table} in access exclusive mode`)
    await task(async () => {
      const rows = await orm.em
        .fork()
        .execute(`select from pg_locks where not granted and relation = '${table}'::regclass`)
      return rows.length
    })
  })
}

describe('promise 12: an account’s calls that take long hold up that account alone', () => {
  it('reads beyond its number wait in line, and leave Postgres to others; what ends keys waits for none', async () => {
    const [one, other] = [await service.account('business'), await service.account('business')]
    const key = await one.createKey()
    const answered: string[] = []
    let reads: Promise<{ status: number }>[] = []
    await whileLocked('audit_entry', async (waiting) => {
      reads = Array.from({ length: 2 * BOUNDS.reads.atOnce }, () => one.get('/audit-log'))
      await eventually(waiting, (count) => count === BOUNDS.reads.atOnce)
      // It would be done at once if it had a place.
      const next = one.get('/account').then(() => answered.push('the next'))
      for (let turn = 0; turn < 5; turn++) expect((await other.get('/account')).status).toBe(200)
      expect(await waiting()).toBe(BOUNDS.reads.atOnce)
      expect(answered).toEqual([])
      reads.push(next.then(() => ({ status: 200 })))
    })
    expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(reads.map(() => 200))
    const rule = { name: 'R', metric: 'requests', threshold: 1, window: '5m', channelIds: [] }
    const { id } = (await one.post('/alerts', rule)).body
    await whileLocked('alert_rule', async (waiting) => {
      reads = Array.from({ length: BOUNDS.changes.atOnce }, () => one.patch(`/alerts/${id}`, { name: 'S' }))
      await eventually(waiting, (count) => count === BOUNDS.changes.atOnce)
      expect((await one.post(`/api-keys/${key.id}/revoke`)).status).toBe(200)
    })
    await Promise.all(reads)
  })

  it('a command gives its place back while the worker is at work', async () => {
    const one = await service.account('business')
    let creates: Promise<{ status: number }>[] = []
    await whileLocked('api_key', async (waiting) => {
      creates = Array.from({ length: BOUNDS.changes.atOnce + 1 }, (_, n) =>
        one.post('/api-keys', { name: `Key ${n}`, type: 'live' }),
      )
      await eventually(waiting, (count) => count > 0)
      await eventually(
        () =>
          orm.em.fork().execute(`select from command where kind = 'create-api-key' and finished_at is null`),
        ({ length }) => length === creates.length,
      )
    })
    expect((await Promise.all(creates)).map(({ status }) => status)).toEqual(creates.map(() => 201))
  })
})

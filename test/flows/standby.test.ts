import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { startOwnPostgres } from '../support/ownPostgres.ts'
import { type Service, startService } from '../support/startService.ts'
import { startStandby } from '../support/startStandby.ts'

let service: Service
let standby: Awaited<ReturnType<typeof startStandby>>
beforeAll(async () => {
  const database = await startOwnPostgres()
  standby = await startStandby(database.databaseUrl)
  service = await startService({ database, env: { DATABASE_READ_URL: standby.url } })
})
afterAll(async () => {
  await service.stop()
  await standby.stop()
})

/** Reads where they were read so far, by `from`. */
async function readsFrom(from: 'standby' | 'primary'): Promise<number> {
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  const { body } = await createClient(service.url).get('/metrics', { headers })
  return Number(new RegExp(`^keys_standby_reads_total{from="${from}"} (\\d+)$`, 'm').exec(body)?.[1] ?? 0)
}

const inStandby = (sql: string) => runSql(standby.url, sql)
/** The status of an answer of any media type, once it has arrived. */
async function statusOf(path: string, secret: string): Promise<number> {
  const answer = await fetch(`${service.url}${path}`, { headers: { Authorization: `Bearer ${secret}` } })
  await answer.arrayBuffer()
  return answer.status
}
const render = (key: string) => service.server.post('/verify', { key })

/** A key with requests that are counted, and its account. */
async function usedKey() {
  const account = await service.account('enterprise')
  const key = await account.createKey()
  for (let times = 0; times < 3; times += 1) await render(key.key)
  await eventually(
    () => account.get(`/api-keys/${key.id}/usage`),
    ({ body }) => body.windows['24h'].requests === 3,
  )
  return { account, key }
}

describe('with DATABASE_READ_URL', () => {
  it('usage, histories and exports are read from the standby', async () => {
    const { account, key } = await usedKey()
    const { id: alertId } = (
      await account.post('/alerts', {
        ...{ name: 'R', metric: 'requests', threshold: 1_000, window: '5m', channelIds: [] },
      })
    ).body
    const paths = [
      ...[`/api-keys/${key.id}/usage`, `/api-keys/${key.id}/callers`, '/api-keys?include=usage', '/usage'],
      ...['/account/export', '/audit-log', '/notifications', `/alerts/${alertId}/incidents`],
    ]
    for (const path of paths) {
      const before = await readsFrom('standby')
      expect(await statusOf(path, account.adminKey), path).toBe(200)
      expect(await readsFrom('standby'), path).toBe(before + 1)
    }
  })

  it('`asOf` is the standby’s own, and what a caller may do is the primary’s', async () => {
    const { account, key } = await usedKey()
    await inStandby('select pg_wal_replay_pause()')
    try {
      await eventually(
        () => inStandby('select pg_get_wal_replay_pause_state() as state'),
        ([rows]) => rows?.[0]?.state === 'paused',
      )
      const [[last] = []] = await inStandby(
        'select (extract(epoch from pg_last_xact_replay_timestamp()) * 1000)::float8 as ms',
      )
      for (let times = 0; times < 2; times += 1) await render(key.key)
      await eventually(
        () =>
          runSql(
            service.databaseUrl,
            `select from usage_minute where key_id = '${key.id}' having sum(requests) = 5`,
          ),
        ([rows]) => rows?.length === 1,
      )
      const { body } = await eventually(
        () => account.get(`/api-keys/${key.id}/usage`),
        ({ body }) => body.asOf === new Date(Number(last?.ms)).toISOString(),
      )
      expect(body.windows['24h'].requests).toBe(3)
      // The standby knows neither of these.
      const made = await account.createKey()
      expect((await account.get(`/api-keys/${made.id}`)).status).toBe(200)
      expect((await account.get(`/api-keys/${made.id}/usage`)).body.windows['24h'].requests).toBe(0)
      expect((await account.get('/api-keys')).body.apiKeys.map(({ id }: { id: string }) => id)).toContain(
        made.id,
      )
      const admin = await account.createKey({ access: 'admin' })
      expect((await account.post(`/api-keys/${admin.id}/revoke`)).status).toBe(200)
      expect((await account.as(admin.key).get('/audit-log')).status).toBe(401)
    } finally {
      await inStandby('select pg_wal_replay_resume()')
    }
    await eventually(
      () => account.get(`/api-keys/${key.id}/usage`),
      ({ body }) => body.windows['24h'].requests === 5,
    )
  })

  it('a standby that lacks a migration is left alone', async () => {
    const { account, key } = await usedKey()
    const newest = `(select max(name) from mikro_orm_migrations)`
    const migrations = `update mikro_orm_migrations set name =`
    await runSql(service.databaseUrl, `${migrations} 'was ' || name where name = ${newest}`)
    try {
      const before = await readsFrom('primary')
      await eventually(
        async () => [await account.get(`/api-keys/${key.id}/usage`), await readsFrom('primary')] as const,
        ([, reads]) => reads > before,
      )
    } finally {
      await runSql(service.databaseUrl, `${migrations} substr(name, 5) where name like 'was %'`)
    }
    const read = await readsFrom('standby')
    await eventually(
      async () => [await account.get(`/api-keys/${key.id}/usage`), await readsFrom('standby')] as const,
      ([, reads]) => reads > read,
    )
  })

  it('promise 11: a standby that is away or hangs is left alone, and the primary is read', async () => {
    const { account, key } = await usedKey()
    const usage = () => account.get(`/api-keys/${key.id}/usage`)
    for (const [fault, end] of [
      [() => standby.hang(), () => standby.goOn()],
      [() => standby.kill(), () => standby.restart()],
    ] as const) {
      const before = await readsFrom('primary')
      await fault()
      try {
        await eventually(usage, ({ status, body }) => status === 200 && body.windows['24h'].requests === 3)
        expect(await readsFrom('primary')).toBeGreaterThan(before)
        expect(await statusOf('/account/export', account.adminKey)).toBe(200)
      } finally {
        await end()
      }
      const read = await readsFrom('standby')
      await eventually(
        async () => [await usage(), await readsFrom('standby')] as const,
        ([, reads]) => reads > read,
      )
    }
  })
})

import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { runSql } from '../setup/runSql.ts'
import { freshRedis } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { askLibrary, openLibrary } from '../support/libraries.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { sendSurely } from '../support/sendSurely.ts'
import {
  type Api,
  type Service,
  type ServiceProcess,
  startService,
  type TestRedis,
} from '../support/startService.ts'

const ACCOUNTS = 8
/** Revoked one after another while regions are divided. */
const LATE = 12
const DAY_RENDERS = 100

let eu: TestRedis
/** A second server for the primary's shards. */
let second: TestRedis
let into: Record<string, string>
let service: Service
const verifyAt = ({ url }: { url: string }, key: string, more: object = {}) =>
  createClient(url, service.serviceToken).post('/verify', { key, ...more })

beforeAll(async () => {
  await awayFromMidnight()
  ;[eu, second] = await Promise.all([freshRedis(), freshRedis()])
  service = await startService({
    env: { SHARDS: '1', REGIONS: `eu=${eu.url}`, REGION_LEASE_MS: '3000', COMMAND_WAIT_MS: '60000' },
  })
  const { url, port } = service.redis
  const servers = `redis+servers://127.0.0.1:${port},127.0.0.1:${second.port}`
  into = { SHARDS: '4', REDIS_URL: url.startsWith('redis://') ? servers : url }
})
afterAll(async () => {
  await service.stop()
  await Promise.all([eu.stop(), second.stop()])
})

/** Asks for renders in a closed loop until it is stopped. Returns what became of each: a status, or a code. */
function renderAt(api: Api, key: string) {
  const codes: string[] = []
  let isOver = false
  const running = (async () => {
    while (!isOver) {
      const { status, body } = await verifyAt(api, key, { permission: 'renders:write' })
      codes.push(status === 200 ? body.code : String(status))
    }
  })()
  return {
    codes,
    stop: async () => {
      isOver = true
      await running
    },
  }
}

/** A library that verifies a key which nobody else uses. */
async function verifyIn(library: KeyVerifier, { id, key }: { id: string; key: string }) {
  let counted = 0
  const verify = async () => {
    const verification = await askLibrary(library, key)
    if (verification?.valid) counted += 1
    return verification
  }
  const before = await verify()
  return {
    verify,
    counted: () => counted,
    usage: `/api-keys/${id}/usage`,
    /** Of a request that came before. */
    reportWhileAway: async () => {
      await eventually(verify, (verification) => verification === undefined)
      if (before) library.report(before, { status: 500, latencyMs: 1 })
    },
  }
}

describe('regions that are divided into 4 shards under load, the primary over two servers', () => {
  it('promises 1, 2, 3 and 5: nothing is lost, no limit is exceeded, and nothing revoked is accepted', async () => {
    const [before] = service.apis as [Api]
    const inEu = await service.startApi({ REGION: 'eu' })
    const accounts = await Promise.all(Array.from({ length: ACCOUNTS }, () => service.account('enterprise')))
    const keys = await Promise.all(
      accounts.map(async (account) => ({
        account,
        test: await account.createKey({ type: 'test' }),
        revoked: await account.createKey({}),
        late: await Promise.all(Array.from({ length: LATE }, () => account.createKey())),
      })),
    )
    for (const { account, revoked } of keys)
      expect((await account.post(`/api-keys/${revoked.id}/revoke`)).status).toBe(200)
    for (const { late, test } of keys)
      for (const api of [before, inEu])
        for (const { key } of [...late, test]) expect((await verifyAt(api, key)).body.code).toBe('VALID')
    const library = await openLibrary({
      redisUrl: into.REDIS_URL ?? '',
      serviceToken: service.serviceToken,
    })
    const [account] = accounts as [(typeof accounts)[number]]
    const inLibrary = await verifyIn(library, await account.createKey())

    const next = service.startApi(into)
    next.catch(() => {})
    const nextEu = service.startApi({ ...into, REGION: 'eu' })
    nextEu.catch(() => {})
    const [worker] = service.workers as [ServiceProcess]
    service.startWorker(into)
    const old = keys.map(({ test }) => renderAt(before, test.key))
    await eventually(
      async () => old.map(({ codes }) => codes.length),
      (counts) => counts.every((count) => count >= 20),
    )
    let current = before
    next.then((api) => {
      current = api
    })
    const random = createRandom(anySeed())
    const revoking = keys.map(async ({ account, late }) => {
      const sender = { urls: () => [current.url], token: account.adminKey, random }
      for (const { id, key } of late) {
        // Its shard knows it as active.
        await verifyAt(current, key)
        const call = { method: 'POST', path: `/api-keys/${id}/revoke` } as const
        expect((await sendSurely(sender, call, crypto.randomUUID())).status).toBe(200)
        const { status, body } = await verifyAt(current, key)
        expect(status === 503 || body.code === 'REVOKED', `${status} ${body.code}`).toBe(true)
        await delay(100)
      }
    })
    const reported = inLibrary.reportWhileAway()
    const { tookMs } = await service.cli('shards', '4')
    await reported
    console.log(`no region admitted anything for ${tookMs} ms`)
    await Promise.all(old.map((one) => one.stop()))
    const [api, apiEu] = await Promise.all([next, nextEu])
    // It would take jobs that it can no longer do.
    expect(await worker.exited).toBe(1)

    await Promise.all(revoking)
    for (const { revoked, late } of keys)
      for (const at of [before, inEu, api, apiEu])
        for (const { key } of [revoked, ...late]) {
          const { status, body } = await verifyAt(at, key)
          expect(status === 503 || body.code === 'REVOKED', `${status} ${body.code}`).toBe(true)
        }
    for (const { test } of keys) expect((await verifyAt(before, test.key)).status).toBe(503)
    await eventually(inLibrary.verify, (verification) => verification?.valid === true)
    expect(await askLibrary(library, keys[0]?.revoked.key ?? '')).toMatchObject({ code: 'REVOKED' })
    await library.close()
    expect(library.droppedReports).toBe(0)
    await eventually(
      async () => (await createClient(api.url, account.adminKey).get(inLibrary.usage)).body.windows['24h'],
      ({ requests, serverErrors }) => requests === inLibrary.counted() && serverErrors === 1,
    )

    for (const [place, { account, test }] of keys.entries()) {
      const codes = [...(old[place]?.codes ?? [])]
      for (let more = 0; more < DAY_RENDERS; more += 10) {
        const answers = await Promise.all(
          Array.from({ length: 10 }, (_, one) =>
            verifyAt(one % 2 ? api : apiEu, test.key, { permission: 'renders:write' }),
          ),
        )
        codes.push(...answers.map(({ body }) => body.code))
      }
      const admitted = codes.filter((code) => code === 'VALID').length
      expect(admitted).toBe(DAY_RENDERS)
      await eventually(
        async () => (await createClient(api.url, account.adminKey).get(`/api-keys/${test.id}/usage`)).body,
        // Two requests without renders came before.
        ({ windows }) => windows['24h'].requests - windows['24h'].errors === DAY_RENDERS + 2,
      )
    }
    expect(
      await createClient(api.url, accounts[0]?.adminKey ?? '').post('/api-keys', {
        name: 'New',
        type: 'live',
      }),
    ).toMatchObject({
      status: 201,
    })
  }, 240_000)

  it('promise 15: a Postgres from before it is not believed, until `recover` divides it again', async () => {
    // As a backup from before has it.
    await runSql(
      service.databaseUrl,
      `delete from journal where sequence >= (select sequence from journal where command_id = 'divided')`,
      'update journal_head set sequence = (select coalesce(max(sequence), 0) from journal)',
      'update layout set shards = 1',
    )
    const readyz = async ({ url }: Api) => (await createClient(url, '').get('/readyz')).body.checks
    const [before] = service.apis as [Api]
    await eventually(
      () => readyz(before),
      ({ postgres }) => postgres.includes('recover'),
    )
    await expect(service.cli('recover')).rejects.toThrow('Run this with SHARDS=4')
    const former = { ...service.env }
    Object.assign(service.env, into)
    expect(Number((await service.cli('recover')).entries)).toBeGreaterThan(0)
    expect(await service.cli('shards')).toEqual({ shards: 4 })
    await service.startApi(into)
    Object.assign(service.env, former)
  }, 120_000)
})

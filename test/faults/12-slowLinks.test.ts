import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'
import { runSql } from '../setup/runSql.ts'
import { freshDatabase, freshRedis } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type Direction, type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

/** SEED repeats when the links are struck, and in which directions. */
const seed = anySeed()
/** Of each process. */
const CONNECTIONS = 20

let service: Service
/** Of the api and the worker. */
let toPostgres: FlakyProxy
let toRedis: FlakyProxy
let workerPort: number
/** To Redis, of both processes. */
let connections: number
beforeAll(async () => {
  await awayFromMidnight(180_000)
  const [database, redis] = await Promise.all([freshDatabase(), freshRedis()])
  const url = new URL(database.databaseUrl)
  toPostgres = await startFlakyProxy(Number(url.port))
  toRedis = await startFlakyProxy(redis.port)
  url.port = String(toPostgres.port)
  workerPort = await freePort()
  service = await startService({
    database: { ...database, databaseUrl: url.href },
    redis: { ...redis, url: `redis://127.0.0.1:${toRedis.port}` },
    env: {
      COMMAND_WAIT_MS: '5000',
      DATABASE_CONNECTIONS: String(CONNECTIONS),
      WORKER_PORT: String(workerPort),
    },
  })
  // Then it has all its connections, and those that are there later are too many.
  await waitForHttp(`http://127.0.0.1:${workerPort}/readyz`, {
    accept: (status) => status === 200,
    boundMs: 60_000,
    signal: AbortSignal.timeout(60_000),
  })
  connections = await settledConnections()
})
afterAll(async () => {
  await service.stop()
  await Promise.all([toPostgres.close(), toRedis.close()])
})

/** How many there are once that changes no more. Under load, one that is just being opened again would be missed. */
async function settledConnections(): Promise<number> {
  const seen = [toRedis.countOpen()]
  await eventually(
    async () => {
      await delay(500)
      return seen.push(toRedis.countOpen())
    },
    () => new Set(seen.slice(-4)).size === 1 && seen.length >= 4,
  )
  return seen.at(-1) ?? 0
}

/** What the pools of the api and the worker have in use, and who waits for them. */
async function inUse(): Promise<string[]> {
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  const texts = [service.url, `http://127.0.0.1:${workerPort}`].map(async (url) => {
    const text = await (await fetch(`${url}/metrics`, { headers })).text()
    return text.split('\n').filter((line) => /^keys_postgres_connections.*(busy|waiting)"/.test(line))
  })
  return (await Promise.all(texts)).flat()
}

const openTransactions = () =>
  runSql(
    service.databaseUrl,
    `select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
  )

/** Strikes under load. What was acknowledged is done once, and no connection stays in use or is left behind. */
async function surviving(strike: () => Promise<void>): Promise<void> {
  const load = await startLoad(service)
  await eventually(
    async () => load.created.size,
    (count) => count >= 5,
  )
  await strike()
  const created = load.created.size
  await eventually(
    async () => load.created.size,
    (count) => count >= created + 5,
    120_000,
  )
  await load.end()
  await eventually(inUse, (lines) => lines.length > 0 && lines.every((line) => line.endsWith(' 0')), 90_000)
  await eventually(openTransactions, ([rows]) => rows?.length === 0, 90_000)
  await eventually(
    async () => ({ connections, now: toRedis.countOpen() }),
    ({ now }) => now === connections,
  )
  expect(toPostgres.countOpen()).toBeLessThanOrEqual(2 * CONNECTIONS)
}

describe(`promises 1, 2 and 11: under load nothing is lost, doubled or left in use, though the links to Postgres and Redis (seed ${seed})`, () => {
  const random = createRandom(seed)

  it(
    'go silent, and their connections stay so for ever',
    () =>
      surviving(async () => {
        for (const links of random.shuffle([[toRedis], [toPostgres], [toRedis, toPostgres]])) {
          await delay(random.between(100, 1_000))
          const directions = random.pick<Direction[]>([['requests'], ['answers'], ['requests', 'answers']])
          for (const link of links) link.hold(...directions)
          await delay(random.between(500, 3_000))
          for (const link of links) link.mend('strand')
        }
      }),
    240_000,
  )

  it('take 500 ms longer each way; a known key does not wait for Postgres, and without a quick Redis it is a 503', async () => {
    const { key } = await (await service.account('enterprise')).createKey()
    const slow = async (status: number, ...links: FlakyProxy[]) => {
      for (const link of links) link.slow(500)
      for (let times = 0; times < 10; times += 1) {
        expect((await service.server.post('/verify', { key })).status).toBe(status)
        await delay(500)
      }
      for (const link of links) link.slow(0)
      await eventually(
        () => service.server.post('/verify', { key }),
        (answer) => answer.body.code === 'VALID',
      )
    }
    await surviving(async () => {
      await slow(200, toPostgres)
      await slow(503, toRedis)
      await slow(503, toRedis, toPostgres)
    })
  }, 240_000)
})

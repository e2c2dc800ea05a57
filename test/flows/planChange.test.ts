import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/domain/ids.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { RegionUnavailable } from '../../src/region/RegionUnavailable.ts'
import type { KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { limitsOf } from '../../src/verifier/http/limitHeaders.ts'
import { runSql } from '../setup/runSql.ts'
import { freshRedis } from '../setup/services.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { openLibrary } from '../support/libraries.ts'
import { runTrials, trialsOf } from '../support/runTrials.ts'
import { SEED_PLANS } from '../support/seedPlans.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'

const ACCOUNTS = 300
const TRIALS = trialsOf(300)
const PLAN = 'loaded'

type Held = { accountId: string; key: string }

let eu: TestRedis
let service: Service
let operator: ReturnType<typeof createClient>
let urls: string[]
let libraries: KeyVerifier[]
let held: Held[]

/** Two apis and a library in the primary region, an api and a library in `eu`. A plan has 300 accounts with a key. */
beforeAll(async () => {
  eu = await freshRedis()
  service = await startService({
    apis: 2,
    workers: 2,
    env: { REGIONS: `eu=${eu.url}`, REGION_LEASE_MS: '0', COMMAND_WAIT_MS: '60000' },
  })
  const inEu = await service.startApi({ REGION: 'eu' })
  urls = [...service.apis, inEu].map(({ url }) => url)
  const { serviceToken, redis } = service
  libraries = await Promise.all([
    openLibrary({ serviceToken, redisUrl: redis.url }),
    openLibrary({ serviceToken, redisUrl: eu.url, region: 'eu', leases: false }),
  ])
  operator = createClient(service.url, await service.operatorToken())
  await operator.put(`/plans/${PLAN}`, { limits: limitOf(1_000_000) })
  held = await createAccounts(ACCOUNTS)
})
afterAll(async () => {
  await Promise.all(libraries.map((one) => one.close()))
  await service.stop()
  await eu.stop()
})

const limitOf = (requestsPerDay: number) => ({ ...SEED_PLANS.enterprise, requestsPerDay })
/** Changes the plan, and waits for the operation where the api has stopped waiting. Returns what it says then. */
async function change(requestsPerDay: number): Promise<{ status: string; accounts: number }> {
  const { status, body } = await operator.put(`/plans/${PLAN}`, { limits: limitOf(requestsPerDay) })
  if (status === 200) return { status: 'succeeded', accounts: body.accounts }
  expect([status, body]).toEqual([202, expect.anything()])
  const { body: operation } = await eventually(
    () => operator.get(`/operations/${body.operation.id}`),
    (answer) => answer.body.finishedAt !== null,
  )
  return { status: operation.status, accounts: operation.result?.accounts }
}

async function createAccounts(count: number): Promise<Held[]> {
  const made = Array.from({ length: count }, () => {
    const { value, digest, hint } = generateSecret('pk', 'live')
    return { accountId: newId('account'), keyId: newId('apiKey'), key: value, digest, hint }
  })
  const rows = JSON.stringify(made.map(({ key: _, ...row }) => row))
  const from = `from jsonb_to_recordset('${rows}') as r ("accountId" text, "keyId" text, digest text, hint text)`
  await runSql(
    service.databaseUrl,
    `insert into account (id, name, plan, custom_limits, version, created_at)
       select "accountId", 'A', '${PLAN}', '{}', 1, now() ${from};
     insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, allowed_ips, metadata,
       version, created_at, created_by)
       select "keyId", "accountId", 'K', 'live', 'full', '[]', 'active', digest, hint, '[]', '{}', 1, now(), 'test' ${from}`,
  )
  return made
}

/** The limit of requests a day by which a verifier decides about a key, or why it decides nothing now. */
type Ask = () => Promise<number | string>

async function askApi(url: string, key: string): Promise<number | string> {
  const { status, body } = await createClient(url, service.serviceToken).post('/verify', { key })
  if (status === 503) return body.detail
  if (body.code !== 'VALID') throw new Error(`A verification was refused: ${JSON.stringify(body)}`)
  return body.limits.day.limit
}

async function askLibrary(library: KeyVerifier, key: string): Promise<number | string> {
  const verification = await library.verify({ value: key }).catch(undecided)
  if (typeof verification === 'string') return verification
  if (!verification.valid) throw new Error(`A verification was refused: ${verification.code}`)
  return limitsOf(verification).find(({ name }) => name === 'day')?.limit ?? 'It has no limit of a day.'
}

function undecided(error: Error): string {
  if (error instanceof RegionUnavailable) return `${error.message} ${error.cause ?? ''}`
  throw error
}

/** Every api and every library, in the order of theirs. */
const asksAbout = (key: string): Ask[] => [
  ...urls.map((url) => () => askApi(url, key)),
  ...libraries.map((library) => () => askLibrary(library, key)),
]

/** What is decided, by who perhaps has no time for it on a busy machine, and says 503: then it is asked again. */
const decided = async (ask: Ask) => Number(await eventually(ask, (seen) => typeof seen === 'number'))

/** Verifies at every api without a pause, until `stop`; counts what was decided by an old limit after its end. */
function startLoad() {
  const load = { limit: 0, late: 0, verified: 0, isOver: false }
  const running = urls.map(async (url, index) => {
    for (let n = index; !load.isOver; n += 7) {
      const { limit } = load
      const seen = await decided(() => askApi(url, held[n % held.length]?.key ?? ''))
      load.verified += 1
      // Limits only grow here: a smaller one than what was answered before the start is an old one.
      if (seen < limit) load.late += 1
    }
  })
  // A failure counts when the load is stopped.
  for (const one of running) one.catch(() => {})
  return {
    load,
    stop: async () => {
      load.isOver = true
      await Promise.all(running)
    },
  }
}

/** What every api and every library decides by, of each account. */
const everywhere = async (some = held) =>
  new Set(await Promise.all(some.flatMap(({ key }) => asksAbout(key).map(decided))))

describe(`promise 3, of a plan: a change over ${ACCOUNTS} accounts under load`, () => {
  it('holds for every account, at every api and in every region, once it is answered', async () => {
    const { load, stop } = startLoad()
    for (let trial = 1; trial <= Math.ceil(trialsOf(8)); trial++) {
      const limit = 1_000_000 + trial
      const { status, accounts } = await change(limit)
      load.limit = limit
      expect([status, accounts]).toEqual(['succeeded', ACCOUNTS])
      expect(await everywhere()).toEqual(new Set([limit]))
    }
    await stop()
    expect(load.late).toBe(0)
    expect(load.verified).toBeGreaterThan(ACCOUNTS)
  })

  it('holds for accounts that are created, and that move in and out meanwhile', async () => {
    const apis = urls.map((url) => createClient(url, operator.secret))
    for (let trial = 1; trial <= Math.ceil(trialsOf(4)); trial++) {
      const limit = 2_000_000 + trial
      const changing = change(limit)
      const made = Array.from({ length: 6 }, (_, n) =>
        apis[n % apis.length]?.post('/accounts', { name: 'New', plan: PLAN, adminKey: true }),
      )
      const away = held.slice(trial * 10, trial * 10 + 5)
      const moved = away.map(({ accountId }) =>
        operator.patch(`/accounts/${accountId}`, { plan: 'business' }),
      )
      expect((await changing).status).toBe('succeeded')
      const created = (await Promise.all(made)).map((answer) => ({
        accountId: answer?.body.account.id,
        key: answer?.body.adminKey.key,
      }))
      expect((await Promise.all(moved)).map(({ status }) => status)).toEqual(away.map(() => 200))
      expect(await everywhere(away)).toEqual(new Set([SEED_PLANS.business.requestsPerDay]))
      const staying = held.filter((one) => !away.includes(one))
      expect(await everywhere([...staying, ...created])).toEqual(new Set([limit]))
      const back = away.map(({ accountId }) => operator.patch(`/accounts/${accountId}`, { plan: PLAN }))
      await Promise.all(back)
      expect(await everywhere(away)).toEqual(new Set([limit]))
    }
  })

  it(`is seen by whoever asks after the answer, in ${TRIALS} moves of an account to another plan`, async () => {
    await operator.put('/plans/wider', { limits: limitOf(5_000_000) })
    const ends = { loaded: 'wider', wider: PLAN }
    const plans = new Map<number, keyof typeof ends>()
    const limitOfPlan = async (plan: string) =>
      (await operator.get(`/plans/${plan}`)).body.limits.requestsPerDay
    const limits = { loaded: await limitOfPlan(PLAN), wider: await limitOfPlan('wider') }
    const counts = await runTrials(TRIALS, async (lane) => {
      const { accountId, key } = held[200 + lane] as Held
      const plan = plans.get(lane) ?? PLAN
      const next = ends[plan] as keyof typeof ends
      plans.set(lane, next)
      return {
        // What decides by the plan's limit accepts the account's time on it.
        ways: asksAbout(key).map((ask) => async () => {
          const seen = await ask()
          return typeof seen === 'number' ? seen === limits[plan] : undefined
        }),
        end: async () => {
          const { status, body } = await operator.patch(`/accounts/${accountId}`, { plan: next })
          expect([status, body.plan]).toEqual([200, next])
        },
      }
    })
    expect(counts.acceptedAfter).toBe(0)
    expect(counts.acceptedBefore).toBeGreaterThan(TRIALS)
    const moved = [...plans].map(async ([lane, plan]) => ({
      expected: limits[plan],
      seen: await everywhere([held[200 + lane] as Held]),
    }))
    for (const { expected, seen } of await Promise.all(moved)) expect(seen).toEqual(new Set([expected]))
    const back = [...plans.keys()].map((lane) => `/accounts/${held[200 + lane]?.accountId}`)
    await Promise.all(back.map((path) => operator.patch(path, { plan: PLAN })))
  }, 240_000)

  it('promise 1: goes on where a worker was killed in the middle of it', async () => {
    const { load, stop } = startLoad()
    await createAccounts(3_000)
    const changing = change(3_000_000)
    const sql = `select (change ->> 'done')::int as done from plan where name = '${PLAN}'`
    const done = async () => Number((await runSql(service.databaseUrl, sql))[0]?.[0]?.done ?? 0)
    await eventually(done, (accounts) => accounts > 0)
    await Promise.all(service.workers.map((worker) => worker.end('SIGKILL')))
    expect((await operator.get(`/plans/${PLAN}`)).body.limits.requestsPerDay).toBe(3_000_000)
    service.startWorker()
    const { status } = await changing
    load.limit = 3_000_000
    expect(status).toBe('succeeded')
    expect(await everywhere()).toEqual(new Set([3_000_000]))
    await stop()
    expect(load.late).toBe(0)
  })
})

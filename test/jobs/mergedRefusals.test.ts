import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobData } from '../../src/domain/jobs.ts'
import { ADMIT, AUTHENTICATE, FORBIDDEN, REVOKED } from '../../src/domain/metering/decisionCodes.ts'
import { RedisNames } from '../../src/platform/redisNames.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { account, cached, key, seed } from '../support/regionFixtures.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
  const { region } = worker
  await region.putStates([{ key, account, seed }], await region.beforeFill())
})
afterAll(() => worker.stop())

const WAITING = 20_000
const redis = () => worker.region.redis
const wait = () => `${worker.region.meteringPrefix}wait`
const merged = () => redis().hgetall('keys:refusals')

beforeEach(async () => {
  for (const table of [
    'usage_minute',
    'usage_hour',
    'usage_day',
    'usage_ip',
    'usage_accepted',
    'api_key_use',
  ])
    await worker.em().execute(`delete from ${table}`)
  await redis().del(wait(), 'keys:refusals', ...(await redis().keys('keys:*slot*')))
  await redis().rpush(wait(), ...Array.from({ length: WAITING }, (_, n) => `none-${n}`))
})

/** Decides requests of the key of the fixtures in one batch, each by its plan. */
async function decide(...verdicts: number[]) {
  const commit = new GroupCommit(worker.region, () => {})
  const context = (n: number) =>
    JSON.stringify([`203.0.113.${n}`, `/a long path ${'-'.repeat(200)}${n}`, 'GET'])
  return Promise.all(
    verdicts.map((verdict, n) => commit.decide({ key: cached(), verdict, units: 1, context: context(n) })),
  )
}
const count = () => handlers['count-refusals'](worker.context, {})
const batchesSince = async (): Promise<JobData<'roll-up-verifications'>[]> => {
  const slots = await redis().keys(new RedisNames(false).slot('*'))
  const batches = await Promise.all(slots.map((slot) => redis().lrange(slot, 0, -1)))
  return batches.flat().map((batch) => JSON.parse(batch))
}
async function counted() {
  const one = async (sql: string) => (await worker.em().execute<Record<string, unknown>[]>(sql))[0] ?? {}
  const usage = await one('select sum(requests)::int as requests, sum(units)::int as units from usage_day')
  const [byCode, ips, accepted] = await Promise.all([
    one(
      'select jsonb_object_agg(code, n) as codes from (select code, sum(n::int) as n from usage_minute, jsonb_each_text(refused) as r (code, n) group by code) as c',
    ),
    one('select sum(refused)::int as refused from usage_ip'),
    one('select sum(refused)::int as refused, sum(verifications)::int as verifications from usage_accepted'),
  ])
  return { ...usage, codes: byCode.codes, ips: ips.refused, accepted }
}
const refused = (codes: Record<string, number>) => {
  const all = Object.values(codes).reduce((sum, n) => sum + n, 0)
  const accepted = { refused: all, verifications: 0 }
  return { requests: 0, units: 0, codes, ips: all, accepted }
}

describe('promise 12: refused requests while much usage waits', () => {
  it('add to one number each, store no job, and are counted exactly once', async () => {
    for (let n = 0; n < 100; n++) await decide(REVOKED)
    await decide(REVOKED, FORBIDDEN, FORBIDDEN)
    expect(await redis().llen(wait())).toBe(WAITING)
    // An ID and two codes, in each minute in which this test ran.
    expect(Object.keys(await merged()).length).toBeLessThan(30)
    await count()
    expect(await counted()).toEqual(refused({ REVOKED: 101, FORBIDDEN: 2 }))
    expect(await redis().keys('keys:refusals*')).toEqual([])
    await decide(REVOKED)
    await Promise.all([count(), count()])
    await count()
    expect(await counted()).toEqual(refused({ REVOKED: 102, FORBIDDEN: 2 }))
  })

  it('are counted once though a worker dies before it has forgotten them', async () => {
    await decide(REVOKED, REVOKED)
    const { rollup } = worker.context
    const dies = Object.assign(Object.create(rollup), {
      add: async (...work: Parameters<typeof rollup.add>) => {
        await rollup.add(...work)
        throw new Error('died')
      },
    })
    await expect(handlers['count-refusals']({ ...worker.context, rollup: dies }, {})).rejects.toThrow('died')
    await decide(REVOKED)
    await count()
    expect(await counted()).toEqual(refused({ REVOKED: 3 }))
  })

  it('stay in one place while Postgres is away', async () => {
    await decide(REVOKED)
    const away = { em: { fork: () => ({ execute: () => Promise.reject(new Error('away')) }) } }
    const context = { ...worker.context, orm: away as unknown as typeof worker.context.orm }
    await expect(handlers['count-refusals'](context, {})).rejects.toThrow('away')
    expect(await redis().exists('keys:refusals:sealed')).toBe(0)
    await count()
    expect(await counted()).toEqual(refused({ REVOKED: 1 }))
  })

  it('leave nothing of theirs in the job of the requests that are admitted beside them', async () => {
    const decisions = await decide(REVOKED, ADMIT, FORBIDDEN, ADMIT)
    expect(decisions.map(({ code }) => code).sort()).toEqual([ADMIT, ADMIT, REVOKED, FORBIDDEN])
    const [job, ...more] = await batchesSince()
    expect(more).toEqual([])
    expect(job?.contexts.map(([ip]) => ip)).toEqual(['203.0.113.1', '203.0.113.3'])
    expect(job?.groups.map((group) => group.slice(3))).toEqual([[ADMIT, 1, 0, ADMIT, 1, 1]])
    if (job) await handlers['roll-up-verifications'](worker.context, job)
    await count()
    const accepted = { refused: 2, verifications: 2 }
    expect(await counted()).toMatchObject({
      requests: 2,
      units: 2,
      codes: { REVOKED: 1, FORBIDDEN: 1 },
      accepted,
    })
  })

  it('are counted, and the admitted ones beside them, though a context cannot be read by the script', async () => {
    const commit = new GroupCommit(worker.region, () => {})
    const decideWith = (verdict: number, context: string) =>
      commit.decide({ key: cached(), verdict, units: 1, context })
    await Promise.all([decideWith(REVOKED, '[null,"/\\ud800","GET"]'), decideWith(ADMIT, '[null,"/","GET"]')])
    const [job] = await batchesSince()
    if (job) await handlers['roll-up-verifications'](worker.context, job)
    await count()
    const accepted = { refused: 1, verifications: 1 }
    expect(await counted()).toMatchObject({ requests: 1, units: 1, codes: { REVOKED: 1 }, accepted })
  })

  it('of keys that are only looked up tell when, to the minute', async () => {
    await decide(AUTHENTICATE)
    await count()
    const [row] = await worker.em().execute<{ at: string }[]>('select last_used_at as at from api_key_use')
    const seconds = new Date(row?.at ?? '').getTime() / 1_000
    expect([seconds > 0, seconds % 60]).toEqual([true, 0])
    expect(await batchesSince()).toEqual([])
  })

  it('get coarser times the more there are, so that their number stays bounded', async () => {
    const fill = async (from: number) => {
      const fields = Array.from({ length: 50_000 }, (_, n) => [`other_${from + n}|acct_1|0|7`, 0]).flat()
      await redis().hset('keys:refusals', ...fields)
    }
    const timesOf = async () =>
      Object.keys(await merged())
        .filter((field) => field.startsWith(`${key.keyId}|`))
        .map((field) => Number(field.split('|')[2]))
        .sort()
    await fill(0)
    await decide(REVOKED)
    const [hour = 1] = await timesOf()
    expect(hour % 3_600_000).toBe(0)
    await fill(50_000)
    await decide(FORBIDDEN)
    expect((await timesOf()).filter((at) => at % 86_400_000 === 0).length).toBeGreaterThan(0)
    await redis().del('keys:refusals')
  })
})

it('refused requests are in the job as any others while little waits', async () => {
  await redis().ltrim(wait(), 0, 99)
  await decide(REVOKED, ADMIT)
  const [job] = await batchesSince()
  expect(job?.contexts).toHaveLength(2)
  expect(await merged()).toEqual({})
})

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Migration20261129080000_closedDays } from '../../migrations/Migration20261129080000_closedDays.ts'
import { Migration20261129080100_closedDayIndex } from '../../migrations/Migration20261129080100_closedDayIndex.ts'
import { AUTHENTICATE, FORBIDDEN } from '../../src/domain/metering/decisionCodes.ts'
import { DAY_MS as DAY, HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { announceDay, KEYS_PER_EVENT, readDay } from '../../src/domain/usage/closedDays.ts'
import { rebuildDay } from '../../src/domain/usage/rebuild.ts'
import { readSeries } from '../../src/domain/usage/series.ts'
import type { GroupBy, SeriesRow } from '../../src/domain/usage/seriesRows.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { closedDays } from '../support/closedDays.ts'
import { recordedEvents } from '../support/eventRecord.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

const MONDAY = '2026-11-23'
const noon = Date.parse(`${MONDAY}T12:00:00Z`)
const closing = Date.parse('2026-11-24T01:00:00Z')

let worker: TestWorker
let on: ReturnType<typeof closedDays>
beforeAll(async () => {
  worker = await startWorkerContext()
  on = closedDays(worker)
})
afterAll(() => worker.stop())
beforeEach(() => at(closing))

const at = (time: number) => {
  worker.clock.now = new Date(time)
}
const summary = async (accountId: string) =>
  (await on.announced(accountId)).map(({ day, revision, totals }) => [day, revision, totals.units])

async function accountWithKey() {
  const accountId = await on.commands.account()
  return { accountId, keyId: await on.key(accountId) }
}

/** What `GET /usage` returns of a day, without what an event has not. */
async function usageOf<Group extends GroupBy>(accountId: string, groupBy: Group) {
  const range = { from: Date.parse(MONDAY), to: Date.parse(MONDAY) + DAY }
  const rows: SeriesRow<Group>[] = []
  for await (const page of readSeries(worker.em(), { accountId, interval: 'day', range }, groupBy))
    rows.push(...(page as SeriesRow<Group>[]))
  return rows
}

/** A batch of verifications as a region stores it. */
const verify = (accountId: string, keyId: string, codes: number[]) =>
  handlers['roll-up-verifications'](worker.context, {
    ...{ batchId: crypto.randomUUID(), region: 'primary', at: noon, keys: [keyId], accounts: [accountId] },
    ...{ contexts: [[null, null, null]], groups: [[1, 0, 0, ...codes.flatMap((code) => [code, 3, 0])]] },
    results: codes.map((code) => `${code},1,1,1`).join(','),
  })

describe('promise 14: a closed day', () => {
  it('is announced once, an hour after its end, with exactly what GET /usage returns of it', async () => {
    const { accountId, keyId } = await accountWithKey()
    const testKey = await on.key(accountId, 'test')
    await verify(accountId, keyId, [0, 0, FORBIDDEN])
    await on.use(accountId, keyId, noon, { status: 404 })
    await on.use(accountId, testKey, noon, { status: 500, units: 5 })
    await on.use(accountId, keyId, closing)

    at(closing - 1)
    expect(await on.list()).not.toContain(accountId)
    await on.announce(accountId)
    expect(await on.announced(accountId)).toEqual([])

    at(closing)
    expect(await on.list()).toContain(accountId)
    await Promise.all(Array.from({ length: 4 }, () => on.announce(accountId)))
    await on.announce(accountId)
    expect(await on.list()).not.toContain(accountId)
    const [total] = await usageOf(accountId, 'none')
    const { at: _, errorRate, latencyMs, ...totals } = total as SeriesRow<'none'>
    const keys = (await usageOf(accountId, 'key')).map(
      ({ at: _, name, errorRate, latencyMs, ...counts }) => ({
        ...counts,
        type: counts.keyId === testKey ? 'test' : 'live',
      }),
    )
    expect(keys).toHaveLength(2)
    const [event] = await recordedEvents(worker, { accountId, types: ['usage.day_closed'] })
    expect(await on.announced(accountId)).toEqual([
      {
        ...{ day: MONDAY, revision: 1, part: 1, parts: 1 },
        totals: { ...totals, units: 12, liveUnits: 7, testUnits: 5 },
        keys: keys.toSorted((one, other) => (one.keyId < other.keyId ? -1 : 1)),
        actor: { type: 'system', id: 'usage' },
      },
    ])
    expect([event?.subject, event?.time]).toEqual([accountId, new Date(closing).toISOString()])
  })

  it('is announced again with its new totals when late usage changes it, by a clock that stands still', async () => {
    const { accountId, keyId } = await accountWithKey()
    await on.use(accountId, keyId, noon)
    await on.announce(accountId)
    await on.use(accountId, keyId, noon, { units: 4 })
    expect(await on.list()).toContain(accountId)
    await Promise.all([on.announce(accountId), on.announce(accountId)])
    expect(await summary(accountId)).toEqual([
      [MONDAY, 1, 1],
      [MONDAY, 2, 5],
    ])
    at(closing - 30_000)
    await on.use(accountId, keyId, noon, { units: 4 })
    at(closing + DAY)
    await on.announce(accountId)
    expect((await summary(accountId)).at(-1)).toEqual([MONDAY, 3, 9])
  })

  it('is announced again when usage is counted while it is being announced', async () => {
    const { accountId, keyId } = await accountWithKey()
    await on.use(accountId, keyId, noon)
    const read = await readDay(worker.em(), accountId, MONDAY)
    await on.use(accountId, keyId, noon)
    const announce = () =>
      worker
        .em()
        .transactional((em) =>
          announceDay(em, { accountId, day: MONDAY }, read as NonNullable<typeof read>, worker.clock.now),
        )
    expect(await announce()).toBe(true)
    await on.announce(accountId)
    // A worker that has read and then stood still.
    expect(await announce()).toBe(false)
    expect(await summary(accountId)).toEqual([
      [MONDAY, 1, 1],
      [MONDAY, 2, 2],
    ])
  })

  it('is announced with the same revision when the worker dies before its commit', async () => {
    const { accountId, keyId } = await accountWithKey()
    await on.use(accountId, keyId, noon)
    const read = await readDay(worker.em(), accountId, MONDAY)
    const dying = worker.em().transactional(async (em) => {
      await announceDay(em, { accountId, day: MONDAY }, read as NonNullable<typeof read>, worker.clock.now)
      await em.flush()
      throw new Error('The process died.')
    })
    await expect(dying).rejects.toThrow('died')
    expect(await on.announced(accountId)).toEqual([])
    await on.announce(accountId)
    expect(await summary(accountId)).toEqual([[MONDAY, 1, 1]])
  })

  it('follows the others in order after an outage of days, for a suspended account, too', async () => {
    const { accountId, keyId } = await accountWithKey()
    for (const days of [0, 1, 2, 3]) await on.use(accountId, keyId, noon + days * DAY, { units: days + 1 })
    const commandId = await on.commands.submit(
      'suspend-account',
      accountId,
      { reason: null },
      { actor: on.actor },
    )
    await handlers['suspend-account'](worker.context, { commandId })
    at(closing + 2 * DAY)
    await on.announce(accountId)
    expect(await summary(accountId)).toEqual([
      ['2026-11-23', 1, 1],
      ['2026-11-24', 1, 2],
      ['2026-11-25', 1, 3],
    ])
  })

  it('of many keys is announced in parts of a bounded size', async () => {
    const { accountId } = await accountWithKey()
    const many = 2 * KEYS_PER_EVENT + 1
    await worker.em().execute(
      `insert into usage_day (key_id, account_id, at, requests, client_errors, server_errors, units, latency_sum, refused, latency_bins)
       select 'key_' || ? || lpad(n::text, 10, '0'), ?, ?, 9007199, 0, 0, 1, 0, '{}', '{}' from generate_series(1, ?) as n`,
      [accountId.slice(-2), accountId, new Date(MONDAY), many],
    )
    await on.use(accountId, 'key_last', noon)
    await on.announce(accountId)
    const events = await on.announced(accountId)
    expect(events.map(({ revision, part, parts }) => [revision, part, parts])).toEqual([
      [1, 1, 3],
      [1, 2, 3],
      [1, 3, 3],
    ])
    const ids = events.flatMap(({ keys }) => keys.map(({ keyId }) => keyId))
    expect([ids.length, new Set(ids).size]).toEqual([many + 1, many + 1])
    for (const event of events) {
      expect(event.totals).toEqual(events[0]?.totals)
      expect(JSON.stringify(event).length).toBeLessThan(64_000)
    }
    expect(events[0]?.totals.units).toBe(many + 1)
  })
})

describe('no event', () => {
  it('announces a day without usage, or a change of nothing', async () => {
    const { accountId, keyId } = await accountWithKey()
    await verify(accountId, keyId, [AUTHENTICATE])
    expect(await on.list()).toContain(accountId)
    await on.announce(accountId)
    expect(await on.list()).not.toContain(accountId)
    await on.use(accountId, keyId, noon)
    await on.announce(accountId)
    await verify(accountId, keyId, [AUTHENTICATE])
    await on.announce(accountId)
    expect(await on.list()).not.toContain(accountId)
    expect(await summary(accountId)).toEqual([[MONDAY, 1, 1]])
  })

  it('announces the usage of an erased account', async () => {
    const { accountId, keyId } = await accountWithKey()
    await on.use(accountId, keyId, noon)
    const read = await readDay(worker.em(), accountId, MONDAY)
    const commandId = await on.commands.submit(
      'erase-account',
      accountId,
      {},
      { actor: on.actor, targetId: accountId },
    )
    await handlers['erase-account'](worker.context, { commandId })
    await on.announce(accountId)
    expect(await on.announced(accountId)).toEqual([])
    await handlers['remove-account-data'](worker.context, { commandId, accountId })
    const late = worker
      .em()
      .transactional((em) =>
        announceDay(em, { accountId, day: MONDAY }, read as NonNullable<typeof read>, worker.clock.now),
      )
    expect(await late).toBe(false)
    await on.use(accountId, keyId, noon)
    expect(await on.list()).not.toContain(accountId)
    expect(await on.announced(accountId)).toEqual([])
  })

  it('comes more often than once an hour, however often late usage changes a day', async () => {
    const { accountId, keyId } = await accountWithKey()
    for (let minute = 0; minute < 130; minute += 1) {
      at(closing + minute * 60_000)
      await on.use(accountId, keyId, noon)
      await on.announce(accountId)
    }
    const times = (await recordedEvents(worker, { accountId, types: ['usage.day_closed'] })).map(({ time }) =>
      Math.round((Date.parse(time) - closing) / 60_000),
    )
    expect(times).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 124])
    at(closing + DAY)
    await on.announce(accountId)
    expect((await summary(accountId)).at(-1)).toEqual([MONDAY, 10, 130])
  })
})

it('a day that is rebuilt is announced again if it was wrong', async () => {
  const { accountId, keyId } = await accountWithKey()
  await on.use(accountId, keyId, noon)
  const rebuild = () => worker.em().transactional((em) => rebuildDay(em, MONDAY, accountId))
  await worker.em().execute('update usage_day set units = 7 where account_id = ?', [accountId])
  await on.announce(accountId)
  for (let times = 0; times < 2; times += 1) {
    at(closing + times * HOUR)
    await rebuild()
    expect(await on.list()).toContain(accountId)
    await on.announce(accountId)
  }
  expect(await summary(accountId)).toEqual([
    [MONDAY, 1, 7],
    [MONDAY, 2, 1],
  ])
})

it('an upgrade announces no history, but the day of the upgrade and what changes after it', async () => {
  const { accountId, keyId } = await accountWithKey()
  const now = Date.now()
  const day = (days: number) => new Date(now - days * DAY).toISOString().slice(0, 10)
  const count = async (time: number, days: number) => {
    at(time)
    await on.use(accountId, keyId, `${day(days)}T00:00:00Z`)
  }
  const steps = [Migration20261129080000_closedDays, Migration20261129080100_closedDayIndex]
  const migrate = async (direction: 'down' | 'up') => {
    for (const Step of direction === 'up' ? steps : steps.toReversed()) {
      const migration = new Step(worker.context.orm.em.getDriver(), worker.context.orm.config)
      await migration[direction]()
      for (const query of migration.getQueries()) await worker.em().execute(String(query))
    }
  }
  await count(now - 3 * DAY, 3)
  await count(now - 2 * DAY, 2)
  await count(now, 0)
  await migrate('down')
  await migrate('up')
  at(now + 2 * DAY)
  await on.announce(accountId)
  expect(await summary(accountId)).toEqual([[day(0), 1, 1]])
  await count(now + 2 * DAY, 2)
  await on.announce(accountId)
  expect(await summary(accountId)).toEqual([
    [day(0), 1, 1],
    [day(2), 1, 2],
  ])
})

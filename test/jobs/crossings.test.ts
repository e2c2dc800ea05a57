import { Worker } from 'bullmq'
import { afterAll, describe, expect, it } from 'vitest'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { CrossingWatch } from '../../src/workers/alerts/CrossingWatch.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { Rollup } from '../../src/workers/metering/Rollup.ts'
import { Postponed } from '../../src/workers/Postponed.ts'
import { startWorkers } from '../../src/workers/startWorkers.ts'
import { type AlertAccount, startAlertWorker } from '../support/alertWorker.ts'
import { eventually } from '../support/eventually.ts'

/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12)
const SECOND = 1_000

const { worker, sql, account, key, rule, use, told, types, ...alerts } = await startAlertWorker(NOON)
const { context, clock } = worker
afterAll(() => worker.stop())

const FIRING = 'alert.firing'
const RESOLVED = 'alert.resolved'

async function at<Value>(time: number, run: () => Promise<Value>): Promise<Value> {
  clock.now = new Date(time)
  return run().finally(() => {
    clock.now = new Date(NOON)
  })
}
const evaluate = (acme: AlertAccount, time: number) =>
  at(time + 5 * SECOND, () => alerts.evaluate(acme, time))

/** Looks at an account, as if it had not been looked at for a while. */
async function look({ accountId }: AlertAccount, time: number) {
  await worker.region.redis.del(worker.region.names.crossingsTurn(accountId))
  await at(time, () => handlers['find-crossings'](context, { accountId }))
}
const stateOf = async (id: string) =>
  (await sql('select state from alert_state where rule_id = ?', [id])).map(({ state }) => state)

describe('promise 7: what usage begins is begun at once, and once', () => {
  it('however often it is looked for, and beside the evaluations of minutes', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    await use(acme, NOON + 20 * SECOND, 11)
    const began = NOON + 21 * SECOND
    await Promise.all([0, 1, 2].map(() => look(acme, began).catch(() => {})))
    expect(await types(acme)).toEqual([FIRING])
    await look(acme, began)
    for (const half of [0, 1, 2]) await evaluate(acme, NOON + half * 30 * SECOND)
    await look(acme, NOON + MINUTE + 9 * SECOND)
    expect(await types(acme)).toEqual([FIRING])
    const [incident] = await sql('select started_at, measured from incident where account_id = ?', [
      acme.accountId,
    ])
    expect([new Date(String(incident?.started_at)).getTime(), incident?.measured]).toEqual([began, 11])
  })

  it('minutes are still evaluated as a whole, so that it ends', async () => {
    const acme = await account()
    const id = await rule(acme, { threshold: 10 })
    await use(acme, NOON + 20 * SECOND, 11)
    for (let minute = 0; minute < 9; minute++) {
      await evaluate(acme, NOON + minute * MINUTE)
      await look(acme, NOON + minute * MINUTE + 21 * SECOND)
    }
    expect([await types(acme), await stateOf(id)]).toEqual([[FIRING, RESOLVED], ['ok']])
  })

  it('is not judged by a minute before it', async () => {
    const acme = await account()
    const id = await rule(acme, { metric: 'error_rate', threshold: 20 })
    await evaluate(acme, NOON)
    await use(acme, NOON + 61 * SECOND, 20, { status: 500 })
    await look(acme, NOON + 62 * SECOND)
    await evaluate(acme, NOON + MINUTE)
    await use(acme, NOON + 70 * SECOND, 400)
    await evaluate(acme, NOON + 2 * MINUTE)
    expect([await types(acme), await stateOf(id)]).toEqual([[FIRING], ['firing']])
    await evaluate(acme, NOON + 3 * MINUTE)
    expect(await types(acme)).toEqual([FIRING, RESOLVED])
  })

  it('`for` begins with it', async () => {
    const acme = await account()
    const id = await rule(acme, { threshold: 10, for_minutes: 2 })
    await evaluate(acme, NOON)
    await use(acme, NOON + 61 * SECOND, 11)
    await look(acme, NOON + 62 * SECOND)
    await evaluate(acme, NOON + MINUTE)
    expect([await types(acme), await stateOf(id)]).toEqual([[], ['pending']])
    for (const minute of [2, 3]) await evaluate(acme, NOON + minute * MINUTE)
    expect(await types(acme)).toEqual([])
    await evaluate(acme, NOON + 4 * MINUTE)
    expect(await types(acme)).toEqual([FIRING])
  })

  it('minutes that nobody has evaluated come first', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    await evaluate(acme, NOON)
    await use(acme, NOON + 30 * SECOND, 11)
    await use(acme, NOON + 20 * MINUTE + SECOND, 11)
    await look(acme, NOON + 20 * MINUTE + 2 * SECOND)
    expect(await types(acme)).toEqual([])
    await evaluate(acme, NOON + 20 * MINUTE + 30 * SECOND)
    expect((await types(acme)).toSorted()).toEqual([FIRING, FIRING, RESOLVED])
  })

  it('nothing of a suspended account', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    await use(acme, NOON + SECOND, 11)
    await sql('update account set suspended_at = ? where id = ? returning 1', [
      new Date(NOON),
      acme.accountId,
    ])
    await look(acme, NOON + 2 * SECOND)
    expect(await types(acme)).toEqual([])
  })

  it.each<[string, object]>([
    ['error_rate', { metric: 'error_rate', threshold: 20 }],
    ['plan_usage', { metric: 'plan_usage', threshold: 1 }],
    ['usage_spike', { metric: 'usage_spike', window_minutes: 60 }],
    ['unknown_ip', { metric: 'unknown_ip' }],
    ['unusual_errors', { metric: 'unusual_errors', window_minutes: 15 }],
    ['unusual_hours', { metric: 'unusual_hours' }],
  ])('%s', async (_metric, fields) => {
    const acme = await account()
    for (let day = 1; day < 28; day++) await use(acme, NOON - day * DAY + 6 * HOUR, 40)
    await rule(acme, { ...fields })
    await look(acme, NOON + SECOND)
    expect(await types(acme)).toEqual([])
    await use(acme, NOON + 2 * SECOND, 200, { status: 403, ip: '198.51.100.7' })
    await sql(
      `insert into quota_month (account_id, month, renders) values (?, '2026-11-01', 50) returning 1`,
      [acme.accountId],
    )
    await look(acme, NOON + 3 * SECOND)
    expect(await types(acme)).toEqual([FIRING])
  })
})

describe('who is looked at, and how often', () => {
  const { crossings } = context.queues.byName
  const waiting = async () => (await crossings.getJobs(['wait'])).map(({ data }) => data.accountId)

  /** Counts one request through a rollup that has accounts looked at. */
  async function count(watch: CrossingWatch, accounts: AlertAccount[]) {
    const rollup = new Rollup(context.orm, context.now, { onCounted: (ids) => watch.counted(ids) })
    const events = accounts.map(({ accountId, keyId }, place) =>
      toRow({ id: `watch-${keyId}-${place}`, keyId, accountId, at: NOON, status: 200, units: 1 }),
    )
    await rollup.add({ name: 'roll-up-events', data: { events } })
  }

  it('accounts with a rule that usage can change; no job for others, and one job however often', async () => {
    const [watched, without, byTime, disabled] = [
      await account(),
      await account(),
      await account(),
      await account(),
    ]
    await rule(watched, { threshold: 10 })
    await rule(byTime, { metric: 'key_old', threshold: 90 })
    await rule(disabled, { threshold: 10, enabled: false })
    const watch = new CrossingWatch(context.orm, context.queues)
    await count(watch, [watched, without, byTime, disabled])
    for (let turn = 0; turn < 3; turn++) watch.counted([watched.accountId, without.accountId])
    await watch.stop()
    expect(await waiting()).toEqual([watched.accountId])
    await crossings.drain()
  })

  it('an account once in a second; who comes earlier waits for the rest of it', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    await look(acme, NOON)
    const error = await handlers['find-crossings'](context, acme).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Postponed)
    const { ms } = error as Postponed
    expect([ms > 0, ms <= 1_000]).toEqual([true, true])
  })

  it('usage that is committed while a look runs has one of its own', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    const started = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    let looks = 0
    const slow = new Worker(
      'crossings',
      async () => {
        looks += 1
        started.resolve()
        await ended.promise
      },
      { connection: { url: worker.redis.url, maxRetriesPerRequest: null } },
    )
    try {
      const watch = new CrossingWatch(context.orm, context.queues)
      watch.counted([acme.accountId])
      await started.promise
      for (let turn = 0; turn < 3; turn++) watch.counted([acme.accountId])
      await watch.stop()
      ended.resolve()
      await eventually(
        async () => [looks, await crossings.getJobCountByTypes('wait', 'active', 'delayed')],
        ([some, open]) => some === 2 && open === 0,
      )
    } finally {
      ended.resolve()
      await slow.close()
    }
  })

  it('a crossing starts its delivery without any schedule, in each of many small steps', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    const watch = new CrossingWatch(context.orm, context.queues)
    clock.now = new Date(NOON + 10 * SECOND)
    const before = context.rollup
    context.rollup = new Rollup(context.orm, context.now, { onCounted: (ids) => watch.counted(ids) })
    const workers = startWorkers(context, {
      redisUrl: worker.redis.url,
      further: [],
      shards: 1,
      concurrency: 2,
      ormOf: () => context.orm,
    })
    try {
      for (let step = 1; step <= 11; step++) await use(acme, NOON + 10 * SECOND, 1)
      const attempts = () =>
        sql(
          `select a.outcome from delivery_attempt a join notification n on n.id = a.notification_id
           where n.account_id = ?`,
          [acme.accountId],
        )
      expect(await eventually(attempts, (rows) => rows.length > 0)).toHaveLength(1)
      expect(await types(acme)).toEqual([FIRING])
    } finally {
      await watch.stop()
      await workers.close()
      context.rollup = before
      clock.now = new Date(NOON)
    }
  })

  it('what a dead worker was told is found by the evaluation of the half minute', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    // Counted, and nobody is notified.
    await use(acme, NOON + 10 * SECOND, 11)
    clock.now = new Date(NOON + 35 * SECOND)
    await handlers['evaluate-alerts'](context, {})
    clock.now = new Date(NOON)
    const jobs = await context.queues.byName.alerts.getJobs(['wait'])
    for (const { data } of jobs)
      if (data.accountId === acme.accountId) await handlers['evaluate-account'](context, data)
    expect(await types(acme)).toEqual([FIRING])
  })
})

it('one incident per key: keys at rest begin while another fires', async () => {
  const acme = await account()
  const other = { ...acme, keyId: await key(acme.accountId) }
  await rule(acme, { threshold: 10, key_ids: JSON.stringify([acme.keyId, other.keyId]) })
  await use(acme, NOON + SECOND, 11)
  await look(acme, NOON + 2 * SECOND)
  await use(other, NOON + 3 * SECOND, 11)
  await look(acme, NOON + 4 * SECOND)
  const keys = (await told(acme)).map(({ body }) => Object(body.data.key).id)
  expect(keys).toEqual([acme.keyId, other.keyId])
})

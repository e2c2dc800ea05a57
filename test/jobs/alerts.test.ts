import { afterAll, describe, expect, it } from 'vitest'
import { handlers } from '../../src/workers/handlers.ts'
import { startAlertWorker } from '../support/alertWorker.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12)

const { worker, sql, account, key, rule, use, evaluate, told, types } = await startAlertWorker(NOON)
afterAll(() => worker.stop())

const FIRING = 'alert.firing'
const RESOLVED = 'alert.resolved'

describe('promises 7 and 9: an evaluation may run twice, late and out of order', () => {
  it('tells a crossing once and the recovery once, whatever is repeated', async () => {
    const of = await account()
    await rule(of, { threshold: 10 })
    await use(of, NOON + 30_000, 11)
    const at = NOON + MINUTE
    await Promise.all([evaluate(of, at), evaluate(of, at), evaluate(of, at)])
    await evaluate(of, at)
    expect(await types(of)).toEqual([FIRING])
    for (let minute = 1; minute < 9; minute++) await evaluate(of, at + minute * MINUTE)
    for (let minute = 9; minute > 0; minute--) await evaluate(of, at + minute * MINUTE)
    expect(await types(of)).toEqual([FIRING, RESOLVED])
    const [incident] = await sql('select * from incident where account_id = ?', [of.accountId])
    expect(incident).toMatchObject({ measured: 11, threshold: 10, worst: 11 })
  })

  it('says what, which key, measured and threshold, and since when', async () => {
    const of = await account()
    const id = await rule(of, { threshold: 10, key_ids: JSON.stringify([of.keyId]), window_minutes: 60 })
    await use(of, NOON - 50 * MINUTE, 12)
    await evaluate(of, NOON)
    const [{ body } = { body: { data: {} } }] = await told(of)
    expect(body.data).toMatchObject({
      alert: { id, name: 'A rule', metric: 'requests', threshold: 10, window: '1h', severity: 'warning' },
      incident: {
        id: expect.stringMatching(/^inc_/),
        startedAt: new Date(NOON).toISOString(),
        resolvedAt: null,
      },
      key: { id: of.keyId, hint: 'abcd' },
      measured: 12,
      threshold: 10,
      since: new Date(NOON).toISOString(),
    })
  })

  it('a backlog is evaluated as of the minutes that it missed', async () => {
    const of = await account()
    await rule(of, { threshold: 10 })
    await evaluate(of, NOON)
    // All of it happens while nobody evaluates.
    await use(of, NOON + 10 * MINUTE, 20)
    worker.clock.now = new Date(NOON + 40 * MINUTE)
    await evaluate(of, NOON + 40 * MINUTE)
    worker.clock.now = new Date(NOON)
    expect(await types(of)).toEqual([FIRING, RESOLVED])
    const [incident] = await sql('select started_at, resolved_at from incident where account_id = ?', [
      of.accountId,
    ])
    expect(new Date(String(incident?.started_at)).getTime()).toBe(NOON + 11 * MINUTE)
    expect(new Date(String(incident?.resolved_at)).getTime()).toBe(NOON + 17 * MINUTE)
  })

  it('the half of a minute may begin an incident, and ends none', async () => {
    const of = await account()
    await rule(of, { threshold: 10 })
    await evaluate(of, NOON)
    await use(of, NOON + 10_000, 11)
    await evaluate(of, NOON + 30_000)
    expect(await types(of)).toEqual([FIRING])
    for (let half = 2; half < 20; half++) await evaluate(of, NOON + half * 30_000)
    expect(await types(of)).toEqual([FIRING, RESOLVED])
  })

  it('the lister asks for one evaluation per account and half minute', async () => {
    const of = await account()
    await rule(of, { threshold: 10 })
    worker.clock.now = new Date(NOON + 35_000)
    await Promise.all([1, 2].map(() => handlers['evaluate-alerts'](worker.context, {})))
    worker.clock.now = new Date(NOON)
    const jobs = await worker.context.queues.byName.alerts.getJobs(['wait'])
    expect(jobs.filter(({ data }) => data.accountId === of.accountId).map(({ data }) => data.at)).toEqual([
      NOON + 30_000,
    ])
  })
})

describe('the metrics', () => {
  it.each([
    ['error_rate', { threshold: 20 }, { status: 500 }, 100],
    ['latency_mean', { threshold: 500 }, { latency: 800 }, 800],
    ['latency_p95', { threshold: 500 }, { latency: 800 }, 800],
  ])('%s', async (metric, fields, how, value) => {
    const of = await account()
    await rule(of, { metric, ...fields })
    await use(of, NOON - MINUTE, 19, how)
    if (metric === 'error_rate') {
      await evaluate(of, NOON)
      expect(await types(of)).toEqual([])
    }
    await use(of, NOON - MINUTE, 1, how)
    await evaluate(of, NOON + MINUTE)
    const [first] = await told(of)
    expect(first?.type).toBe(FIRING)
    expect(Math.abs(Number(first?.body.data.measured) / value - 1)).toBeLessThan(0.02)
  })

  it('plan usage is the month of an account, and the day of a key', async () => {
    const of = await account()
    await rule(of, { metric: 'plan_usage', threshold: 90 })
    await rule(of, { metric: 'plan_usage', threshold: 50, key_ids: JSON.stringify([of.keyId]) })
    await sql(`insert into quota_month (account_id, month, renders) values (?, '2026-11-01', 4499)`, [
      of.accountId,
    ])
    await sql(
      `insert into quota_day (key_id, day, region, requests) values (?, '2026-11-23', 'primary', 5000)`,
      [of.keyId],
    )
    await evaluate(of, NOON)
    expect((await told(of)).map(({ body }) => body.data.measured)).toEqual([50])
    await sql('update quota_month set renders = 4500 where account_id = ?', [of.accountId])
    await evaluate(of, NOON + MINUTE)
    expect((await told(of)).map(({ body }) => body.data.measured).sort()).toEqual([50, 90])
  })

  it('keys that expire, are unused and are old are told of one by one', async () => {
    const of = await account()
    const expiring = await key(of.accountId, { expiresAt: NOON + 6 * DAY })
    const old = await key(of.accountId, { createdAt: NOON - 100 * DAY })
    await rule(of, { metric: 'key_expiring', threshold: 7 })
    await rule(of, { metric: 'key_unused', threshold: 30 })
    await rule(of, { metric: 'key_old', threshold: 90 })
    await evaluate(of, NOON)
    const found = (await told(of)).map(({ body: { data } }) => {
      const { alert, key: about, measured } = data as Record<string, Record<string, unknown> & number>
      return [alert?.metric, about?.id, measured]
    })
    expect(found.sort()).toEqual([
      ['key_expiring', expiring, 6],
      ['key_old', old, 100],
      ['key_unused', old, 100],
    ])
  })
})

describe('the detectors', () => {
  it('usage spike: against the hours before, not while it learns', async () => {
    const of = await account()
    await rule(of, { metric: 'usage_spike', window_minutes: 60 })
    await use(of, NOON - 5 * MINUTE, 300)
    await evaluate(of, NOON)
    expect(await types(of)).toEqual([])
    const later = NOON + 3 * DAY
    for (let hour = 3; hour < 48; hour++) await use(of, later - hour * HOUR, 30 + (hour % 5))
    await use(of, later - 5 * MINUTE, 400)
    await evaluate(of, later)
    expect(await types(of)).toEqual([FIRING])
  })

  it('unknown IP: one alert per key and day, outside the allowed ranges, after learning', async () => {
    const of = await account()
    await rule(of, { metric: 'unknown_ip', options: JSON.stringify({ allowedRanges: ['203.0.113.0/24'] }) })
    for (let day = 1; day < 10; day++) await use(of, NOON - day * DAY, 3)
    await use(of, NOON - 3 * MINUTE, 1, { ip: '192.0.2.77' })
    await use(of, NOON - 3 * MINUTE, 1, { ip: '203.0.113.9' })
    const fresh = { ...of, keyId: await key(of.accountId) }
    await use(fresh, NOON - 3 * MINUTE, 1, { ip: '198.51.100.2' })
    await evaluate(of, NOON)
    expect(await types(of)).toEqual([])
    await use(of, NOON + MINUTE, 1, { ip: '198.51.100.1' })
    await evaluate(of, NOON + 2 * MINUTE)
    await use(of, NOON + 3 * MINUTE, 1, { ip: '198.18.0.1' })
    for (let minute = 3; minute < 40; minute++) await evaluate(of, NOON + minute * MINUTE)
    const all = await told(of)
    expect(all.map(({ type }) => type)).toEqual([FIRING])
    expect(all[0]?.body.data).toMatchObject({ key: { id: of.keyId }, about: { ips: ['198.51.100.1'] } })
  })

  it('unusual errors: a jump in 4xx or refusals', async () => {
    const of = await account()
    await rule(of, { metric: 'unusual_errors', window_minutes: 15 })
    for (let hour = 2; hour < 30; hour++) {
      await use(of, NOON - hour * HOUR, 40)
      await use(of, NOON - hour * HOUR, 1, { status: 404 })
    }
    await use(of, NOON - 5 * MINUTE, 30)
    await evaluate(of, NOON)
    expect(await types(of)).toEqual([])
    await use(of, NOON + 30_000, 25, { status: 403 })
    await evaluate(of, NOON + MINUTE)
    expect(await types(of)).toEqual([FIRING])
  })

  it('unusual hours: a key that is used by day is used by night', async () => {
    const of = await account()
    await rule(of, { metric: 'unusual_hours' })
    for (let day = 1; day < 28; day++)
      for (const hour of [9, 11, 13]) await use(of, NOON - day * DAY + (hour - 12) * HOUR, 2)
    await use(of, NOON - 5 * MINUTE, 20)
    await evaluate(of, NOON)
    expect(await types(of)).toEqual([])
    const night = NOON + 15 * HOUR
    await use(of, night - 5 * MINUTE, 20)
    await evaluate(of, night)
    expect(await types(of)).toEqual([FIRING])
  })
})

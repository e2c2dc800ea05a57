import { afterAll, describe, expect, it } from 'vitest'
import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { startAlertWorker } from '../support/alertWorker.ts'

/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12)

const { worker, sql, account, key, rule, use, evaluate, told, types } = await startAlertWorker(NOON)
afterAll(() => worker.stop())

const FIRING = 'alert.firing'
const RESOLVED = 'alert.resolved'

describe('promises 7 and 9: an evaluation may run twice, late and out of order', () => {
  it('tells a crossing once and the recovery once, whatever is repeated', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    await use(acme, NOON + 30_000, 11)
    const at = NOON + MINUTE
    await Promise.all([evaluate(acme, at), evaluate(acme, at), evaluate(acme, at)])
    await evaluate(acme, at)
    expect(await types(acme)).toEqual([FIRING])
    for (let minute = 1; minute < 9; minute++) await evaluate(acme, at + minute * MINUTE)
    for (let minute = 9; minute > 0; minute--) await evaluate(acme, at + minute * MINUTE)
    expect(await types(acme)).toEqual([FIRING, RESOLVED])
    const [incident] = await sql('select * from incident where account_id = ?', [acme.accountId])
    expect(incident).toMatchObject({ measured: 11, threshold: 10, worst: 11 })
  })

  it('says what, which key, measured and threshold, and since when', async () => {
    const acme = await account()
    const id = await rule(acme, { threshold: 10, key_ids: JSON.stringify([acme.keyId]), window_minutes: 60 })
    await use(acme, NOON - 50 * MINUTE, 12)
    await evaluate(acme, NOON)
    const [{ body } = { body: { data: {} } }] = await told(acme)
    expect(body.data).toMatchObject({
      alert: { id, name: 'A rule', metric: 'requests', threshold: 10, window: '1h', severity: 'warning' },
      incident: {
        id: expect.stringMatching(/^inc_/),
        startedAt: new Date(NOON).toISOString(),
        resolvedAt: null,
      },
      key: { id: acme.keyId, hint: 'abcd' },
      measured: 12,
      threshold: 10,
      since: new Date(NOON).toISOString(),
    })
  })

  it('a backlog is evaluated as of the minutes that it missed', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    await evaluate(acme, NOON)
    // All of it happens while nobody evaluates.
    await use(acme, NOON + 10 * MINUTE, 20)
    worker.clock.now = new Date(NOON + 40 * MINUTE)
    await evaluate(acme, NOON + 40 * MINUTE)
    worker.clock.now = new Date(NOON)
    expect(await types(acme)).toEqual([FIRING, RESOLVED])
    const [incident] = await sql('select started_at, resolved_at from incident where account_id = ?', [
      acme.accountId,
    ])
    expect(new Date(String(incident?.started_at)).getTime()).toBe(NOON + 11 * MINUTE)
    expect(new Date(String(incident?.resolved_at)).getTime()).toBe(NOON + 17 * MINUTE)
  })

  it('the half of a minute may begin an incident, and ends none', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    await evaluate(acme, NOON)
    await use(acme, NOON + 10_000, 11)
    await evaluate(acme, NOON + 30_000)
    expect(await types(acme)).toEqual([FIRING])
    for (let half = 2; half < 20; half++) await evaluate(acme, NOON + half * 30_000)
    expect(await types(acme)).toEqual([FIRING, RESOLVED])
  })

  it('the lister asks for one evaluation per account and half minute', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    worker.clock.now = new Date(NOON + 35_000)
    await Promise.all([1, 2].map(() => handlers['evaluate-alerts'](worker.context, {})))
    worker.clock.now = new Date(NOON)
    const jobs = await worker.context.queues.byName.alerts.getJobs(['wait'])
    expect(jobs.filter(({ data }) => data.accountId === acme.accountId).map(({ data }) => data.at)).toEqual([
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
    const acme = await account()
    await rule(acme, { metric, ...fields })
    await use(acme, NOON - MINUTE, 19, how)
    if (metric === 'error_rate') {
      await evaluate(acme, NOON)
      expect(await types(acme)).toEqual([])
    }
    await use(acme, NOON - MINUTE, 1, how)
    await evaluate(acme, NOON + MINUTE)
    const [first] = await told(acme)
    expect(first?.type).toBe(FIRING)
    expect(Math.abs(Number(first?.body.data.measured) / value - 1)).toBeLessThan(0.02)
  })

  it('plan usage is the month of an account, and the day of a key', async () => {
    const acme = await account()
    await rule(acme, { metric: 'plan_usage', threshold: 90 })
    await rule(acme, { metric: 'plan_usage', threshold: 50, key_ids: JSON.stringify([acme.keyId]) })
    await sql(`insert into quota_month (account_id, month, renders) values (?, '2026-11-01', 4499)`, [
      acme.accountId,
    ])
    await sql(
      `insert into quota_day (key_id, day, region, requests) values (?, '2026-11-23', 'primary', 5000)`,
      [acme.keyId],
    )
    await evaluate(acme, NOON)
    expect((await told(acme)).map(({ body }) => body.data.measured)).toEqual([50])
    await sql('update quota_month set renders = 4500 where account_id = ?', [acme.accountId])
    await evaluate(acme, NOON + MINUTE)
    expect((await told(acme)).map(({ body }) => body.data.measured).sort()).toEqual([50, 90])
  })

  it('keys that expire, are unused and are old are told of one by one', async () => {
    const acme = await account()
    const expiring = await key(acme.accountId, { expiresAt: NOON + 6 * DAY })
    const old = await key(acme.accountId, { createdAt: NOON - 100 * DAY })
    await rule(acme, { metric: 'key_expiring', threshold: 7 })
    await rule(acme, { metric: 'key_unused', threshold: 30 })
    await rule(acme, { metric: 'key_old', threshold: 90 })
    await evaluate(acme, NOON)
    const found = (await told(acme)).map(({ body: { data } }) => {
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
    const acme = await account()
    await rule(acme, { metric: 'usage_spike', window_minutes: 60 })
    await use(acme, NOON - 5 * MINUTE, 300)
    await evaluate(acme, NOON)
    expect(await types(acme)).toEqual([])
    const later = NOON + 3 * DAY
    for (let hour = 3; hour < 48; hour++) await use(acme, later - hour * HOUR, 30 + (hour % 5))
    await use(acme, later - 5 * MINUTE, 400)
    await evaluate(acme, later)
    expect(await types(acme)).toEqual([FIRING])
  })

  it('unknown IP: one alert per key and day, outside the allowed ranges, after learning', async () => {
    const acme = await account()
    await rule(acme, { metric: 'unknown_ip', options: JSON.stringify({ allowedRanges: ['203.0.113.0/24'] }) })
    for (let day = 1; day < 10; day++) await use(acme, NOON - day * DAY, 3)
    await use(acme, NOON - 3 * MINUTE, 1, { ip: '192.0.2.77' })
    await use(acme, NOON - 3 * MINUTE, 1, { ip: '203.0.113.9' })
    const fresh = { ...acme, keyId: await key(acme.accountId) }
    await use(fresh, NOON - 3 * MINUTE, 1, { ip: '198.51.100.2' })
    await evaluate(acme, NOON)
    expect(await types(acme)).toEqual([])
    await use(acme, NOON + MINUTE, 1, { ip: '198.51.100.1' })
    await evaluate(acme, NOON + 2 * MINUTE)
    await use(acme, NOON + 3 * MINUTE, 1, { ip: '198.18.0.1' })
    for (let minute = 3; minute < 40; minute++) await evaluate(acme, NOON + minute * MINUTE)
    const all = await told(acme)
    expect(all.map(({ type }) => type)).toEqual([FIRING])
    expect(all[0]?.body.data).toMatchObject({ key: { id: acme.keyId }, about: { ips: ['198.51.100.1'] } })
  })

  it('unusual errors: a jump in 4xx or refusals', async () => {
    const acme = await account()
    await rule(acme, { metric: 'unusual_errors', window_minutes: 15 })
    for (let hour = 2; hour < 30; hour++) {
      await use(acme, NOON - hour * HOUR, 40)
      await use(acme, NOON - hour * HOUR, 1, { status: 404 })
    }
    await use(acme, NOON - 5 * MINUTE, 30)
    await evaluate(acme, NOON)
    expect(await types(acme)).toEqual([])
    await use(acme, NOON + 30_000, 25, { status: 403 })
    await evaluate(acme, NOON + MINUTE)
    expect(await types(acme)).toEqual([FIRING])
  })

  it('unusual hours: a key that is used by day is used by night', async () => {
    const acme = await account()
    await rule(acme, { metric: 'unusual_hours' })
    for (let day = 1; day < 28; day++)
      for (const hour of [9, 11, 13]) await use(acme, NOON - day * DAY + (hour - 12) * HOUR, 2)
    await use(acme, NOON - 5 * MINUTE, 20)
    await evaluate(acme, NOON)
    expect(await types(acme)).toEqual([])
    const night = NOON + 15 * HOUR
    await use(acme, night - 5 * MINUTE, 20)
    await evaluate(acme, night)
    expect(await types(acme)).toEqual([FIRING])
  })
})

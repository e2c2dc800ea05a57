import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Preview, previewRule } from '../../src/domain/alerts/preview.ts'
import type { StoredRule } from '../../src/domain/alerts/ruleFields.ts'
import { toRow, type UsageEvent } from '../../src/domain/metering/usageEvent.ts'
import { DAY_MS as DAY, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12)

let worker: TestWorker
const sql = (text: string, params: unknown[] = []) =>
  worker.em().execute<Record<string, unknown>[]>(text, params)
const KEY = 'key_1'
beforeAll(async () => {
  worker = await startWorkerContext()
  worker.clock.now = new Date(NOON)
  await sql(`insert into account (id, name, plan, created_at) values ('acct_1', 'A', 'pro', ?)`, [
    new Date(NOON - 200 * DAY),
  ])
  for (const [id, age, expiresIn] of [
    [KEY, 100, null],
    ['key_2', 3, 5],
  ] as const)
    await sql(
      `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by, expires_at)
       values (?, 'acct_1', 'K', 'live', 'full', '[]', 'active', ?, 'abcd', ?, 'x', ?)`,
      [id, id, new Date(NOON - age * DAY), expiresIn && new Date(NOON + expiresIn * DAY)],
    )
})
afterAll(() => worker.stop())

let sent = 0
function use(at: number, times: number, status = 200, latency = 10) {
  const rows = Array.from({ length: times }, () => {
    sent += 1
    const event: UsageEvent = { id: `preview-${sent}`, keyId: KEY, accountId: 'acct_1', at, status, units: 1 }
    return toRow({ ...event, latencyMs: latency, ip: '192.0.2.1', endpoint: '/a', method: 'GET' })
  })
  return handlers['roll-up-events'](worker.context, { events: rows })
}

const rule = (fields: Partial<StoredRule>): StoredRule => ({
  name: 'R',
  metric: 'requests',
  threshold: 10,
  windowMinutes: 5,
  forMinutes: 0,
  keyIds: [KEY],
  channelIds: [],
  repeatMinutes: null,
  severity: 'info',
  options: {},
  enabled: true,
  ...fields,
})
const preview = (fields: Partial<StoredRule>): Promise<Preview> =>
  previewRule(worker.em(), 'acct_1', rule(fields), new Date(NOON))

it('finds what the evaluation of every minute found', async () => {
  const begin = NOON - 100 * MINUTE
  const rules = [
    rule({ metric: 'requests', threshold: 10 }),
    rule({ metric: 'error_rate', threshold: 30 }),
    rule({ metric: 'latency_p95', threshold: 500, windowMinutes: 15, forMinutes: 2 }),
    rule({ metric: 'latency_mean', threshold: 100, windowMinutes: 60, keyIds: null }),
  ]
  for (const [index, one] of rules.entries())
    await sql(
      `insert into alert_rule (id, account_id, name, metric, threshold, window_minutes, for_minutes, key_ids, severity, created_at)
       values (?, 'acct_1', 'R', ?, ?, ?, ?, ?, 'info', ?)`,
      [
        `alert_${index}`,
        one.metric,
        one.threshold,
        one.windowMinutes,
        one.forMinutes,
        one.keyIds && JSON.stringify(one.keyIds),
        new Date(begin),
      ],
    )
  await use(begin + 5 * MINUTE, 12)
  await use(begin + 6 * MINUTE, 20, 500, 900)
  await use(begin + 7 * MINUTE, 4, 200, 700)
  await use(begin + 40 * MINUTE, 25, 404, 800)
  for (let minute = 0; minute <= 100; minute += 1)
    await handlers['evaluate-account'](worker.context, { accountId: 'acct_1', at: begin + minute * MINUTE })
  for (const [index, one] of rules.entries()) {
    const found = await sql(
      'select started_at, resolved_at, measured, worst from incident where rule_id = ? order by started_at',
      [`alert_${index}`],
    )
    const iso = (at: unknown) => (at === null ? null : new Date(String(at)).toISOString())
    const { incidents } = await preview(one)
    expect(found.length, one.metric).toBeGreaterThan(0)
    expect(
      incidents.map(({ startedAt, resolvedAt, measured, worst }) => [startedAt, resolvedAt, measured, worst]),
    ).toEqual(found.map((row) => [iso(row.started_at), iso(row.resolved_at), row.measured, row.worst]))
  }
})

it('shows the plan as the counters have it', async () => {
  await sql(
    `insert into quota_day (key_id, day, region, requests) values (?, '2026-11-23', 'primary', 6000)`,
    [KEY],
  )
  await sql(`insert into quota_month (account_id, month, renders) values ('acct_1', '2026-11-01', 4500)`)
  const ofKey = await preview({ metric: 'plan_usage', threshold: 60 })
  expect(ofKey.incidents).toMatchObject([{ keyId: KEY, measured: 60, resolvedAt: null, notifications: 1 }])
  const ofAccount = await preview({ metric: 'plan_usage', threshold: 90, keyIds: null })
  expect(ofAccount.incidents).toMatchObject([{ keyId: null, measured: 90 }])
  expect(ofAccount.series[0]?.points.at(-1)).toMatchObject({ value: 90, threshold: 90, state: 'firing' })
})

it.each([
  ['key_expiring', 7, [['key_2', 5]]],
  ['key_old', 99, [[KEY, 100]]],
  ['key_unused', 90, [[KEY, 99.9]]],
] as const)('%s over the account is about its active keys', async (metric, threshold, expected) => {
  const { incidents, series, grains, note } = await preview({ metric, threshold, keyIds: null })
  expect(incidents.map(({ keyId, worst }) => [keyId, worst])).toEqual(expected)
  expect(series.map(({ keyId }) => keyId).sort()).toEqual([KEY, 'key_2'])
  expect(grains.map(({ grain }) => grain)).toEqual(['hour'])
  expect(note).toContain('at most 20')
})

it('runs the detectors that have hours enough, and says of the others that it cannot', async () => {
  for (const metric of ['usage_spike', 'unusual_hours'] as const)
    for (const keyIds of [null, [KEY]]) {
      const { series, incidents } = await preview({ metric, threshold: null, keyIds })
      expect(incidents).toEqual([])
      expect(series).toHaveLength(1)
      expect(series[0]?.points).toHaveLength(168)
    }
  for (const metric of ['unknown_ip', 'unusual_errors'] as const) {
    const { grains, series, note } = await preview({ metric, threshold: null })
    expect([grains, series]).toEqual([[], []])
    expect(note).toContain('cannot')
  }
})

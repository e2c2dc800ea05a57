import { beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import type { Answer } from '../support/client.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

type Account = Awaited<ReturnType<SharedService['account']>>
let service: SharedService
let mine: Account
let theirs: Account
let channelId: string
let theirChannel: string
let theirKey: string

async function addChannel({ accountId }: Account) {
  const id = `chan_${accountId.slice(5)}`
  await runSql(
    service.databaseUrl,
    `insert into channel (id, account_id, type, name, sealed_target, created_at, verified_at)
     values ('${id}', '${accountId}', 'webhook', 'Hook', 'x', now(), now())`,
  )
  return id
}

beforeAll(async () => {
  service = await sharedService()
  mine = await service.account()
  theirs = await service.account()
  channelId = await addChannel(mine)
  theirChannel = await addChannel(theirs)
  theirKey = (await theirs.createKey()).id
})

const requests = { name: 'Many', metric: 'requests', threshold: 10 }
const create = async (fields: Record<string, unknown> = {}) => {
  const answer = await mine.post('/alerts', { ...requests, channelIds: [channelId], ...fields })
  expect(answer).toMatchObject({ status: 201 })
  return answer.body as { id: string; version: number }
}

describe('an alert rule', () => {
  it('is created, read, listed, edited and deleted', async () => {
    const created = await create({ window: '1h', for: '5m', repeatInterval: '4h', severity: 'critical' })
    expect(created).toEqual({
      id: expect.stringMatching(/^alert_/),
      ...requests,
      window: '1h',
      for: '5m',
      scope: { account: true },
      channelIds: [channelId],
      repeatInterval: '4h',
      severity: 'critical',
      enabled: true,
      state: 'ok',
      notifyRecovery: true,
      mutedUntil: null,
      createdAt: expect.any(String),
      version: 1,
    })
    const path = `/alerts/${created.id}`
    expect((await mine.get(path)).body).toMatchObject(created)
    const key = await mine.createKey()
    const edited = await mine.patch(path, {
      threshold: 20,
      scope: { keyIds: [key.id] },
      notifyRecovery: false,
    })
    expect(edited.body).toMatchObject({
      threshold: 20,
      scope: { keyIds: [key.id] },
      notifyRecovery: false,
      window: '1h',
      version: 2,
    })
    expect((await mine.get('/alerts')).body.alerts).toContainEqual(edited.body)
    expect((await mine.delete(path)).status).toBe(204)
    expect((await mine.get(path)).status).toBe(404)
    const log = await mine.get(`/audit-log?targetId=${created.id}`)
    expect(log.body.entries.map((entry: { action: string }) => entry.action)).toEqual([
      'alert.deleted',
      'alert.updated',
      'alert.created',
    ])
  })

  const bad: [string, Record<string, unknown>, string, string][] = [
    ['no metric', { metric: undefined }, 'metric', 'required'],
    ['unknown metric', { metric: 'mood' }, 'metric', 'invalid_format'],
    ['no threshold', { threshold: undefined }, 'threshold', 'required'],
    ['negative threshold', { threshold: -1 }, 'threshold', 'out_of_range'],
    ['error rate of 101 %', { metric: 'error_rate', threshold: 101 }, 'threshold', 'out_of_range'],
    ['a detector with a threshold', { metric: 'usage_spike' }, 'threshold', 'out_of_range'],
    ['a window of 7 minutes', { window: '7m' }, 'window', 'invalid_format'],
    ['a for of a year', { for: '365d' }, 'for', 'invalid_format'],
    ['minRequests of latency', { metric: 'latency_p95', minRequests: 5 }, 'minRequests', 'out_of_range'],
    [
      'a network that is none',
      { metric: 'unknown_ip', threshold: null, allowedRanges: ['10.0.0.0/99'] },
      'allowedRanges[0]',
      'invalid_format',
    ],
    ['another field', { color: 'red' }, 'color', 'unknown_field'],
  ]
  it.each(bad)('is refused with %s', async (_name, fields, field, code) => {
    const answer = await mine.post('/alerts', { ...requests, ...fields })
    expect(answer).toMatchObject({ status: 400, body: { type: expect.stringMatching(/validation-error$/) } })
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field }))
    expect(answer.body.errors[0].code, JSON.stringify(answer.body.errors)).toBe(code)
  })

  it('is held against its metric when it is edited, too', async () => {
    const { id } = await create({ metric: 'error_rate', threshold: 5 })
    expect((await mine.get(`/alerts/${id}`)).body.minRequests).toBe(20)
    expect((await mine.patch(`/alerts/${id}`, { threshold: 500 })).status).toBe(400)
    expect((await mine.patch(`/alerts/${id}`, { threshold: null })).status).toBe(400)
    expect((await mine.patch(`/alerts/${id}`, {})).status).toBe(400)
  })

  it('is one of at most 100', async () => {
    const full = await service.account()
    await runSql(
      service.databaseUrl,
      `insert into alert_rule (id, account_id, name, metric, threshold, window_minutes, severity, created_at)
       select 'alert_full' || n, '${full.accountId}', 'R', 'requests', 1, 5, 'info', now() from generate_series(1, 99) n`,
    )
    const answers = await Promise.all([1, 2, 3].map(() => full.post('/alerts', requests)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })

  it('is created once under one Idempotency-Key', async () => {
    const extra = { headers: { 'Idempotency-Key': 'alert-once' } }
    const first = await mine.post('/alerts', requests, extra)
    expect((await mine.post('/alerts', requests, extra)).body).toEqual(first.body)
    expect((await mine.post('/alerts', { ...requests, threshold: 11 }, extra)).status).toBe(422)
  })

  it('is muted until an instant to come', async () => {
    const { id } = await create()
    const until = new Date(Date.now() + 3_600_000).toISOString()
    expect((await mine.post(`/alerts/${id}/mute`, { until })).body.mutedUntil).toBe(until)
    expect((await mine.post(`/alerts/${id}/mute`, { until: null })).body.mutedUntil).toBeNull()
    expect((await mine.post(`/alerts/${id}/mute`, { until: '2020-01-01T00:00:00Z' })).status).toBe(400)
  })

  it('is tested with a sample to each of its channels', async () => {
    const { id } = await create()
    const answer = await mine.post(`/alerts/${id}/test`)
    expect(answer).toMatchObject({ status: 200, body: { notificationIds: [expect.stringMatching(/^ntf_/)] } })
    const [rows] = await runSql(
      service.databaseUrl,
      `select type, channel_id, body from notification where rule_id = '${id}'`,
    )
    expect(rows).toEqual([
      expect.objectContaining({
        type: 'alert.test',
        channel_id: channelId,
        body: expect.objectContaining({
          data: expect.objectContaining({ alert: expect.objectContaining({ id }) }),
        }),
      }),
    ])
  })
})

it('a preview says what a rule would have done, and at which grain', async () => {
  const key = await mine.createKey()
  const now = Date.now()
  const event = (at: number, index: number) => ({
    id: `preview-${at}-${index}`,
    at: new Date(at).toISOString(),
    keyId: key.id,
    status: 200,
    latencyMs: 5,
  })
  const hoursAgo = (hours: number) => now - hours * 3_600_000
  const events = [100, 30].flatMap((hours) =>
    Array.from({ length: 15 }, (_, index) => event(hoursAgo(hours), index)),
  )
  expect((await service.server.post('/usage/events', { events })).status).toBe(202)
  const rule = { ...requests, window: '1h', scope: { keyIds: [key.id] } }
  let body = (await mine.post('/alerts/preview', rule)).body
  for (let tries = 0; tries < 100 && body.incidents.length < 2; tries++)
    body = (await mine.post('/alerts/preview', rule)).body
  expect(body.grains.map(({ grain }: { grain: string }) => grain)).toEqual(['hour', 'minute'])
  expect(body.incidents).toEqual(
    [1, 2].map(() =>
      expect.objectContaining({ keyId: key.id, measured: 15, resolvedAt: expect.any(String) }),
    ),
  )
  expect(body).toMatchObject({ metric: 'requests', threshold: 10, notifications: 4 })
  const [{ points }] = body.series
  expect(points.length).toBeGreaterThan(160)
  expect(points.length).toBeLessThanOrEqual(700)
  expect(points.at(-1)).toEqual({ at: body.to, value: 0, threshold: 10, state: 'ok' })
  expect(points.filter(({ state }: { state: string }) => state === 'firing').length).toBeGreaterThan(1)
  expect((await mine.post('/alerts/preview', { name: 'x', metric: 'unknown_ip' })).body).toMatchObject({
    grains: [],
    incidents: [],
  })
})

describe('promise 8: another account’s rules, keys and channels do not exist', () => {
  const asks: [string, (id: string) => Promise<Answer>][] = [
    ['read', (id) => mine.get(`/alerts/${id}`)],
    ['edit', (id) => mine.patch(`/alerts/${id}`, { threshold: 1 })],
    ['delete', (id) => mine.delete(`/alerts/${id}`)],
    ['test', (id) => mine.post(`/alerts/${id}/test`)],
    ['mute', (id) => mine.post(`/alerts/${id}/mute`, { until: null })],
    ['incidents', (id) => mine.get(`/alerts/${id}/incidents`)],
  ]
  it.each(asks)('%s', async (_name, ask) => {
    const { body } = await theirs.post('/alerts', requests)
    const told = (answer: Answer, id: string) => {
      const { requestId: _, ...rest } = answer.body
      return JSON.stringify({ status: answer.status, ...rest }).replaceAll(id, 'ID')
    }
    const foreign = await ask(body.id)
    expect(foreign.status).toBe(404)
    expect(told(foreign, body.id)).toBe(told(await ask('alert_0000000000000000'), 'alert_0000000000000000'))
    expect((await theirs.get(`/alerts/${body.id}`)).body).toMatchObject(body)
  })

  it.each(['/alerts', '/alerts/preview'])('keys and channels named to %s', async (path) => {
    for (const fields of [
      { scope: { keyIds: [theirKey] } },
      { scope: { keyIds: ['key_none'] } },
      { channelIds: [theirChannel] },
      { channelIds: ['chan_none'] },
    ]) {
      const answer = await mine.post(path, { ...requests, ...fields })
      expect(answer.status).toBe(404)
      expect(answer.body.type).toMatch('scope' in fields ? /api-key-not-found$/ : /channel-not-found$/)
    }
    const { id } = await create()
    expect((await mine.patch(`/alerts/${id}`, { channelIds: [theirChannel] })).status).toBe(404)
  })
})

it('only admin access manages alerts', async () => {
  for (const access of ['full', 'read_only']) {
    const { key } = await mine.createKey({ access })
    expect((await mine.as(key).get('/alerts')).status).toBe(403)
    expect((await mine.as(key).post('/alerts', requests)).status).toBe(403)
  }
  expect((await mine.as(undefined).get('/alerts')).status).toBe(401)
})

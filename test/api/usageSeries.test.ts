import { beforeAll, describe, expect, it } from 'vitest'
import { SeriesAnswer } from '../../src/api/routes/usage/accountUsage.ts'
import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import type { GroupBy } from '../../src/domain/usage/seriesRows.ts'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { expectedSeries, flat, type Interval, ordered, parseCsv, type Told } from '../support/usageSeries.ts'

const LENGTHS = { minute: MINUTE, hour: HOUR, day: DAY }
const NASTY = '=HYPERLINK("https://x.example","a, b")'

let service: SharedService
type Account = Awaited<ReturnType<SharedService['account']>>
let mine: Account
let theirs: Account
let nasty: { id: string }
let plain: { id: string }
let theirKey: { id: string }
let told: Told[]

const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const seriesOf = async (query: string, account = mine) => {
  const answer = await account.get(`/usage?${query}`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return SeriesAnswer.parse(answer.body)
}
const requestsOf = (rows: object[]) =>
  rows.reduce((sum, row) => sum + (row as { requests: number }).requests, 0)

/**
 * A history over every grain: each time with a few requests of both keys, of many statuses, endpoints and latencies.
 */
function history(): Told[] {
  const now = Date.now()
  const times = [2 * MINUTE, 3 * MINUTE, 61 * MINUTE, 3 * HOUR, 26 * HOUR, 46.9 * HOUR, 3 * DAY, 33.9 * DAY]
  const endpoints = [
    ['/image', 'POST'],
    ['/gif', 'POST'],
    ['/image', 'GET'],
    ['/bare', undefined],
    [undefined, undefined],
  ] as const
  return times.flatMap((time, index) =>
    Array.from({ length: 5 + index }, (_, each): Told => {
      const [endpoint, method] = endpoints[(index + each) % 5] ?? []
      const key = each % 3 === 0 ? { keyId: plain.id, name: '@plain' } : { keyId: nasty.id, name: NASTY }
      const latencyMs = each % 4 === 3 ? undefined : 3.5 * (each + 1) ** 2
      return {
        ...key,
        at: now - time,
        status: [200, 404, 503, 201][each % 4] ?? 200,
        latencyMs,
        endpoint,
        method,
      }
    }),
  )
}

beforeAll(async () => {
  service = await sharedService()
  ;[mine, theirs] = await Promise.all([service.account(), service.account()])
  nasty = await mine.createKey({ name: NASTY })
  plain = await mine.createKey({ name: '@plain' })
  theirKey = await theirs.createKey()
  told = history()
  const events = told.map(({ name: _, at, ...event }, index) => ({
    id: `told-${index}`,
    at: new Date(at).toISOString(),
    units: 1,
    ...event,
  }))
  const foreign = {
    id: 'theirs',
    at: ago(MINUTE),
    keyId: theirKey.id,
    status: 200,
    endpoint: '/theirs',
    method: 'PUT',
  }
  expect((await service.server.post('/usage/events', { events: [...events, foreign] })).status).toBe(202)
  await eventually(
    async () =>
      requestsOf((await seriesOf(`interval=day&from=${ago(34.9 * DAY)}`)).series) +
      requestsOf((await seriesOf('', theirs)).series),
    (requests) => requests === told.length + 1,
  )
})

describe('GET /usage equals what was reported', () => {
  const reach: Record<Interval, number> = { minute: 47 * HOUR, hour: 34 * DAY, day: 34.5 * DAY }
  const cases = (['minute', 'hour', 'day'] as const).flatMap((interval) =>
    (['none', 'key', 'status', 'endpoint'] as const).map((groupBy): [Interval, GroupBy] => [
      interval,
      groupBy,
    ]),
  )

  it.each(cases)('by %s, grouped by %s', async (interval, groupBy) => {
    const from = Date.now() - reach[interval]
    const answer = await seriesOf(
      `interval=${interval}&groupBy=${groupBy}&from=${new Date(from).toISOString()}`,
    )
    const length = LENGTHS[interval]
    const range = { from: Date.parse(answer.from), to: Date.parse(answer.to) }
    expect(answer).toMatchObject({ interval, groupBy })
    expect(range.from).toBe(Math.floor(from / length) * length)
    expect(range.to).toBe(Math.ceil(Date.parse(answer.asOf) / length) * length)

    const expected = ordered(expectedSeries(told, { ...range, interval, groupBy }))
    expect(requestsOf(expected)).toBeGreaterThan(30)
    const found = groupBy === 'endpoint' ? ordered(answer.series) : answer.series
    expect(groupBy === 'status' ? ordered(found) : found).toEqual(
      expected.map((row) => ({
        ...row,
        ...(row.latencyMs ? { latencyMs: near(row.latencyMs as Latencies) } : {}),
      })),
    )
  })

  it('of one key alone, however it is grouped', async () => {
    const query = `interval=hour&from=${ago(34 * DAY)}&keyId=${plain.id}`
    const own = told.filter(({ keyId }) => keyId === plain.id)
    const { from, to, series } = await seriesOf(`${query}&groupBy=endpoint`)
    const range = { from: Date.parse(from), to: Date.parse(to), interval: 'hour' } as const
    const expected = expectedSeries(own, { ...range, groupBy: 'endpoint' })
    expect(ordered(series).map(({ at, requests }) => [at, requests])).toEqual(
      ordered(expected).map(({ at, requests }) => [at, requests]),
    )
    for (const groupBy of ['none', 'key', 'status'])
      expect(requestsOf((await seriesOf(`${query}&groupBy=${groupBy}`)).series)).toBe(own.length)
  })
})

type Latencies = Record<string, number | null>

/** Means are exact but for the last digits, quantiles within 1 %. */
function near(exact: Latencies) {
  return Object.fromEntries(
    Object.entries(exact).map(([name, ms]) => {
      if (ms === null) return [name, null]
      const tolerance = name === 'mean' ? ms * 1e-9 : ms * 0.0100001
      return [name, expect.toSatisfy((found: number) => Math.abs(found - ms) <= tolerance)]
    }),
  )
}

describe('which time it covers', () => {
  it('the last 24 hours by the hour unless told, every bucket present', async () => {
    const { asOf, from, to, interval, series } = await seriesOf('')
    const now = Date.parse(asOf)
    expect(interval).toBe('hour')
    expect(from).toBe(new Date(Math.floor((now - DAY) / HOUR) * HOUR).toISOString())
    expect(to).toBe(new Date(Math.ceil(now / HOUR) * HOUR).toISOString())
    expect(series).toHaveLength((Date.parse(to) - Date.parse(from)) / HOUR)
    expect(series.filter((row) => row.requests === 0).length).toBeGreaterThan(15)
    expect(requestsOf((await seriesOf('', await service.account())).series)).toBe(0)
  })

  it('whole buckets, from dates as well as instants, and not beyond where events can be', async () => {
    const day = ago(3 * DAY).slice(0, 10)
    const next = ago(2 * DAY).slice(0, 10)
    expect(await seriesOf(`interval=day&from=${day}&to=${next}`)).toMatchObject({
      from: `${day}T00:00:00.000Z`,
      to: `${next}T00:00:00.000Z`,
      series: [{ at: `${day}T00:00:00.000Z` }],
    })
    const cut = await seriesOf(`interval=hour&from=${day}T10:20:00Z&to=${day}T13:00:00.001%2B01:00`)
    expect(cut).toMatchObject({ from: `${day}T10:00:00.000Z`, to: `${day}T13:00:00.000Z` })
    const far = await seriesOf(`to=2999-01-01&from=${ago(HOUR)}`)
    expect(Date.parse(far.to)).toBeLessThanOrEqual(Math.ceil((Date.now() + 5 * MINUTE) / HOUR) * HOUR)
  })

  it.each([
    ['minutes past 48 h', () => `interval=minute&from=${ago(48 * HOUR + MINUTE)}`, 'from out_of_range'],
    ['hours past 35 d', () => `interval=hour&from=${ago(35 * DAY + HOUR)}`, 'from out_of_range'],
    ['days past 400 d', () => `interval=day&from=${ago(401 * DAY)}`, 'from out_of_range'],
    ['a start to come', () => `from=${ago(-HOUR)}`, 'from out_of_range'],
    ['an end before the start', () => `from=${ago(HOUR)}&to=${ago(2 * HOUR)}`, 'to out_of_range'],
    ['an end at the start', () => 'from=2026-01-01&to=2026-01-01', 'to out_of_range'],
    ['an end long ago', () => 'to=2020-01-01', 'to out_of_range'],
    ['no time', () => 'from=yesterday', 'from invalid_format'],
    ['no date', () => 'to=2026-02-30', 'to invalid_format'],
    ['an unknown interval', () => 'interval=week', 'interval invalid_format'],
    ['an unknown group', () => 'groupBy=plan', 'groupBy invalid_format'],
    ['an unknown format', () => 'format=xml', 'format invalid_format'],
    ['an unknown parameter', () => 'until=2026-01-01', 'until unknown_field'],
  ])('%s is refused by name', async (_name, query, fault) => {
    const { status, body } = await mine.get(`/usage?${query()}`)
    expect([status, body.errors?.map((one: Record<string, string>) => `${one.field} ${one.code}`)]).toEqual([
      400,
      [fault],
    ])
  })

  it('takes what is kept to its last bucket', async () => {
    for (const [interval, length] of [
      ['minute', 48 * HOUR],
      ['hour', 35 * DAY],
      ['day', 400 * DAY],
    ] as const) {
      const { series } = await seriesOf(`interval=${interval}&from=${ago(length - 1_000)}`)
      expect(series.length * LENGTHS[interval]).toBeGreaterThanOrEqual(length)
    }
  })
})

describe('CSV', () => {
  it.each(['none', 'key', 'status', 'endpoint'])('grouped by %s has what JSON has', async (groupBy) => {
    const query = `interval=hour&from=${ago(34 * DAY)}&to=${ago(HOUR)}&groupBy=${groupBy}`
    const { series, from, to } = await seriesOf(query)
    const answer = await mine.get(`/usage?${query}&format=csv`)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const name = [from, to].map((at) => `${at.slice(0, 16).replace(/[-:]/g, '')}Z`).join('-')
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="usage-${name}.csv"`)
    expect(answer.headers.get('x-as-of')).toMatch(/^\d{4}-\d\d-\d\dT/)
    const expected = series.map((row) => {
      const cells = flat(row)
      return 'name' in cells ? { ...cells, name: `'${cells.name}` } : cells
    })
    expect(parseCsv(answer.body)).toEqual(expected)
    expect(answer.body.endsWith('\r\n')).toBe(true)
  })

  it('is a header where nothing happened', async () => {
    const query = `groupBy=key&format=csv&keyId=${theirKey.id}&from=${ago(3 * HOUR)}&to=${ago(2 * HOUR)}`
    const { body } = await theirs.get(`/usage?${query}`)
    expect(body).toBe(
      'at,keyId,name,requests,refused,errors,clientErrors,serverErrors,errorRate,units,latencyMeanMs,latencyP50Ms,latencyP95Ms,latencyP99Ms\r\n',
    )
  })
})

describe('promise 8: whose usage it is', () => {
  it('one account never sees another’s, in any group', async () => {
    for (const groupBy of ['none', 'key', 'status', 'endpoint']) {
      const { series } = await seriesOf(`groupBy=${groupBy}`, theirs)
      expect(requestsOf(series)).toBe(1)
      expect(JSON.stringify(series)).not.toMatch(new RegExp(`${plain.id}|/image`))
      expect(JSON.stringify(await seriesOf(`groupBy=${groupBy}`))).not.toMatch(
        new RegExp(`${theirKey.id}|/theirs`),
      )
    }
  })

  it('a foreign key is answered like an unknown one', async () => {
    const answers = await Promise.all(
      [theirKey.id, 'key_0000000000000000', 'no key at all'].map((id) => mine.get(`/usage?keyId=${id}`)),
    )
    for (const { status, body } of answers) {
      expect([status, body.type]).toEqual([404, expect.stringMatching(/api-key-not-found$/)])
      expect({ ...body, requestId: '' }).toEqual({ ...answers[0]?.body, requestId: '' })
    }
  })

  it('takes usage:read', async () => {
    const { key: reader } = await mine.createKey({ access: 'read_only' })
    const { key: other } = await mine.createKey({ access: 'full', permissions: ['renders:write'] })
    expect((await mine.as(reader).get('/usage')).status).toBe(200)
    expect((await mine.as(other).get('/usage')).status).toBe(403)
    expect((await mine.as(undefined).get('/usage')).status).toBe(401)
  })
})

import { describe, expect, it } from 'vitest'
import { hourSamples, spikeAt, unusualHoursAt } from '../../src/domain/alerts/previewHours.ts'
import { type KeyDays, keyDaySamples } from '../../src/domain/alerts/previewKeyDays.ts'
import { planSamples } from '../../src/domain/alerts/previewPlan.ts'
import { instantsOf, pointMsFor, spanUntil } from '../../src/domain/alerts/previewSpan.ts'
import { replay, type Sample } from '../../src/domain/alerts/replay.ts'
import type { StoredRule } from '../../src/domain/alerts/ruleFields.ts'
import { overThreshold } from '../../src/domain/alerts/stepAlert.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts'

/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12)
const span = spanUntil(new Date(NOON + 30_000))

const rule = (fields: Partial<StoredRule> = {}): StoredRule => ({
  name: 'R',
  metric: 'requests',
  threshold: 10,
  windowMinutes: 5,
  forMinutes: 0,
  keyIds: null,
  channelIds: [],
  repeatMinutes: null,
  severity: 'info',
  options: {},
  enabled: true,
  ...fields,
})

const valueAt = (samples: Iterable<Sample>, at: number) =>
  [...samples].find((one) => one.at === at)?.reading.value

describe('the span', () => {
  it('is seven days up to the present minute: whole hours, then minutes', () => {
    expect(span).toEqual({ from: NOON - 7 * DAY_MS, edge: NOON - 47 * HOUR_MS, to: NOON })
    const instants = [...instantsOf(span)]
    expect(instants.slice(0, 2)).toEqual([span.from + HOUR_MS, span.from + 2 * HOUR_MS])
    expect(instants.slice(-2)).toEqual([NOON - MINUTE_MS, NOON])
    expect(new Set(instants).size).toBe(121 + 47 * 60)
  })

  it.each([1, 2, 3, 7, 20])('%i series have at most 700 points', (series) => {
    const pointMs = pointMsFor(series, span)
    const samples = [...instantsOf(span)].map((at) => ({ at, reading: overThreshold(1, 10) }))
    const { points } = replay(rule(), samples, pointMs)
    expect(points.length * series).toBeLessThanOrEqual(700)
    expect(points.length * series).toBeGreaterThan(300)
    expect(points.at(-1)?.at).toBe(new Date(NOON).toISOString())
  })
})

describe('a replay', () => {
  const minutes = (values: number[]) =>
    values.map((value, minute) => ({ at: NOON + minute * MINUTE_MS, reading: overThreshold(value, 10) }))

  it('has incidents with the messages that each would have been, and points with the worst of their stretch', () => {
    const { incidents, points } = replay(
      rule({ repeatMinutes: 2 }),
      minutes([0, 11, 15, 12, 0, 0, 0]),
      HOUR_MS,
    )
    expect(incidents).toEqual([
      {
        startedAt: new Date(NOON + MINUTE_MS).toISOString(),
        resolvedAt: new Date(NOON + 5 * MINUTE_MS).toISOString(),
        measured: 11,
        worst: 15,
        notifications: 3,
      },
    ])
    expect(points).toEqual([
      { at: new Date(NOON).toISOString(), value: 0, threshold: 10, state: 'ok' },
      { at: new Date(NOON + 6 * MINUTE_MS).toISOString(), value: 15, threshold: 10, state: 'firing' },
    ])
  })

  it('says nothing of an end where the rule does not', () => {
    const quiet = rule({ options: { notifyRecovery: false } })
    expect(replay(quiet, minutes([11, 0, 0]), HOUR_MS).incidents).toMatchObject([{ notifications: 1 }])
  })
})

describe('the plan', () => {
  it('a day’s count is its total without what came later, and begins anew at midnight', () => {
    const midnight = NOON - 12 * HOUR_MS
    const samples = [
      ...planSamples(span, {
        period: 10,
        totals: new Map([
          ['2026-11-22', 500],
          ['2026-11-23', 90],
        ]),
        used: [
          { at: midnight - 2 * HOUR_MS, units: 400 },
          { at: midnight + HOUR_MS, units: 60 },
          { at: NOON - MINUTE_MS, units: 30 },
        ],
        limit: 1_000,
        threshold: 50,
      }),
    ]
    expect(valueAt(samples, midnight - 2 * HOUR_MS)).toBe(10)
    expect(valueAt(samples, midnight - MINUTE_MS)).toBe(50)
    expect(valueAt(samples, midnight)).toBe(0)
    expect(valueAt(samples, NOON - MINUTE_MS)).toBe(6)
    expect(valueAt(samples, NOON)).toBe(9)
    expect(replay(rule({ metric: 'plan_usage', threshold: 50 }), samples, HOUR_MS).incidents).toHaveLength(1)
  })

  it('without a limit nothing is measured', () => {
    const past = { totals: new Map(), used: [], limit: null, threshold: 50 }
    expect(valueAt(planSamples(span, { ...past, period: 7 }), NOON)).toBeNull()
  })
})

describe('days', () => {
  const key = (fields: Partial<KeyDays> = {}): KeyDays => ({
    id: 'key_1',
    createdAt: NOON - 100 * DAY_MS,
    expiresAt: null,
    revokedAt: null,
    uses: [],
    ...fields,
  })
  const incidents = (metric: StoredRule['metric'], threshold: number, of: KeyDays) =>
    replay(
      rule({ metric, threshold }),
      keyDaySamples({ metric, threshold }, of, span),
      HOUR_MS,
    ).incidents.map(({ startedAt, resolvedAt }) => [
      (NOON - Date.parse(startedAt)) / HOUR_MS,
      resolvedAt && (NOON - Date.parse(resolvedAt)) / HOUR_MS,
    ])

  it('until a key expires, and no longer once it has', () => {
    const expiring = key({ expiresAt: NOON + 4 * DAY_MS })
    expect(incidents('key_expiring', 7, expiring)).toEqual([[72, null]])
    expect(incidents('key_expiring', 7, key())).toEqual([])
    expect(incidents('key_expiring', 1, key({ expiresAt: NOON - DAY_MS }))).toEqual([[48, 23]])
  })
  it('without use, until it is used', () => {
    const unused = key({ uses: [NOON - 12 * DAY_MS, NOON - DAY_MS] })
    expect(incidents('key_unused', 10, unused)).toEqual([[48, 23]])
  })
  it('of age, from the hour on at which it is reached', () => {
    expect(incidents('key_old', 98, key())).toEqual([[48, null]])
    expect(incidents('key_old', 98, key({ revokedAt: NOON - 60 * HOUR_MS }))).toEqual([])
  })
})

describe('detectors, by the hour', () => {
  const first = NOON - 36 * DAY_MS
  const history = (requests: (hour: number) => number) =>
    new Map(
      Array.from({ length: 36 * 24 }, (_, index) => [
        first + index * HOUR_MS,
        requests(first + index * HOUR_MS),
      ]),
    )

  it('a spike', () => {
    const hours = history((hour) => (hour === NOON - 30 * HOUR_MS ? 2_000 : 100 + ((hour / HOUR_MS) % 5)))
    const { incidents } = replay(
      rule({ metric: 'usage_spike', threshold: null }),
      hourSamples(hours, span, spikeAt),
      HOUR_MS,
    )
    expect(incidents).toMatchObject([
      { startedAt: new Date(NOON - 29 * HOUR_MS).toISOString(), measured: 2_000 },
    ])
  })

  it('use by night of a key that is used by day', () => {
    const isDay = (hour: number) => new Date(hour).getUTCHours() >= 8 && new Date(hour).getUTCHours() < 18
    const night = NOON - 9 * HOUR_MS
    const hours = history((hour) => (hour === night ? 40 : isDay(hour) ? 20 : 0))
    const samples = hourSamples(hours, span, unusualHoursAt)
    const { incidents } = replay(rule({ metric: 'unusual_hours', threshold: null }), samples, HOUR_MS)
    expect(incidents).toMatchObject([{ startedAt: new Date(night + HOUR_MS).toISOString(), measured: 40 }])
  })

  it('without history nothing fires', () => {
    const hours = new Map([[NOON - HOUR_MS, 5_000]])
    for (const read of [spikeAt, unusualHoursAt])
      expect([...hourSamples(hours, span, read)].some(({ reading }) => reading.breached)).toBe(false)
  })
})

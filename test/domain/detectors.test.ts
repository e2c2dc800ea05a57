import { describe, expect, it } from 'vitest'
import { baselineOf, unusualErrors, usageSpike } from '../../src/domain/alerts/detectors.ts'

const WEEKS_4 = 672
const hours = (of: (hour: number) => number) => Array.from({ length: WEEKS_4 }, (_, hour) => of(hour))
/** The hours of four weeks that are at the place in the week of the one after the last, and their neighbours. */
const same = (past: number[]) =>
  [1, 2, 3, 4].flatMap((week) => [-1, 0, 1].map((beside) => past[WEEKS_4 - week * 168 + beside] ?? 0))
const spikes = (past: number[], requests: number) =>
  usageSpike(requests, baselineOf(same(past), past)).breached

describe('a usage spike', () => {
  const even = hours((hour) => 100 + (hour % 7))
  const table: [string, number[], number, boolean][] = [
    ['the usual', even, 110, false],
    ['twice the usual and hardly more', even, 205, false],
    ['five times the usual', even, 500, true],
    ['a job of every night, an hour late', hours((hour) => (hour % 24 === 1 ? 2_000 : 50)), 2_100, false],
    ['a job of every week', hours((hour) => (hour % 168 === 0 ? 2_000 : 50)), 2_100, false],
    ['bursts, once there were some', hours((hour) => (hour % 17 === 3 ? 400 : 50)), 600, false],
    ['twice as high as bursts', hours((hour) => (hour % 17 === 3 ? 400 : 50)), 900, true],
    ['the second misuse in four weeks', even.with(300, 3_000).with(301, 3_000), 1_000, true],
    ['few requests, however unusual', hours(() => 0), 99, false],
  ]
  it.each(table)('%s', (_name, past, requests, breached) => {
    expect(spikes(past, requests)).toBe(breached)
  })

  it('of days the highest hour counts, and of less than one nothing does', () => {
    const days = [...Array(71).fill(50), 300]
    expect(usageSpike(550, baselineOf([], days)).breached).toBe(false)
    expect(usageSpike(650, baselineOf([], days)).breached).toBe(true)
    expect(usageSpike(1e6, baselineOf([], Array(23).fill(50)))).toMatchObject({ breached: false, calm: true })
  })
})

describe('unusual errors', () => {
  const before = { asked: 10_000, bad: { '4xx': 300 } }
  it.each([
    ['a bad quarter of an hour', { asked: 200, bad: { '4xx': 20 } }, false],
    ['a jump', { asked: 200, bad: { '4xx': 60 } }, true],
    ['a kind that is new', { asked: 200, bad: { RATE_LIMITED: 30 } }, true],
    ['a few, however large their share', { asked: 19, bad: { '4xx': 19 } }, false],
  ])('%s', (_name, now, breached) => {
    expect(unusualErrors(now, before).breached).toBe(breached)
  })
  it('nothing is unusual before there were 200 requests', () => {
    expect(unusualErrors({ asked: 90, bad: { '4xx': 90 } }, { asked: 199, bad: {} }).breached).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { overThreshold, type RuleTiming, restingState, stepAlert } from '../../src/domain/alerts/stepAlert.ts'
import { MINUTE_MS as MINUTE } from '../../src/domain/time.ts'

/**
 * As Prometheus's rule tests: a series, one value a minute from minute 0 on (`_`: nothing was measured; `5x3`: 5,
 * three times), and what is to happen at which minute. A minute without an expectation must be silent.
 */
type Case = {
  name: string
  rule?: Partial<RuleTiming>
  threshold?: number
  series: string
  /** `F`: fired and told, `f`: fired silently, `R`/`r`: resolved, `again`: told again. */
  expected: Record<number, string>
  /** States at some minutes. */
  states?: Record<number, string>
}

const cases: Case[] = [
  { name: 'never over', series: '0x5 10x5', expected: {} },
  { name: 'fires at once without for', series: '0 11', expected: { 1: 'F' } },
  {
    name: 'tells once per crossing and once on recovery',
    series: '0 11x5 0x5',
    expected: { 1: 'F', 7: 'R' },
    states: { 0: 'ok', 1: 'firing', 6: 'firing', 7: 'ok' },
  },
  {
    name: 'pends for so long as it must hold',
    rule: { forMinutes: 3 },
    series: '0 11x4',
    expected: { 4: 'F' },
    states: { 1: 'pending', 3: 'pending', 4: 'firing' },
  },
  {
    name: 'a breach that does not hold is nothing',
    rule: { forMinutes: 3 },
    series: '11x3 5 11x3 5',
    expected: {},
    states: { 2: 'pending', 3: 'ok', 6: 'pending' },
  },
  { name: 'does not flap around the threshold', series: '11 9.5 11 9.5 10 11 9.5', expected: { 0: 'F' } },
  { name: 'one calm minute ends nothing', series: '11 0 11 0 11', expected: { 0: 'F' } },
  { name: 'no data is calm', series: '11 _x3', expected: { 0: 'F', 2: 'R' } },
  {
    name: 'calm must last as long as the breach had to',
    rule: { forMinutes: 3 },
    series: '11x4 0x2 11 0x4',
    expected: { 3: 'F', 10: 'R' },
  },
  {
    name: 'but ten minutes at most',
    rule: { forMinutes: 30 },
    series: '11x31 0x12',
    expected: { 30: 'F', 41: 'R' },
  },
  {
    name: 'two crossings are two incidents',
    series: '11 0x2 11 0x2',
    expected: { 0: 'F', 2: 'R', 3: 'F', 5: 'R' },
  },
  {
    name: 'repeats while it is over',
    rule: { repeatMinutes: 2 },
    series: '11x5 9.5x3 11 0x2',
    expected: { 0: 'F', 2: 'again', 4: 'again', 8: 'again', 10: 'R' },
  },
  {
    name: 'recovers quietly if asked to',
    rule: { notifyRecovery: false },
    series: '11 0x2',
    expected: { 0: 'F', 2: 'r' },
  },
  {
    name: 'is silent while muted',
    rule: { mutedUntil: 10 * MINUTE },
    series: '11x2 0x2',
    expected: { 0: 'f', 3: 'r' },
  },
  {
    name: 'what still fires after a mute is told then',
    rule: { mutedUntil: 2 * MINUTE },
    series: '11x4 0x2',
    expected: { 0: 'f', 2: 'again', 5: 'R' },
  },
  { name: 'a threshold of 0 is any', threshold: 0, series: '0 1 0x2', expected: { 1: 'F', 3: 'R' } },
]

const read = (series: string) =>
  series.split(' ').flatMap((item) => {
    const [value, times = '1'] = item.split('x')
    return Array.from({ length: Number(times) }, () => (value === '_' ? null : Number(value)))
  })

const letters = { fired: ['f', 'F'], resolved: ['r', 'R'], repeated: ['', 'again'] }

describe('series in, alerts at minutes', () => {
  it.each(cases)('$name', ({ rule, threshold = 10, series, expected, states = {} }) => {
    const timing = { forMinutes: 0, repeatMinutes: null, notifyRecovery: true, mutedUntil: null, ...rule }
    let state = restingState(0)
    const happened: Record<number, string> = {}
    const stated: Record<number, string> = {}
    read(series).forEach((value, minute) => {
      const next = stepAlert(timing, state, overThreshold(value, threshold), minute * MINUTE)
      for (const event of next.events) happened[minute] = letters[event.type][event.notify ? 1 : 0] ?? ''
      state = next.state
      if (minute in states) stated[minute] = state.state
    })
    expect(happened).toEqual(expected)
    expect(stated).toEqual(states)
  })

  it('an end during a mute is sent where the beginning was', () => {
    const timing = { forMinutes: 0, repeatMinutes: null, notifyRecovery: true }
    const fired = stepAlert({ ...timing, mutedUntil: null }, restingState(0), overThreshold(11, 10), 0)
    const muted = { ...timing, mutedUntil: 10 * MINUTE }
    const calm = stepAlert(muted, fired.state, overThreshold(0, 10), MINUTE)
    const { events } = stepAlert(muted, calm.state, overThreshold(0, 10), 2 * MINUTE)
    expect(events).toEqual([{ type: 'resolved', notify: true, turn: 1, since: 0 }])
  })

  it('each telling of an incident has a turn of its own', () => {
    const timing = { forMinutes: 0, repeatMinutes: 1, notifyRecovery: true, mutedUntil: null }
    let state = restingState(0)
    const turns: number[] = []
    for (let minute = 0; minute < 4; minute++) {
      const next = stepAlert(timing, state, overThreshold(11, 10), minute * MINUTE)
      state = next.state
      turns.push(...next.events.map((event) => event.turn))
    }
    expect(turns).toEqual([0, 1, 2, 3])
  })
})

import { Writable } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLog, type Log } from '../../src/platform/log.ts'
import { kindOf, oncePerSecond } from '../../src/platform/oncePerSecond.ts'

/** Time that passes when the test says so. */
let waiting: { at: number; run: () => void }[]
let now: number
const after = (ms: number, run: () => void) => void waiting.push({ at: now + ms, run })
function pass(ms: number): void {
  now += ms
  const due = waiting.filter(({ at }) => at <= now)
  waiting = waiting.filter(({ at }) => at > now)
  for (const { run } of due) run()
}
beforeEach(() => {
  waiting = []
  now = 0
})

describe('what may happen with every request', () => {
  it('is told at once the first time, and then once a second with its number', () => {
    const told: unknown[] = []
    const tell = oncePerSecond<string>((entry, times) => told.push([entry, times]), after)
    tell('away', 'first')
    expect(told).toEqual([['first', undefined]])
    for (let n = 2; n <= 400; n++) tell('away', `${n}`)
    expect(told).toHaveLength(1)
    pass(1_000)
    expect(told.splice(0)).toEqual([
      ['first', undefined],
      ['2', 399],
    ])
    tell('away', 'another second')
    pass(999)
    expect(told).toEqual([])
    pass(1)
    expect(told.splice(0)).toEqual([['another second', 1]])
  })

  it('is told at once again after a second without any', () => {
    const told: unknown[] = []
    const tell = oncePerSecond<string>((entry, times) => told.push([entry, times]), after)
    tell('away', 'before')
    pass(1_000)
    tell('away', 'after')
    expect(told).toEqual([
      ['before', undefined],
      ['after', undefined],
    ])
    pass(1_000)
    expect(waiting).toEqual([])
  })

  it('hides no other kind, and of a flood of kinds a bounded number is told apart', () => {
    const told: string[] = []
    const tell = oncePerSecond<string>((entry) => told.push(entry), after)
    for (let n = 0; n < 400; n++) tell('away', `away ${n}`)
    tell('refused', 'refused')
    expect(told).toEqual(['away 0', 'refused'])
    for (let n = 0; n < 1_000; n++) tell(`kind ${n}`, `kind ${n}`)
    expect(told.length).toBeLessThanOrEqual(101)
    expect(waiting.length).toBeLessThanOrEqual(101)
  })
})

describe('a log', () => {
  let lines: Record<string, unknown>[]
  let log: Log
  beforeEach(() => {
    lines = []
    const to = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)))
        done()
      },
    })
    log = createLog('info', { process: 'test' }, { after, to })
  })

  it('shows the first error whole, and an error of another cause beside it', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const away = () => new Error('The region primary did not answer.', { cause })
    for (let n = 0; n < 400; n++)
      log.seldom.error({ route: '/verify', requestId: `${n}`, err: away() }, 'no answer')
    log.seldom.error({ route: '/verify', requestId: 'late', err: new Error('too late') }, 'no answer')
    log.seldom.error({ route: '/forward-auth', err: away() }, 'no answer')
    expect(lines.map(({ route, requestId, times }) => [route, requestId, times])).toEqual([
      ['/verify', '0', undefined],
      ['/verify', 'late', undefined],
      ['/forward-auth', undefined, undefined],
    ])
    expect(lines[0]?.err).toMatchObject({
      stack: expect.stringContaining('caused by: Error: connect ECONNREFUSED'),
    })
    pass(1_000)
    expect(lines.slice(3)).toMatchObject([{ route: '/verify', requestId: '1', times: 399, level: 'error' }])
  })

  it('tells errors apart by what they are, not by what they name', () => {
    expect(kindOf(new TypeError('of request 1'))).toBe(kindOf(new TypeError('of request 2')))
    expect(kindOf(new TypeError('x'))).not.toBe(kindOf(new RangeError('x')))
    expect(kindOf('a word')).toBe(kindOf(undefined))
  })
})

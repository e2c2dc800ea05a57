import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { goals } from '../../bench/all/goals.ts'
import { PART_NAMES } from '../../bench/all/Part.ts'
import { parts } from '../../bench/all/parts.ts'
import { renderResults } from '../../bench/all/render.ts'
import { type Outcome, type Results, readResults } from '../../bench/all/results.ts'
import { readFromReadme } from '../../bench/readme.ts'
import { root } from '../../src/dev/dataDir.ts'

const RESULTS: Results = {
  at: '2026-11-27T23:00:00.000Z',
  commit: 'abc',
  machine: 'm',
  quick: false,
  parts: {},
}

/** Formatting pads cells. */
const plain = (markdown: string) => markdown.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---').trim()

function rowOf(id: string, parts: Results['parts']): string {
  const what = goals.find((goal) => goal.id === id)?.what ?? ''
  const lines = renderResults({ ...RESULTS, parts }).split('\n')
  return lines.find((line) => line.startsWith(`| ${what} |`))?.slice(what.length + 5) ?? ''
}

const measured = (id: string, values: number[], beside?: string): Outcome => ({
  state: 'measured',
  seconds: 1,
  rows: [{ id, values, beside }],
})

describe('the table of what it costs', () => {
  it('has a goal in each row, one row per figure, and a part that measures it', async () => {
    expect(new Set(goals.map(({ id }) => id)).size).toBe(goals.length)
    expect(new Set(goals.map(({ what }) => what)).size).toBe(goals.length)
    for (const { most, least } of goals) expect([most, least].filter(Number.isFinite)).toHaveLength(1)
    expect([...new Set(goals.map(({ part }) => part))].toSorted()).toEqual([...PART_NAMES].toSorted())
    expect(Object.keys(parts)).toEqual([...PART_NAMES])
  })

  it('has every figure of the goals that were set', () => {
    expect(
      goals.map(({ id, most, least }) => `${id} ${most === undefined ? '≥' : '≤'} ${most ?? least}`),
    ).toEqual([
      'forward-auth ≤ 1.45',
      'verify ≤ 1.45',
      'redis ≤ 5',
      'redis-1 ≤ 2.5',
      'redis-8 ≤ 10',
      'hand-written ≥ 2',
      'better-auth ≥ 25',
      'in-process-cpu ≤ 4.5',
      'in-process-rate ≥ 120000',
      ...[4_000, 8_000, 12_000].flatMap((rate) => [
        `latency-${rate}-ratio ≤ 1.5`,
        `latency-${rate}-more ≤ 1`,
      ]),
      'rollup ≥ 60000',
      'rollup-few ≥ 90000',
      'rollup-completing ≥ 60000',
      'postgres ≤ 10',
      'claims ≤ 1.2',
      'fresh ≤ 1',
      'usage ≤ 10',
      'page ≤ 40',
      'usage-8 ≤ 40',
      'page-8 ≤ 200',
      'revoke ≤ 20',
      'revoke-busy ≤ 40',
      'create ≤ 40',
      'alert ≤ 3',
      'start ≤ 0.7',
    ])
  })

  it('compares the median of the rounds with the goal', () => {
    const row = (values: number[]) => rowOf('redis', { verification: measured('redis', values, 'beside') })
    expect(row([4, 9, 5])).toBe('5.0 µs | ≤ 5.0 µs | reached | 4.0 µs to 9.0 µs | beside |')
    expect(row([5.1])).toBe('5.1 µs | ≤ 5.0 µs | **missed** |  | beside |')
    const rate = rowOf('rollup', { rollup: measured('rollup', [59_999.9]) })
    expect(rate).toBe('60,000/s | ≥ 60,000/s | **missed** |  |  |')
  })

  it('says why a row has no figure, rather than showing one of another run', () => {
    expect(rowOf('start', {})).toBe('not run | ≤ 0.70 s |  |  |  |')
    expect(rowOf('start', { start: { state: 'missing' } })).toBe('no bench yet | ≤ 0.70 s |  |  |  |')
    const failed: Outcome = { state: 'failed', seconds: 3, reason: 'a `b` | c\nat d' }
    expect(rowOf('start', { start: failed })).toBe("failed: a 'b' / c | ≤ 0.70 s |  |  |  |")
    expect(rowOf('start', { start: measured('another', [1]) })).toBe('not measured | ≤ 0.70 s |  |  |  |')
    expect(rowOf('start', { start: measured('start', [1, Number.NaN]) })).toContain('not measured')
  })

  it('counts what was reached', () => {
    const text = renderResults({
      ...RESULTS,
      parts: { start: measured('start', [0.5]), create: measured('create', [41]) },
    })
    expect(text).toContain(`1 of ${goals.length} goals reached, 1 missed, ${goals.length - 2} not measured.`)
  })
})

describe('bench/README.md', () => {
  it('shows what the writer makes of bench/results.json', async () => {
    const results = await readResults(join(root, 'bench/results.json'))
    const expected = results ? renderResults(results) : 'Not run.'
    expect(plain(await readFromReadme('all'))).toBe(plain(expected))
  })
})

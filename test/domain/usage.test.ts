import { describe, expect, it } from 'vitest'
import { binOf, latencyOf, quantile } from '../../src/domain/usage/latencyBins.ts'
import { piecesAt, WINDOWS } from '../../src/domain/usage/windows.ts'
import { boundedBackoff } from '../../src/platform/jobOptions.ts'

/** Uniform over 0 to 1 from a seed: Marsaglia's xorshift32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

describe('latency bins', () => {
  it('stand for what is in them within 1 %, over nine decades', () => {
    for (let latency = 0.001; latency < 1e6; latency *= 1.013) {
      expect(Math.abs(latencyOf(binOf(latency)) - latency) / latency).toBeLessThanOrEqual(0.0100001)
    }
    expect(binOf(0)).toBe(binOf(0.001))
  })

  it.each([1, 2, 3, 4, 5])('give quantiles within 1 % of the exact ones (seed %i)', (seed) => {
    const random = seeded(seed)
    const latencies = Array.from({ length: 5_000 }, () => Math.exp(random() * 9 - 1)).sort((a, b) => a - b)
    const bins: Record<string, number> = {}
    for (const latency of latencies) bins[binOf(latency)] = (bins[binOf(latency)] ?? 0) + 1
    for (const q of [0, 0.5, 0.95, 0.99, 1]) {
      const exact = latencies[Math.floor(q * (latencies.length - 1))] ?? 0
      expect(Math.abs((quantile(bins, q) ?? 0) - exact) / exact).toBeLessThanOrEqual(0.0100001)
    }
  })

  it('say nothing of nothing', () => expect(quantile({}, 0.5)).toBeNull())
})

describe('windows', () => {
  const MINUTE = 60_000
  const lengthOf = { minute: MINUTE, hour: 60 * MINUTE, day: 24 * 60 * MINUTE }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('cover each of their minutes once, and no other (seed %i)', (seed) => {
    const random = seeded(seed)
    const now = Date.UTC(2026, 0, 1) + Math.floor(random() * 400 * 86_400_000)
    const pieces = piecesAt(now)
    Object.values(WINDOWS).forEach((length, index) => {
      const covered = new Map<number, number>()
      for (const { grain, from, to } of pieces.filter(({ reasons }) => (reasons & (1 << index)) !== 0)) {
        expect([from % lengthOf[grain], to % lengthOf[grain]]).toEqual([0, 0])
        for (let at = from; at < to; at += MINUTE) covered.set(at, (covered.get(at) ?? 0) + 1)
      }
      const first = Math.floor((now - length) / MINUTE) * MINUTE
      const last = Math.floor(now / MINUTE) * MINUTE
      expect(covered.size).toBe((last - first) / MINUTE + 1)
      expect([...covered.values()].every((times) => times === 1)).toBe(true)
      expect(Math.min(...covered.keys())).toBe(first)
      expect(Math.max(...covered.keys())).toBe(last)
    })
  })

  it.each([1, 2, 3, 4])('read no bucket twice, the hours of the last day included (seed %i)', (seed) => {
    const random = seeded(seed)
    const now = Date.UTC(2026, 0, 1) + Math.floor(random() * 400) * 86_400_000
    for (const at of [now, now + 1, now - 1, now + Math.floor(random() * 86_400_000)]) {
      const pieces = piecesAt(at, true)
      for (const { grain, from, to } of pieces) {
        expect(from).toBeLessThan(to)
        const others = pieces.filter((other) => other.grain === grain && other.from !== from)
        expect(others.filter((other) => other.from < to && from < other.to)).toEqual([])
      }
      const hours = pieces.filter(({ reasons }) => (reasons & 8) !== 0)
      expect(hours.every(({ grain }) => grain === 'hour')).toBe(true)
      expect(hours.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(24 * 60 * MINUTE)
      expect(Math.max(...hours.map(({ to }) => to))).toBe((Math.floor(at / (60 * MINUTE)) + 1) * 60 * MINUTE)
    }
  })
})

it('retries back off, doubling up to a minute, give or take a quarter', () => {
  const middle = () => 0.5
  expect([1, 2, 3, 20].map((attempt) => boundedBackoff(attempt, 250, 60_000, middle))).toEqual([
    250, 500, 1_000, 60_000,
  ])
  expect(boundedBackoff(1, 1_000, 60_000, () => 0)).toBe(750)
  expect(boundedBackoff(1, 1_000, 60_000, () => 1)).toBe(1_250)
})

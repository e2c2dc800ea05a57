import type { Cpu, Sample } from './measure.ts'
import { type Target, type TargetName, targets } from './targets.ts'

export type Spread = { median: number; min: number; max: number }

/**
 * One target over all rounds, in medians. A ratio is to a bare peer of the same round: of rates, and of the CPU time
 * that the bare server takes for a request to the CPU time that ours takes.
 */
export type Summary = {
  target: Target
  rate: number
  p50: number
  p99: number
  cpu: Cpu | undefined
  ratios: { peer: TargetName; rate: Spread; cpu: Spread | undefined }[]
  answered: number
  counted: number
}

export function summarise(rounds: Sample[][]): Summary[] {
  const find = (round: Sample[], name: TargetName) => round.find((sample) => sample.target === name)
  return targets.flatMap((target) => {
    const samples = rounds.flatMap((round) => find(round, target.name) ?? [])
    if (samples.length === 0) return []
    const of = (value: (sample: Sample) => number) => median(samples.map(value))
    const ratios = target.peers.flatMap((peer) => {
      const pairs = rounds.flatMap((round) => {
        const own = find(round, target.name)
        const bare = find(round, peer)
        return own && bare ? { own, bare } : []
      })
      if (pairs.length === 0) return []
      const cpu = pairs.flatMap(({ own, bare }) =>
        own.cpu && bare.cpu ? bare.cpu.server / own.cpu.server : [],
      )
      return {
        peer,
        rate: spread(pairs.map(({ own, bare }) => own.rate / bare.rate)),
        cpu: cpu.length === 0 ? undefined : spread(cpu),
      }
    })
    return {
      target,
      rate: of((sample) => sample.rate),
      p50: of((sample) => sample.p50),
      p99: of((sample) => sample.p99),
      cpu: medianCpu(samples.flatMap((sample) => sample.cpu ?? [])),
      ratios,
      answered: sum(samples.map((sample) => sample.answered)),
      counted: sum(samples.map((sample) => sample.counted)),
    }
  })
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  const high = sorted[Math.floor(middle)] ?? Number.NaN
  return (low + high) / 2
}

function medianCpu(samples: Cpu[]): Cpu | undefined {
  if (samples.length === 0) return undefined
  const of = (name: keyof Cpu) => median(samples.map((cpu) => cpu[name]))
  return {
    server: of('server'),
    redis: of('redis'),
    postgres: of('postgres'),
    wrk: of('wrk'),
    elsewhere: of('elsewhere'),
  }
}

const spread = (values: number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
})

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

import { table } from '../report.ts'
import { median } from '../summarise.ts'
import { whole } from '../usage/report.ts'
import type { Contender, Fsync } from './contenders.ts'
import type { Memory } from './inProcess.ts'
import type { Round, Sample } from './round.ts'

export type Rounds = Map<Fsync, Round[]>

const SPEEDS = [
  '',
  '`appendfsync`',
  'per second',
  'to bare',
  'p50 ms',
  'p99 ms',
  'server µs',
  'Redis µs',
  'elsewhere',
]

/** The results as Markdown: rates, what is between them, and the goals. Every number is the median of the rounds. */
export function toMarkdown(contenders: Contender[], rounds: Rounds, memory: Memory): string {
  const speeds = contenders.flatMap((contender) =>
    contender.fsync.map((fsync) => speedOf(contender, fsync, rounds)),
  )
  const others = [...rounds].flatMap(([fsync, list]) => [
    ...[0, 1].map((place) => {
      const of = (value: 'rate' | 'microseconds' | 'callers') =>
        median(list.map(({ inProcess }) => inProcess[place]?.[value] ?? Number.NaN))
      return [
        `in process, ${of('callers')} callers, \`${fsync}\``,
        `${whole(of('rate'))} a second`,
        `${of('microseconds').toFixed(1)} µs of CPU`,
      ]
    }),
    [
      `\`/forward-auth\` at half its rate, 200 keys, \`${fsync}\``,
      `p50 ${median(list.map(({ half }) => half.p50)).toFixed(2)} ms, p99 ${median(list.map(({ half }) => half.p99)).toFixed(2)} ms`,
      `${whole(median(list.map(({ half }) => half.rate)))} a second`,
    ],
  ])
  const kept = [`memory per cached key, of ${whole(memory.keys)}`, `${whole(memory.bytesPerKey)} bytes`, '']
  return [
    table(SPEEDS, speeds),
    table(['', '', ''], [...others, kept]),
    table(['goal', 'wanted', 'measured', 'least to most', ''], goals(rounds, memory)),
  ].join('\n\n')
}

function speedOf({ name, title }: Contender, fsync: Fsync, rounds: Rounds): string[] {
  const samples = (rounds.get(fsync) ?? []).flatMap((round) => round.samples.get(name) ?? [])
  const of = (value: (sample: Sample) => number | undefined) =>
    median(samples.map((sample) => value(sample) ?? Number.NaN))
  const bare = name === 'verify' || name === 'body' ? 'body' : 'http'
  return [
    title,
    name === 'http' || name === 'body' || name === 'database' ? '' : fsync,
    whole(of(({ rate }) => rate)),
    name === bare ? '' : median(ratios(rounds, fsync, name, bare)).toFixed(2),
    of(({ p50 }) => p50).toFixed(2),
    of(({ p99 }) => p99).toFixed(2),
    of(({ cpu }) => cpu?.server).toFixed(1),
    of(({ cpu }) => cpu?.redis).toFixed(1),
    `${Math.round(of(({ cpu }) => cpu?.elsewhere) * 100)} %`,
  ]
}

/** Of each round: the rate of one contender to that of another. What has no Redis is measured under the first setting alone. */
function ratios(rounds: Rounds, fsync: Fsync, name: string, peer: string): number[] {
  const first = rounds.get('everysec') ?? []
  return (rounds.get(fsync) ?? []).map(({ samples }, place) => {
    const other = samples.get(peer) ?? first[place]?.samples.get(peer)
    return (samples.get(name)?.rate ?? Number.NaN) / (other?.rate ?? Number.NaN)
  })
}

function goals(rounds: Rounds, memory: Memory): string[][] {
  const list = rounds.get('everysec') ?? []
  const few = (peer: string) => ratios(rounds, 'everysec', 'few', peer)
  const most = (of: (round: Round) => number) => list.map(of)
  const digits = (value: number) => (value >= 1_000 ? whole(value) : value.toFixed(2))
  const atLeast = (what: string, goal: number, values: number[]) =>
    row(what, `≥ ${digits(goal)}`, values, median(values) >= goal)
  const atMost = (what: string, goal: number, values: number[]) =>
    row(what, `≤ ${digits(goal)}`, values, median(values) <= goal)
  const row = (what: string, wanted: string, values: number[], reached: boolean) => [
    what,
    wanted,
    digits(median(values)),
    `${digits(Math.min(...values))} to ${digits(Math.max(...values))}`,
    reached ? 'reached' : '**missed**',
  ]
  return [
    atLeast('to bare `node:http`', 0.7, few('http')),
    atLeast('to Better Auth on Redis', 12, few('secondary')),
    atLeast('to Better Auth on Postgres', 40, few('database')),
    atLeast('to hand-written', 2, few('plain')),
    atLeast('to hand-written, auto-pipelining', 1.5, few('pipelined')),
    atMost(
      'p99 at half load, ms',
      3,
      most(({ half }) => half.p99),
    ),
    atLeast(
      'in process, a second, 64 callers',
      100_000,
      most(({ inProcess }) => inProcess[0]?.rate ?? 0),
    ),
    atMost('bytes per cached key', 1_024, [memory.bytesPerKey]),
  ]
}

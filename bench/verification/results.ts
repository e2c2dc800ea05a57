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
  'Postgres µs',
  'elsewhere',
]

type Measure = (sample: Sample) => number
const rateOf: Measure = ({ rate }) => rate
/**
 * Requests per microsecond of CPU: of the server and the databases that it uses. Other programs weigh less on it than
 * on a rate.
 */
const thriftOf: Measure = ({ cpu }) => (cpu ? 1 / (cpu.server + cpu.redis + cpu.postgres) : Number.NaN)

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
    table(['goal', 'wanted', 'measured', 'least to most', '', 'by CPU time'], goals(rounds, memory)),
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
    of(({ cpu }) => cpu?.postgres).toFixed(1),
    `${Math.round(of(({ cpu }) => cpu?.elsewhere) * 100)} %`,
  ]
}

/** Of each round: one contender to another. What has no Redis is measured under the first setting alone. */
function ratios(rounds: Rounds, fsync: Fsync, name: string, peer: string, measure = rateOf): number[] {
  const first = rounds.get('everysec') ?? []
  const of = (sample: Sample | undefined) => (sample ? measure(sample) : Number.NaN)
  return (rounds.get(fsync) ?? []).map(
    ({ samples }, place) => of(samples.get(name)) / of(samples.get(peer) ?? first[place]?.samples.get(peer)),
  )
}

function goals(rounds: Rounds, memory: Memory): string[][] {
  const list = rounds.get('everysec') ?? []
  const digits = (value: number) => (value >= 1_000 ? whole(value) : value.toFixed(2))
  const row = (what: string, goal: number, values: number[], { most = false, cpu = '' } = {}) => {
    const middle = median(values)
    const reached = most ? middle <= goal : middle >= goal
    const range = `${digits(Math.min(...values))} to ${digits(Math.max(...values))}`
    const wanted = `${most ? '≤' : '≥'} ${digits(goal)}`
    return [what, wanted, digits(middle), range, reached ? 'reached' : '**missed**', cpu]
  }
  const peer = (title: string, name: string, goal: number) =>
    row(title, goal, ratios(rounds, 'everysec', 'few', name), {
      cpu: digits(median(ratios(rounds, 'everysec', 'few', name, thriftOf))),
    })
  const halves = list.map(({ half }) => half.p99)
  const inProcess = list.map(({ inProcess: [first] }) => first?.rate ?? Number.NaN)
  return [
    peer('to bare `node:http`', 'http', 0.7),
    peer('to Better Auth on Redis', 'secondary', 12),
    peer('to Better Auth on Postgres', 'database', 40),
    peer('to hand-written', 'plain', 2),
    peer('to hand-written, auto-pipelining', 'pipelined', 1.5),
    row('p99 at half load, ms', 3, halves, { most: true }),
    row('in process, a second, 64 callers', 100_000, inProcess),
    row('bytes per cached key', 1_024, [memory.bytesPerKey], { most: true }),
  ]
}

import { cpus, loadavg, totalmem } from 'node:os'
import type { Sample } from './measure.ts'
import type { Spread, Summary } from './summarise.ts'

/** What the machine is, in one line, without its name. */
export function describeMachine(): string {
  const processors = cpus()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  const model = processors[0]?.model.trim() ?? 'unknown processor'
  return `${processors.length} cores (${model}), ${gigabytes} GB, ${process.platform}, Node ${process.versions.node}`
}

/** The machine's load over the last minute; the run itself is in it once it has begun. */
export const loadNow = () => (loadavg()[0] ?? 0).toFixed(2)

const RESULTS = [
  '',
  'per second',
  'p50 ms',
  'p99 ms',
  'server µs',
  'Redis µs',
  'Postgres µs',
  'wrk µs',
  'elsewhere',
]
const RATIOS = ['', 'rate', 'least to most', 'goal', 'CPU time', 'least to most']

/** The results as Markdown tables: readable as they are in a terminal, too. */
export function toMarkdown(summaries: Summary[]): string {
  const results = summaries.map(({ target, rate, p50, p99, cpu }) => [
    target.title,
    Math.round(rate).toLocaleString('en'),
    p50.toFixed(2),
    p99.toFixed(2),
    cpu?.server.toFixed(1) ?? '',
    target.server === 'api' ? (cpu?.redis.toFixed(1) ?? '') : '',
    target.server === 'api' ? (cpu?.postgres.toFixed(1) ?? '') : '',
    cpu?.wrk.toFixed(1) ?? '',
    cpu ? percent(cpu.elsewhere) : '',
  ])
  const ratios = summaries.flatMap(({ target, ratios }) =>
    ratios.map(({ peer, rate, cpu }) => [
      `${target.name} to ${peer}`,
      rate.median.toFixed(2),
      range(rate),
      peer === target.peers[0] && target.goal !== undefined ? `≥ ${target.goal}` : '',
      cpu?.median.toFixed(2) ?? '',
      cpu ? range(cpu) : '',
    ]),
  )
  return `${table(RESULTS, results)}\n\n${table(RATIOS, ratios)}`
}

/** What was acknowledged and counted, in words. */
export function describeCounts(summaries: Summary[]): string {
  const number = (value: number) => value.toLocaleString('en')
  return summaries
    .filter(({ target }) => target.counts !== 'nothing')
    .map(({ target, answered, counted }) => {
      const what = target.counts === 'events' ? 'events' : 'requests'
      const cut = number(counted - answered)
      return `- ${target.name}: ${number(answered)} ${what} acknowledged, ${number(counted)} counted (${cut} more, cut off by wrk)`
    })
    .join('\n')
}

/** One line while it runs. */
export function describeSample({ target, rate, p99, cpu }: Sample): string {
  const cost = cpu ? `, ${cpu.server.toFixed(1)} µs of CPU each, elsewhere ${percent(cpu.elsewhere)}` : ''
  return `${target.padEnd(12)} ${Math.round(rate)}/s, p99 ${p99.toFixed(1)} ms${cost}`
}

/** A Markdown table: numbers to the right, but for the first column. */
export function table(head: string[], rows: string[][]): string {
  const alignment = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [head, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const range = ({ min, max }: Spread) => `${min.toFixed(2)} to ${max.toFixed(2)}`
const percent = (part: number) => `${Math.round(part * 100)} %`

import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Span } from '../../test/support/startCollector.ts'
import { percentile, table } from '../report.ts'

/** How long each step of one unit of work took, in ms. They follow one another, so they add up to all of it. */
export type Steps = Map<string, number>

const ALL = 'all'
/** After that long a process has sent the spans that it had. */
const SENT_MS = 5_000

/** The mean and the p99 of each step; means add up. A column of each for each circumstance. */
export function renderSteps(of: string, circumstances: { head: string; units: Steps[] }[]): string {
  const names = [...new Set(circumstances.flatMap(({ units }) => units.flatMap((unit) => [...unit.keys()])))]
  const sum = (unit: Steps) => [...unit.values()].reduce((total, ms) => total + ms, 0)
  const row = (name: string, read: (unit: Steps) => number) => [
    name,
    ...circumstances.flatMap(({ units }) => {
      const times = units.map(read)
      const mean = times.reduce((total, ms) => total + ms, 0) / times.length
      return [mean.toFixed(1), percentile(times, 0.99).toFixed(1)]
    }),
  ]
  const heads = circumstances.flatMap(({ head }) => [`${head}: mean`, 'p99'])
  return table(
    [`ms ${of}`, ...heads],
    [...names.map((name) => row(name, (unit) => unit.get(name) ?? 0)), row(ALL, sum)],
  )
}

/** The steps between instants that follow one another; each is named by what goes on before it. */
export function stepsOf(from: number, instants: [string, number][]): Steps {
  let last = from
  return new Map(
    instants.map(([name, at]) => {
      const ms = at - last
      last = at
      return [name, ms]
    }),
  )
}

/** The headers with which a caller begins a trace. */
export function beginTrace() {
  const traceId = randomBytes(16).toString('hex')
  return { traceId, headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` } }
}

export async function allSpans(collector: { spans: () => Span[] }): Promise<Span[]> {
  await delay(SENT_MS)
  return collector.spans()
}

/** In ms since 1970, by the clock of the process. */
export const began = (span: Span) => Number(span.startTimeUnixNano) / 1e6
export const ended = (span: Span) => Number(span.endTimeUnixNano) / 1e6

import type { PartName } from './Part.ts'

/** A row of the table: one figure and its goal. Exactly one of `most` and `least` is set. */
export type Goal = {
  id: string
  /** The part that measures it. */
  part: PartName
  what: string
  unit: '' | 'µs' | 'ms' | 's' | '/s'
  digits: number
  most?: number
  least?: number
}

const ratio = { unit: '', digits: 2 } as const
const micros = { unit: 'µs', digits: 1 } as const
const millis = { unit: 'ms', digits: 1 } as const
const perSecond = { unit: '/s', digits: 0 } as const

/** Rates at which latencies are compared with the bare server's, per second. */
export const RATES = [4_000, 8_000, 12_000] as const

const latencies = RATES.flatMap((rate): Goal[] => {
  const what = `at ${rate.toLocaleString('en')} requests/s`
  const id = `latency-${rate}`
  return [
    { id: `${id}-ratio`, part: 'latency', what: `p99 ÷ bare's p99 ${what}`, ...ratio, most: 1.5 },
    { id: `${id}-more`, part: 'latency', what: `p99 − bare's p99 ${what}`, ...millis, digits: 2, most: 1 },
  ]
})

/** The goals of speed, in the order of the table. A part that measures something new adds a line here. */
export const goals: Goal[] = [
  {
    id: 'forward-auth',
    part: 'verification',
    what: 'api CPU, `/forward-auth` ÷ bare `node:http`',
    ...ratio,
    most: 1.45,
  },
  {
    id: 'verify',
    part: 'verification',
    what: 'api CPU, `/verify` ÷ bare that parses the body',
    ...ratio,
    most: 1.45,
  },
  { id: 'redis', part: 'verification', what: 'Redis CPU a verification, 200 keys', ...micros, most: 5 },
  { id: 'redis-1', part: 'verification', what: 'Redis CPU a verification, 1 key', ...micros, most: 2.5 },
  {
    id: 'redis-8',
    part: 'in-process',
    what: 'Redis CPU a verification, batches of 8',
    ...micros,
    most: 10,
  },
  {
    id: 'hand-written',
    part: 'verification',
    what: 'CPU of api and Redis: hand-written with auto-pipelining ÷ `/forward-auth`',
    ...ratio,
    least: 2,
  },
  {
    id: 'better-auth',
    part: 'verification',
    what: 'CPU of api and Redis: Better Auth on Redis ÷ `/forward-auth`',
    ...ratio,
    digits: 1,
    least: 25,
  },
  {
    id: 'in-process-cpu',
    part: 'in-process',
    what: 'in process: CPU a verification, 64 callers',
    ...micros,
    most: 4.5,
  },
  {
    id: 'in-process-rate',
    part: 'in-process',
    what: 'in process: verifications on one core, 64 callers',
    ...perSecond,
    least: 120_000,
  },
  ...latencies,
  {
    id: 'rollup',
    part: 'rollup',
    what: 'events rolled up by one worker, 500 addresses a key',
    ...perSecond,
    least: 60_000,
  },
  { id: 'rollup-few', part: 'rollup', what: 'the same, 5 addresses a key', ...perSecond, least: 90_000 },
  {
    id: 'rollup-completing',
    part: 'rollup',
    what: 'the same, each completes a verification',
    ...perSecond,
    least: 60_000,
  },
  { id: 'postgres', part: 'rollup', what: 'Postgres CPU an event', ...micros, most: 10 },
  {
    id: 'claims',
    part: 'claims',
    what: 'Postgres CPU an event, with 50 million claims present ÷ with none',
    ...ratio,
    most: 1.2,
  },
  {
    id: 'fresh',
    part: 'freshness',
    what: 'an event shows, at 10,000 events/s, p99',
    unit: 's',
    digits: 2,
    most: 1,
  },
  { id: 'usage', part: 'reading', what: "a key's usage, one reader, p99", ...millis, most: 10 },
  {
    id: 'page',
    part: 'reading',
    what: 'a page of 100 keys with usage, one reader, p99',
    ...millis,
    most: 40,
  },
  { id: 'usage-8', part: 'reading', what: "a key's usage, eight readers, p99", ...millis, most: 40 },
  {
    id: 'page-8',
    part: 'reading',
    what: 'a page of 100 keys with usage, eight readers, p99',
    ...millis,
    most: 200,
  },
  { id: 'revoke', part: 'revocation', what: 'revoke, three regions, at rest, p99', ...millis, most: 20 },
  { id: 'revoke-busy', part: 'revocation', what: 'the same beside busy verifiers, p99', ...millis, most: 40 },
  { id: 'create', part: 'create', what: 'create a key, at 100 a second, p99', ...millis, most: 40 },
  {
    id: 'alert',
    part: 'alerts',
    what: 'crossing to the first delivery attempt, p99',
    unit: 's',
    digits: 2,
    most: 3,
  },
  {
    id: 'start',
    part: 'start',
    what: 'process start to first verification',
    unit: 's',
    digits: 2,
    most: 0.7,
  },
]

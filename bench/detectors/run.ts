import { parseArgs } from 'node:util'
import {
  type Baseline,
  baselineOf,
  HOURS,
  type Mix,
  UNKNOWN_IP,
  unusualErrors,
  unusualHours,
  usageSpike,
} from '../../src/domain/alerts/detectors.ts'
import { type Reading, restingState, stepAlert } from '../../src/domain/alerts/stepAlert.ts'
import { createRandom } from '../../test/support/random.ts'
import { type Abuse, HISTORY_DAYS, KINDS, makeTrace, SLOTS_PER_HOUR, type Trace } from './traffic.ts'

const SLOT_MS = 600_000
const DAY = 24 * SLOTS_PER_HOUR
const WEEK = 7 * DAY

const { values } = parseArgs({
  // Seeds 1 to 3 are those that thresholds were chosen on.
  options: { seeds: { type: 'string', default: '4-10' }, keys: { type: 'string', default: '300' } },
})

/** Sums of a column before each slot, so that any window is a difference. */
type Columns = { requests: number[]; clientErrors: number[]; refused: number[]; hours: number[] }

function columnsOf({ slots }: Trace): Columns {
  const running = (of: (index: number) => number) => {
    const sums = [0]
    for (let index = 0; index < slots.length; index++) sums.push((sums[index] ?? 0) + of(index))
    return sums
  }
  const requests = running((index) => slots[index]?.requests ?? 0)
  const hours: number[] = []
  for (let at = 0; at < slots.length; at += SLOTS_PER_HOUR)
    hours.push((requests[at + SLOTS_PER_HOUR] ?? 0) - (requests[at] ?? 0))
  return {
    requests,
    clientErrors: running((index) => slots[index]?.clientErrors ?? 0),
    refused: running((index) => slots[index]?.refused ?? 0),
    hours,
  }
}

const within = (sums: number[], from: number, to: number) => (sums[to] ?? 0) - (sums[Math.max(0, from)] ?? 0)

/** The hours of four weeks at this place in the week, and their neighbours. */
const sameHours = ({ hours }: Columns, hour: number) =>
  [1, 2, 3, 4].flatMap((week) => [-1, 0, 1].map((beside) => hours[hour - week * 168 + beside] ?? 0))

const hourOf = (slot: number) => Math.floor((slot - SLOTS_PER_HOUR / 2) / SLOTS_PER_HOUR)

type BaselineAt = (hour: number) => Baseline | undefined

/** The usual is read once an hour, as the service does. */
function once(read: BaselineAt): BaselineAt {
  let last = { hour: Number.NaN, baseline: undefined as Baseline | undefined }
  return (hour) => {
    if (last.hour !== hour) last = { hour, baseline: read(hour) }
    return last.baseline
  }
}

function spikes(columns: Columns, read: BaselineAt): (at: number) => Reading {
  const usual = once(read)
  return (at) => usageSpike(within(columns.requests, at - SLOTS_PER_HOUR, at), usual(hourOf(at)))
}

const withWeeks = (columns: Columns) =>
  spikes(columns, (hour) => baselineOf(sameHours(columns, hour), columns.hours.slice(hour - 672, hour)))

/** As long as it has nothing but the last three days: EWMA. */
const withDays = (columns: Columns) =>
  spikes(columns, (hour) => baselineOf([], columns.hours.slice(hour - 72, hour)))

function errors(columns: Columns, at: number): Reading {
  const mix = (from: number, to: number): Mix => {
    const refused = within(columns.refused, from, to)
    return {
      asked: within(columns.requests, from, to) + refused,
      bad: { '4xx': within(columns.clientErrors, from, to), refused },
    }
  }
  return unusualErrors(mix(at - 2, at), mix(at - 2 - WEEK, at - 2))
}

function night(columns: Columns, at: number): Reading {
  const requests = within(columns.requests, at - SLOTS_PER_HOUR, at)
  if (requests < HOURS.minRequests) return unusualHours(0, { days: 0, requests: 0, sameHours: 0, active: 1 })
  const hour = hourOf(at)
  const past = columns.hours.slice(hour - 672, hour)
  const active = new Set(past.flatMap((count, index) => (count > 0 ? [index % 168] : [])))
  return unusualHours(requests, {
    days: 28,
    requests: past.reduce((sum, count) => sum + count, 0),
    sameHours: sameHours(columns, hour).reduce((sum, count) => sum + count, 0),
    active: active.size / 168,
  })
}

/** What readUnknownIps.ts asks in SQL: a network of today that none of the days before had. */
function networks({ slots }: Trace): (at: number) => Reading {
  const lastDay = Math.floor((slots.length - 1) / DAY)
  const seen: Set<number>[] = Array.from({ length: lastDay + 1 }, () => new Set())
  slots.forEach((slot, index) => {
    for (const network of slot.networks) seen[Math.floor(index / DAY)]?.add(network)
  })
  let day = -1
  let known = new Set<number>()
  let breached = false
  return (at) => {
    const today = Math.floor((at - 1) / DAY)
    if (today !== day) {
      day = today
      breached = false
      known = new Set(seen.slice(Math.max(0, today - 35), today).flatMap((set) => [...set]))
    }
    if (known.size <= UNKNOWN_IP.maxNetworks)
      breached ||= (slots[at - 1]?.networks ?? []).some((network) => !known.has(network))
    return { value: null, threshold: null, breached, calm: !breached }
  }
}

type Score = {
  alerts: number
  right: number
  episodes: number
  found: number
  delays: number[]
  keyDays: number
}
const empty = (): Score => ({ alerts: 0, right: 0, episodes: 0, found: 0, delays: [], keyDays: 0 })

/** Runs a detector over the test week, by the state machine that the service has. */
function score(total: Score, trace: Trace, abuse: Abuse, read: (at: number) => Reading): void {
  const timing = { forMinutes: 0, repeatMinutes: null, notifyRecovery: false, mutedUntil: null }
  const fired: number[] = []
  let state = restingState(0)
  for (let at = HISTORY_DAYS * DAY; at <= trace.slots.length; at++) {
    const next = stepAlert(timing, state, read(at), at * SLOT_MS)
    state = next.state
    if (next.events.some((event) => event.type === 'fired')) fired.push(at)
  }
  // A window still holds an episode for an hour after its end.
  const isIn = (at: number, one: { from: number; to: number }) =>
    at > one.from && at <= one.to + SLOTS_PER_HOUR
  // Whatever misuse it was that a detector noticed, the alert was right.
  total.alerts += fired.length
  total.right += fired.filter((at) => trace.abuses.some((one) => isIn(at, one))).length
  for (const episode of trace.abuses.filter((one) => one.abuse === abuse)) {
    total.episodes += 1
    const first = fired.find((at) => isIn(at, episode))
    if (first === undefined) continue
    total.found += 1
    total.delays.push((first - episode.from) * 10)
  }
  total.keyDays += (trace.slots.length - HISTORY_DAYS * DAY) / DAY
}

const scores = new Map<string, Score>()
function scoreOf(name: string): Score {
  const one = scores.get(name) ?? empty()
  scores.set(name, one)
  return one
}

/** A population of keys by one seed, every detector over each. */
function runSeed(seed: number): void {
  const random = createRandom(seed)
  for (let index = 0; index < Number(values.keys); index++) {
    const kind = KINDS[index % KINDS.length] ?? 'steady'
    const trace = makeTrace(random, kind, random.chance(0.25))
    const columns = columnsOf(trace)
    score(scoreOf('`usage_spike`, four weeks of history'), trace, 'spike', withWeeks(columns))
    score(scoreOf('`usage_spike`, three days of history (EWMA)'), trace, 'spike', withDays(columns))
    score(scoreOf('`unusual_errors`'), trace, 'errors', (at) => errors(columns, at))
    score(scoreOf('`unusual_hours`'), trace, 'night', (at) => night(columns, at))
    score(scoreOf('`unknown_ip`'), trace, 'network', networks(trace))
  }
}

const [first = 0, last = first] = values.seeds.split('-').map(Number)
for (let seed = first; seed <= last; seed++) runSeed(seed)

const percent = (part: number, whole: number) =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
const at = (delays: number[], share: number) =>
  delays.toSorted((a, b) => a - b)[Math.floor(share * (delays.length - 1))] ?? '–'
console.log(`Seeds ${values.seeds}, ${values.keys} keys each, a quarter of them misused; a week each.\n`)
console.log(
  '| detector | episodes | recall | alerts | precision | false alerts per key and year | delay min, median | 95 % |',
)
console.log('|---|---:|---:|---:|---:|---:|---:|---:|')
for (const [name, one] of scores) {
  const wrong = (((one.alerts - one.right) / one.keyDays) * 365).toFixed(1)
  console.log(
    `| ${name} | ${one.episodes} | ${percent(one.found, one.episodes)} | ${one.alerts} | ${percent(one.right, one.alerts)} | ${wrong} | ${at(one.delays, 0.5)} | ${at(one.delays, 0.95)} |`,
  )
}

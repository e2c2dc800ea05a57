/** What the calls of tracing cost a command while tracing is off: see README.md. */
import { tracing } from '../src/platform/tracing.ts'
import { describeRun, publish, table } from './report.ts'

const CALLS = 2_000_000
const ROUNDS = 7

const facts = { 'pictify.command.kind': 'create-api-key', 'pictify.command.id': 'op_1' }
const run = () => Promise.resolve()
const send = () => undefined

/** Each call with what its caller hands to it, and how often a created key makes it, in api and worker. */
const made: { name: string; times: number; call: () => unknown }[] = [
  {
    name: 'name the span of a request',
    times: 1,
    call: () => tracing.note({ 'http.route': '/api-keys' }, `POST ${facts['pictify.command.id']}`),
  },
  {
    name: 'run a command as a span',
    times: 1,
    call: () => tracing.traced(`command ${facts['pictify.command.kind']}`, { ...facts }, run),
  },
  { name: 'note its outcome', times: 1, call: () => tracing.note({ 'pictify.outcome': 'succeeded' }) },
  { name: 'store the trace with a job', times: 2, call: () => tracing.carry() },
  { name: 'continue it', times: 2, call: () => tracing.resume(undefined, send) },
  {
    name: 'write to a region as a span',
    times: 1,
    call: () => tracing.traced('write region', { 'pictify.region': 'primary' }, run),
  },
  { name: 'exemplar of a histogram', times: 4, call: () => tracing.ids() ?? {} },
]

/** The fewest nanoseconds of CPU that a call took in any round, with the loop around it. */
function nanoseconds(call: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let index = 0; index < CALLS; index++) call()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, ((user + system) * 1_000) / CALLS)
  }
  return least
}

const measured = made.map(({ name, times, call }) => ({ name, times, each: nanoseconds(call) }))
const all = measured.reduce((sum, { times, each }) => sum + times * each, 0)
const rows = [
  ...measured.map(({ name, times, each }) => [
    name,
    String(times),
    each.toFixed(0),
    (times * each).toFixed(0),
  ]),
  ['all', '', '', all.toFixed(0)],
]
const how = `The least of ${ROUNDS} rounds of ${CALLS.toLocaleString('en')} calls.`
const markdown = table(['call, while tracing is off', 'a created key', 'ns each', 'ns a created key'], rows)
await publish('tracing', `${describeRun(how)}\n\n${markdown}`, process.argv.includes('--write'))

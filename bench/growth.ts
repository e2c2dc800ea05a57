/** What grows with the number of keys: see README.md. */
import { parseArgs } from 'node:util'
import { measureActiveKeys } from './growth/rollup.ts'
import { measureKeys } from './growth/verification.ts'
import { describeRun, publish, table, whole } from './report.ts'

const { values } = parseArgs({
  options: {
    keys: { type: 'string' },
    active: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const { quick, only, write } = values
const sizes = (text: string) => text.split(',').map(Number)
const inRegion = sizes(values.keys ?? (quick ? '1,1000,20000' : '1,1000,100000,5000000'))
const active = sizes(values.active ?? (quick ? '100,2000' : '100,10000,100000'))
const rounds = Number(values.rounds ?? (quick ? 1 : 5))

/** If one measurement fails, its row says so and the other measurement still runs. */
async function attempt(name: string, measure: () => Promise<string>): Promise<string> {
  if (only !== undefined && only !== name) return `${name}: not run.`
  try {
    return await measure()
  } catch (error) {
    console.error(error)
    process.exitCode = 1
    return `${name}: failed: ${error instanceof Error ? error.message : error}`
  }
}

const number = (value: number, digits = 0) =>
  Number.isNaN(value) ? '' : digits ? value.toFixed(digits) : whole(value)

const verification = await attempt('verification', async () => {
  const measured = await measureKeys(inRegion, { rounds, seconds: quick ? 1 : 3 })
  const head = [
    'keys in the region',
    'per second',
    'verifier µs',
    'Redis µs',
    'p99 ms',
    'Redis: bytes a key',
    'and one used today',
    'verifier: bytes a key',
  ]
  const rows = measured.map(({ keys, rate, microseconds, redis, p99, stored, used, cached }) => [
    whole(keys),
    whole(rate),
    number(microseconds, 1),
    number(redis, 1),
    number(p99, 2),
    ...[stored, used, cached].map((bytes) => number(bytes)),
  ])
  return table(head, rows)
})
const rollup = await attempt('rollup', async () => {
  const measured = await measureActiveKeys(active, { rounds, events: quick ? 50_000 : 200_000 })
  const head = ['keys active in a minute', 'events/s', 'worker µs', 'Redis µs', 'Postgres µs']
  const rows = measured.map(({ keys, rate, worker, redis, postgres }) => [
    whole(keys),
    whole(rate),
    ...[worker, redis, postgres].map((cost) => number(cost, 1)),
  ])
  return table(head, rows)
})
await publish('growth', [describeRun(`Medians of ${rounds}.`), verification, rollup].join('\n\n'), write)

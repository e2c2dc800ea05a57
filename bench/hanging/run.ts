/** Measures verification while Postgres, and then Redis, is stopped for a while: see ../README.md. */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { hangServer } from '../../src/dev/hangServer.ts'
import { createKeys, type Keys } from '../createKeys.ts'
import { describeRun, percentile, publish, say, table, wholeNumber } from '../report.ts'
import { startService } from '../startService.ts'
import { verifyRequests } from '../verifyRequests.ts'
import { MARGIN_MS, REFUSED_MS } from './bounds.ts'
import { openLibrary } from './openLibrary.ts'
import { overHttp } from './overHttp.ts'
import { createKey, type Probed, probe, warmPools } from './probe.ts'
import { type Asked, startCalls, summarise } from './timeline.ts'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
    'postgres-seconds': { type: 'string', default: '60' },
    'redis-seconds': { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
})
const rate = wholeNumber('rate', values.rate)
const seconds = wholeNumber('seconds', values.seconds)
const postgresSeconds = wholeNumber('postgres-seconds', values['postgres-seconds'])
const redisSeconds = wholeNumber('redis-seconds', values['redis-seconds'])

type Phase = { name: string; from: number; to: number }
/** Those of a load: all that it asked, in the order of LOADS. */
type All = Asked[][]

const LOADS = ['`/verify`', '`/forward-auth`', '`library.verify`']

/** What did not keep to its bound; each is said at the end. */
const missed: string[] = []

const service = await startService()
const { url } = service.api
let goOn = () => {}
try {
  const rows = await service.withWorker(measure)
  const how =
    `One api process and one worker; ${rate} requests a second each of \`/verify\`, \`/forward-auth\` and the library in the ` +
    `load's own process, over 200 keys. Postgres stopped for ${postgresSeconds} s, Redis for ${redisSeconds} s.`
  await publish('hanging', `${describeRun(how)}\n\n${rows}`, values.write)
} finally {
  goOn()
  await service.stop()
}
for (const one of missed) say(one)
if (missed.length > 0) process.exitCode = 1

async function measure(): Promise<string> {
  const keys = await createKeys(service)
  say('load')
  const address = new URL(url)
  const targets = [
    overHttp(address, verifyRequests(keys)),
    overHttp(address, forwardAuthRequests(keys)),
    await openLibrary(service.env.REDIS_URL, keys),
  ]
  const loads = targets.map((target) => startCalls(target, rate))
  const now = () => loads[0]?.now() ?? 0
  const phases: Phase[] = []
  const during = async <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    say(name)
    const from = now()
    const value = await work()
    phases.push({ name, from, to: now() })
    return value
  }
  const wait = () => delay(seconds * 1000)

  await delay(5_000)
  await during('before', wait)
  await warmPools(url, keys)
  goOn = await hangServer(service.postgresPid)
  const probed = await during('Postgres stopped', () => probe(url, keys, postgresSeconds * 1000))
  goOn()
  const workedAt = now()
  while ((await createKey(url, keys)) !== 201) await delay(50)
  const worksAfter = now() - workedAt
  await during('after that', wait)
  const stoppedAt = now()
  goOn = await hangServer(service.redisPid)
  await during('Redis stopped', () => delay(redisSeconds * 1000))
  goOn()
  const redisBack = now()
  await during('after it', wait)
  const all = await Promise.all(loads.map((load) => load.stop()))

  requireAnswers(phases, all)
  const later = all.flat().filter(({ due }) => due >= stoppedAt)
  const refused = later.filter(({ due, status }) => due < redisBack && status === 503)
  const slowest = Math.max(...refused.map((one) => one.ms))
  const again = Math.min(
    ...later.filter(({ due, status }) => due > redisBack && status === 200).map((one) => one.due + one.ms),
  )
  return [
    phaseTable(phases, all),
    probeTable(probed),
    table(
      ['', 'measured', 'bound', ''],
      [
        ['Postgres goes on: until a key can be created', ms(worksAfter), '', ''],
        ['Redis stopped: the slowest 503', ...judged('the slowest 503 without Redis', slowest, REFUSED_MS)],
        ['Redis goes on: until the first 200', ms(again - redisBack), '', ''],
      ],
    ),
  ].join('\n\n')
}

/** The cells of what was measured, its bound, and whether it was kept. */
function judged(what: string, measured: number, boundMs: number, marginMs = 0): string[] {
  const isKept = measured <= boundMs + marginMs
  if (!isKept) missed.push(`${what}: ${ms(measured)} instead of ${ms(boundMs)}`)
  return [ms(measured), ms(boundMs), isKept ? 'kept' : '**missed**']
}

/** Known keys go on while Postgres is stopped, and nothing is admitted while Redis is. */
function requireAnswers(phases: Phase[], all: All): void {
  const expected: Record<string, { status: number; waits: number }> = {
    'Postgres stopped': { status: 200, waits: 0 },
    // What still waits when Redis goes on is decided.
    'Redis stopped': { status: 503, waits: REFUSED_MS },
  }
  for (const { name, from, to } of phases)
    for (const [place, load] of LOADS.entries()) {
      const { status, waits } = expected[name] ?? {}
      if (status === undefined || waits === undefined) continue
      const others = all[place]?.filter(
        (one) => one.due >= from && one.due < to - waits && one.status !== status,
      )
      if (others?.length) missed.push(`${name}: ${others.length} of ${load} did not get ${status}`)
    }
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 2 : 0)} ms`
}

function phaseTable(phases: Phase[], all: All): string {
  const rows = phases.flatMap(({ name, from, to }) =>
    LOADS.map((load, place) => {
      const { requests, p50, p99, most, unavailable, lost } = summarise(all[place] ?? [], from, to)
      const numbers = [p50, p99, most].map((value) => value.toFixed(2))
      return [name, load, String(requests), ...numbers, String(unavailable), String(lost)]
    }),
  )
  return table(['', '', 'requests', 'p50 ms', 'p99 ms', 'most ms', '503', 'neither 200 nor 503'], rows)
}

function probeTable(probed: Probed[]): string {
  const rows = probed.map(({ name, boundMs, times, statuses }) => {
    const counts = [...new Set(statuses)].map(
      (status) => `${statuses.filter((one) => one === status).length} × ${status}`,
    )
    const most = judged(`${name}, while Postgres was stopped`, Math.max(...times), boundMs, MARGIN_MS)
    return [name, counts.join(', '), ms(percentile(times, 0.5)), ...most]
  })
  return table(['while Postgres is stopped', 'answers', 'p50', 'most', 'bound', ''], rows)
}

function forwardAuthRequests({ values: secrets }: Keys): Buffer[] {
  return secrets.map((key) =>
    Buffer.from(`GET /forward-auth HTTP/1.1\r\nHost: bench\r\nX-API-Key: ${key}\r\n\r\n`),
  )
}

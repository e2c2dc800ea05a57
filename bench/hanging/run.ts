/** Measures verification while Postgres, and then Redis, is stopped for a while: see ../README.md. */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { hangServer } from '../../src/dev/hangServer.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { createKeys, type Keys } from '../createKeys.ts'
import { describeRun, percentile, publish, say, table, wholeNumber } from '../report.ts'
import { startService } from '../startService.ts'
import { verifyRequests } from '../verifyRequests.ts'
import { type Asked, startTimeline, summarise } from './timeline.ts'

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

const ROUTES = ['/verify', '/forward-auth'] as const
type Route = (typeof ROUTES)[number]
type Phase = { name: string; from: number; to: number }

const PROBE_MS = 1_000

const service = await startService()
const { url } = service.api
let goOn = () => {}
try {
  const rows = await service.withWorker(measure)
  const how =
    `One api process and one worker; ${rate} requests a second of \`/verify\` and as many of \`/forward-auth\`, over 200 keys. ` +
    `Postgres stopped for ${postgresSeconds} s, Redis for ${redisSeconds} s.`
  await publish('hanging', `${describeRun(how)}\n\n${rows}`, values.write)
} finally {
  goOn()
  await service.stop()
}

async function measure(): Promise<string> {
  const keys = await createKeys(service)
  say('load')
  const loads = ROUTES.map((route) => startTimeline(new URL(url), requestsOf(route, keys), rate))
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
  goOn = await hangServer(service.postgresPid)
  const refused = await during('Postgres stopped', () => probe(keys, postgresSeconds * 1000))
  goOn()
  const workedAt = now()
  await untilCreated(keys)
  const worksAfter = now() - workedAt
  await during('after that', wait)
  const stoppedAt = now()
  goOn = await hangServer(service.redisPid)
  await during('Redis stopped', () => delay(redisSeconds * 1000))
  goOn()
  const redisBack = now()
  await during('after it', wait)
  const asked = await Promise.all(loads.map((load) => load.stop()))

  const first = asked.flat().filter(({ due }) => due >= stoppedAt)
  const refusedFirst = Math.min(
    ...first.filter(({ status }) => status === 503).map(({ due, ms }) => due + ms),
  )
  const again = Math.min(
    ...first.filter(({ due, status }) => due > redisBack && status === 200).map(({ due, ms }) => due + ms),
  )
  return [
    phaseTable(phases, asked),
    table(
      ['', '', ''],
      [
        [
          'Postgres stopped: a call that needs it',
          ms(percentile(refused.times, 0.5)),
          `at most ${ms(Math.max(...refused.times))}`,
        ],
        ['its answers', refused.statuses, ''],
        ['Postgres goes on: until a key can be created', ms(worksAfter), ''],
        ['Redis stopped: until the first 503', ms(refusedFirst - stoppedAt), ''],
        ['Redis goes on: until the first 200', ms(again - redisBack), ''],
      ],
    ),
  ].join('\n\n')
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 2 : 0)} ms`
}

function phaseTable(phases: Phase[], asked: Asked[][]): string {
  const rows = phases.flatMap(({ name, from, to }) =>
    ROUTES.map((route, place) => {
      const { requests, p50, p99, most, unavailable, lost } = summarise(asked[place] ?? [], from, to)
      const numbers = [p50, p99, most].map((value) => value.toFixed(2))
      return [name, `\`${route}\``, String(requests), ...numbers, String(unavailable), String(lost)]
    }),
  )
  return table(['', '', 'requests', 'p50 ms', 'p99 ms', 'most ms', '503', 'neither 200 nor 503'], rows)
}

/** Calls that need Postgres, one of each kind a second: an unknown key, a management read, a command. */
async function probe({ serviceToken, adminKey }: Keys, forMs: number) {
  const times: number[] = []
  const statuses = new Map<number, number>()
  const ask = async (path: string, secret: string, body?: object) => {
    const started = performance.now()
    const response = await fetch(`${url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    await response.arrayBuffer()
    times.push(performance.now() - started)
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
  }
  const asking: Promise<void>[] = []
  for (const until = performance.now() + forMs; performance.now() < until; await delay(PROBE_MS)) {
    asking.push(
      ask('/verify', serviceToken, { key: generateSecret('pk', 'live').value }),
      ask('/api-keys', adminKey),
      ask('/api-keys', adminKey, { name: 'While it hangs', type: 'live' }),
    )
  }
  await Promise.all(asking)
  return { times, statuses: [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ') }
}

async function untilCreated({ adminKey }: Keys): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api-keys`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Again', type: 'live' }),
    })
    await response.arrayBuffer()
    if (response.status === 201) return
    await delay(50)
  }
}

function requestsOf(route: Route, keys: Keys): Buffer[] {
  if (route === '/verify') return verifyRequests(keys)
  return keys.values.map((key) =>
    Buffer.from(`GET /forward-auth HTTP/1.1\r\nHost: bench\r\nX-API-Key: ${key}\r\n\r\n`),
  )
}

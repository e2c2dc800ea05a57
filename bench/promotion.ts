/**
 * For how long keys cannot be created when Postgres's primary dies and its synchronous standby takes its place, whether
 * known keys are verified meanwhile, and whether everything that was acknowledged is there: see README.md. `--rounds
 * 50`, `--write`.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startFlakyProxy } from '../test/support/flakyProxy.ts'
import { startOwnPostgres } from '../test/support/ownPostgres.ts'
import { startStandby } from '../test/support/startStandby.ts'
import { isAdmitted } from './isAdmitted.ts'
import { describeRun, percentile, publish, say, table, wholeNumber } from './report.ts'
import { startService } from './startService.ts'

/** How often a key is verified, and how often one is created, in ms. */
const VERIFY_MS = 10
const CREATE_MS = 50
/** Between two promotions, in ms. */
const PAUSE_MS = 2_000

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '50' }, write: { type: 'boolean', default: false } },
})
const rounds = wholeNumber('rounds', values.rounds)

const first = await startOwnPostgres()
const url = new URL(first.databaseUrl)
const address = await startFlakyProxy(Number(url.port))
const urlAt = (port: number) => Object.assign(new URL(url), { port: String(port) }).href
const service = await startService({
  postgres: { url: urlAt(address.port), pid: 0, stop: async () => {} },
  env: { LOG_LEVEL: 'silent', CALLS_PER_MINUTE: '100000' },
})
const worker = await service.startWorker()
let primary: { url: string; kill: () => Promise<void> } = { url: url.href, kill: first.kill }
let isOver = false

const account = await service.cli('account', 'create', '--name', 'Bench', '--plan', 'enterprise')
const { serviceToken: token = '' } = await service.cli('service-token', 'create', '--name', 'bench')
const admittedAt: number[] = []
const createdAt: number[] = []
const running = Promise.all([verify(), create()])

const [creating, promoting, verifying]: [number[], number[], number[]] = [[], [], []]
for (let round = 0; round < rounds; round++) {
  const standby = await startStandby(primary.url)
  await standby.becomeSynchronous()
  await delay(PAUSE_MS)
  const killed = performance.now()
  await primary.kill()
  await standby.promote()
  address.lead(standby.port)
  const promoted = performance.now()
  while ((createdAt.at(-1) ?? 0) < promoted) await delay(5)
  creating.push((createdAt.find((at) => at > promoted) ?? 0) - killed)
  promoting.push(promoted - killed)
  await delay(PAUSE_MS)
  verifying.push(longestGap(admittedAt.filter((at) => at > killed - 1_000)))
  primary = standby
  say(`round ${round + 1}: nothing created for ${Math.round(creating.at(-1) ?? 0)} ms`)
}
isOver = true
await running
await service.drained()
const [row] = await service.query<{ keys: number; requests: number }>(
  `select (select count(*) from api_key where account_id = ? and name like 'Key-%')::int as keys,
     (select coalesce(sum(requests), 0) from usage_minute where account_id = ?)::int as requests`,
  [account.accountId, account.accountId],
)
const seconds = (list: number[], q: number) => `${(percentile(list, q) / 1_000).toFixed(2)} s`
const rows = [
  ['until a key is created', seconds(creating, 0.5), seconds(creating, 0.99)],
  ['of which until the standby was the primary', seconds(promoting, 0.5), seconds(promoting, 0.99)],
  ['longest time without an admission of a known key', seconds(verifying, 0.5), seconds(verifying, 0.99)],
]
const how = `${rounds} promotions. A caller verifies a known key every ${VERIFY_MS} ms, another creates one every ${CREATE_MS} ms.`
const sums = `Created: ${createdAt.length}, found: ${row?.keys}. Admitted: ${admittedAt.length}, counted: ${row?.requests}.`
await publish(
  'promotion',
  [describeRun(how), '', table(['after the primary was killed', 'p50', 'p99'], rows), '', sums].join('\n'),
  values.write,
)
await worker.stop()
await service.stop()
await address.close()
await primary.kill()

async function verify(): Promise<void> {
  for (; !isOver; await delay(VERIFY_MS))
    if (await isAdmitted(service.api, token, account.adminKey ?? '')) admittedAt.push(performance.now())
}

/** Repeats each until it is created, as callers do. */
async function create(): Promise<void> {
  for (let n = 0; !isOver; n++) {
    const name = `Key-${n}`
    while (!(await isCreated(name))) await delay(5)
    createdAt.push(performance.now())
    await delay(CREATE_MS)
  }
}

async function isCreated(name: string): Promise<boolean> {
  const response = await fetch(`${service.api.url}/api-keys`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${account.adminKey}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': name,
    },
    body: JSON.stringify({ name, type: 'live' }),
  })
  await response.arrayBuffer()
  if (![201, 202, 409, 503].includes(response.status)) throw new Error(`A create answered ${response.status}`)
  return response.status === 201
}

function longestGap(times: number[]): number {
  return Math.max(...times.map((at, place) => at - (times[place - 1] ?? at)))
}

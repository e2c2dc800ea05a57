/**
 * Measures what one tenant's flood of every route does to another's verifications and revocations: see ../README.md.
 */
import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { childrenOf } from '../cpuTime.ts'
import { createKeys, type Keys } from '../createKeys.ts'
import { type Summary, startTimeline, summarise } from '../hanging/timeline.ts'
import { describeRun, percentile, publish, say, table, wholeNumber } from '../report.ts'
import type { Process } from '../startProcess.ts'
import { startService } from '../startService.ts'
import { divideProcessors, withLeastShare } from './controlGroups.ts'
import { COSTS, startCosts } from './costs.ts'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})
const rate = wholeNumber('rate', values.rate)
const seconds = wholeNumber('seconds', values.seconds)
const REVOKE_EVERY_MS = 250
/** What comes at once is over by then: budgets are used up, and threads are started. */
const FIRST_MS = 5_000
/** A tenant calls from a machine of its own, and does not take the service's processors. */
const FLOOD_NICE = '19'
const GOAL = 2
const WARM_UP_SECONDS = 10

const ms = (value: number) => value.toFixed(2)
const goalOf = (name: string, ratio: number) => [
  name,
  `≤ ${GOAL.toFixed(2)}`,
  ratio.toFixed(2),
  ratio <= GOAL ? 'reached' : '**missed**',
]

type Outcomes = Record<string, Record<string, number>>

/** `--profile FOLDER`: CPU profiles of the api and the worker. */
const nodeArgs = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
/** Without control groups, Linux shares processors among sessions, and Postgres opens one for each connection. */
const options = { nodeArgs, ownSession: true }
const workerPort = await freePort()
const service = await startService({
  env: { OPEN_METRICS: 'true', WORKER_PORT: String(workerPort) },
  api: options,
})
const { url } = service.api
const workerUrl = `http://127.0.0.1:${workerPort}`
let shares = ''
try {
  const rows = await service.withWorker(async (worker) => {
    const { redisPid, postgresPid, api } = service
    const undivide = await divideProcessors({
      api: [api.pid],
      worker: [worker.pid],
      redis: [redisPid],
      postgres: [postgresPid, ...(await childrenOf(postgresPid))],
    })
    shares = undivide
      ? 'The api, the worker, Postgres and Redis each have an equal share of the processors.'
      : ''
    try {
      return await measure(worker)
    } finally {
      await undivide?.()
    }
  }, options)
  const how =
    `One api process and one worker; the victim asks \`/verify\` ${rate} times a second and revokes ${1000 / REVOKE_EVERY_MS} keys a second. ` +
    `The flood: every route that a tenant may call, from 64 connections, for ${seconds} s, at \`nice ${FLOOD_NICE}\`. ${shares}`
  await publish('hostile', `${describeRun(how)}\n\n${rows}`, values.write)
} finally {
  await service.stop()
}

async function measure(worker: Process): Promise<string> {
  const keys = await createKeys(service)
  const [first, hostile] = [await createTenant(), await createTenant()]
  say('warm-up')
  // Of the flooded routes, too: a process that has just started compiles what it runs.
  await watch(keys, worker, () => flood(first, WARM_UP_SECONDS))
  say('alone')
  const alone = await watch(keys, worker, () => delay(seconds * 1000))
  say('beside the flood')
  const beside = await watch(keys, worker, () => flood(hostile, seconds))
  const rowOf = (name: string, { p50, p99, most, requests, unavailable, lost }: Summary) => [
    `\`/verify\` ${name}`,
    ...[p50, p99, most].map(ms),
    String(requests),
    String(unavailable + lost),
  ]
  const revokesOf = (name: string, { revokes, failed }: Watched) => [
    `revoke ${name}`,
    ...[0.5, 0.99, 1].map((q) => ms(percentile(revokes, q))),
    String(revokes.length),
    String(failed),
  ]
  const calls = Object.values(beside.value)
    .flatMap((statuses) => Object.values(statuses))
    .reduce((sum, count) => sum + count, 0)
  const floodRows = Object.entries(beside.value).map(([name, statuses]) => [
    name,
    Object.entries(statuses)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', '),
  ])
  return [
    table(
      ['', 'p50 ms', 'p99 ms', 'most ms', 'asked', 'failed'],
      [
        rowOf('alone', alone.verify(0)),
        rowOf('beside the flood', beside.verify(0)),
        rowOf(`beside the flood, after ${FIRST_MS / 1000} s`, beside.verify(FIRST_MS)),
        revokesOf('alone', alone),
        revokesOf('beside the flood', beside),
      ],
    ),
    table(
      ['p99 to that alone', 'goal', 'measured', ''],
      [
        goalOf('`/verify`', beside.verify(0).p99 / alone.verify(0).p99),
        goalOf('revoke', percentile(beside.revokes, 0.99) / percentile(alone.revokes, 0.99)),
      ],
    ),
    table(
      ['', ...COSTS],
      [
        ['alone', ...alone.costs],
        ['beside the flood', ...beside.costs],
      ],
    ),
    table([`the flood: ${calls} calls`, 'its answers'], floodRows),
  ].join('\n\n')
}

type Watched = Awaited<ReturnType<typeof watch>>

/** The victim's latencies while `work` runs. */
async function watch<Value>(keys: Keys, worker: Process, work: () => Promise<Value>) {
  const endCosts = await startCosts(service, worker, workerUrl)
  const load = startTimeline(new URL(url), requestsOf(keys), rate)
  const from = load.now()
  let isOver = false
  const revoking = revokeKeys(keys, () => isOver)
  const value = await work()
  const to = load.now()
  const costs = await endCosts()
  isOver = true
  const { revokes, failed } = await revoking
  const asked = await load.stop()
  return { value, verify: (after: number) => summarise(asked, from + after, to), revokes, failed, costs }
}

async function revokeKeys({ adminKey }: Keys, isOver: () => boolean) {
  const revokes: number[] = []
  let failed = 0
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  while (!isOver()) {
    const created = await post('/api-keys', { name: 'Short-lived', type: 'live' })
    const { id } = (await created.json()) as { id?: string }
    const started = performance.now()
    const revoked = id === undefined ? created : await post(`/api-keys/${id}/revoke`, {})
    await revoked.arrayBuffer().catch(() => {})
    if (created.status === 201 && revoked.status === 200) revokes.push(performance.now() - started)
    else failed += 1
    await delay(REVOKE_EVERY_MS)
  }
  return { revokes, failed }
}

async function createTenant() {
  const { adminKey = '' } = await service.cli('account', 'create', '--name', 'Hostile', '--plan', 'business')
  const response = await fetch(`${url}/api-keys`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Ordinary', type: 'live' }),
  })
  const { id, key } = (await response.json()) as { id: string; key: string }
  return { ADMIN_KEY: adminKey, KEY_ID: id, KEY: key }
}

async function flood(tenant: Record<string, string>, seconds: number): Promise<Outcomes> {
  const env = { ...process.env, ...tenant, API_URL: url, SECONDS: String(seconds) }
  const args = ['-n', FLOOD_NICE, process.execPath, 'bench/hostile/flood.ts']
  const { stdout } = await withLeastShare(() => promisify(execFile)('nice', args, { cwd: root, env }))
  return JSON.parse(stdout) as Outcomes
}

function requestsOf({ values: secrets, serviceToken }: Keys): Buffer[] {
  return secrets.map((key) => {
    const body = JSON.stringify({ key })
    return Buffer.from(
      `POST /verify HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${serviceToken}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  })
}

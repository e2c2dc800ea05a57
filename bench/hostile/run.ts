/**
 * Measures what one tenant's flood of every route does to another's verifications and revocations: see ../README.md.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort } from '../../src/dev/freePort.ts'
import { childrenOf } from '../cpuTime.ts'
import { createKeys, type Keys } from '../createKeys.ts'
import { type Asked, startTimeline } from '../hanging/timeline.ts'
import { describeRun, percentile, publish, say, table, wholeNumber } from '../report.ts'
import type { Process } from '../startProcess.ts'
import { startService } from '../startService.ts'
import { verifyRequests } from '../verifyRequests.ts'
import { divideProcessors } from './controlGroups.ts'
import { COSTS, startCosts } from './costs.ts'
import { createTenant, type Tenant } from './createTenant.ts'
import type { Outcomes } from './FloodCalls.ts'
import { startReceivers } from './receivers.ts'
import { REVOKE_EVERY_MS, revokeKeys, storeKeys } from './revokeKeys.ts'
import { startFlood } from './startFlood.ts'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})
const rate = wholeNumber('rate', values.rate)
const seconds = wholeNumber('seconds', values.seconds)
const rounds = wholeNumber('rounds', values.rounds)
/** What comes at once is over by then: budgets are used up, and threads are started. */
const FIRST_MS = 5_000
/** `CPUWeight` as `deploy/systemd` has it, and as `docs/install/systemd.md` advises for Redis. */
const WEIGHTS = { api: 200, worker: 100, redis: 200, postgres: 100 }
const GOAL = 2
const WARM_UP_SECONDS = 10
/** Within which the last calls of a flood end: a password waits for those before it. */
const LAST_CALLS_MS = 60_000
/** For what a flood has left to end, before the next measurement. */
const LEFT_MS = 20_000

const ms = (value: number) => value.toFixed(2)

/** `--profile FOLDER`: CPU profiles of the api and the worker. */
const nodeArgs = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
/** Without control groups, Linux shares processors among sessions, and Postgres opens one for each connection. */
const options = { nodeArgs, ownSession: true }
const workerPort = await freePort()
const receivers = await startReceivers()
const service = await startService({
  env: {
    OPEN_METRICS: 'true',
    WORKER_PORT: String(workerPort),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    SMTP_URL: receivers.smtpUrl,
    PUBLIC_URL: 'http://keys.example.com',
  },
  api: options,
})
const { url } = service.api
const workerUrl = `http://127.0.0.1:${workerPort}`
let shares = ''
/** Calls that no flood has seen do what they are to do. */
let missed: string[] | undefined
try {
  const rows = await service.withWorker(async (worker) => {
    const { redisPid, postgresPid, api } = service
    const undivide = await divideProcessors({
      api: { weight: WEIGHTS.api, pids: [api.pid] },
      worker: { weight: WEIGHTS.worker, pids: [worker.pid] },
      redis: { weight: WEIGHTS.redis, pids: [redisPid] },
      postgres: { weight: WEIGHTS.postgres, pids: [postgresPid, ...(await childrenOf(postgresPid))] },
    })
    const { api: ofApi, worker: ofWorker, redis, postgres } = WEIGHTS
    shares = undivide
      ? `Weights of the processors’ shares: api ${ofApi}, worker ${ofWorker}, Redis ${redis}, Postgres ${postgres}.`
      : ''
    try {
      return await measure(worker)
    } finally {
      await undivide?.()
    }
  }, options)
  const how =
    `One api process and one worker; the victim asks \`/verify\` ${rate} times a second, and revokes a key ` +
    `every ${REVOKE_EVERY_MS} ms. ${rounds} rounds of ${seconds} s without and ${seconds} s with the flood: every route ` +
    `that a tenant may call, from 64 connections, from a process that makes room for all others. ${shares}`
  await publish('hostile', `${describeRun(how)}\n\n${rows}`, values.write)
} finally {
  await service.stop()
  receivers.stop()
}
if (missed?.length) {
  say(`These calls of the flood never did what they are to do: ${missed.join('; ')}`)
  process.exitCode = 1
}

async function measure(worker: Process): Promise<string> {
  const keys = await createKeys(service)
  const perRound = Math.ceil((2 * seconds * 1000 + LAST_CALLS_MS) / REVOKE_EVERY_MS)
  const victim = {
    keys,
    ids: await storeKeys(service, keys, (rounds + 1) * perRound),
  }
  // All of them now: after a flood nobody signs in from this address for a while.
  const tenants: Tenant[] = []
  while (tenants.length <= rounds) tenants.push(await createTenant(service, receivers.webhookUrl))
  say('warm-up')
  // Of the flooded routes, too: a process that has just started compiles what it runs.
  await watch(victim, worker, WARM_UP_SECONDS, await startNext(tenants, WARM_UP_SECONDS))
  const alone: Watched[] = []
  const beside: Watched[] = []
  while (beside.length < rounds) {
    await untilDone()
    say(`round ${beside.length + 1}`)
    alone.push(await watch(victim, worker, seconds))
    beside.push(await watch(victim, worker, seconds, await startNext(tenants, seconds)))
  }
  return present(alone, beside)
}

type Watched = Awaited<ReturnType<typeof watch>>

/**
 * The victim's latencies: alone, or in the time of a flood, from its beginning on. Its last calls are answered later,
 * while the victim goes on: passwords wait for each other.
 */
async function watch(
  { keys, ids }: { keys: Keys; ids: string[] },
  worker: Process,
  forSeconds: number,
  flood?: Flood,
) {
  const load = startTimeline(new URL(url), verifyRequests(keys), rate)
  const endCosts = await startCosts(service, worker, workerUrl, flood?.pid)
  const from = load.now()
  let isOver = false
  const revoking = revokeKeys(url, keys.adminKey, ids, () => isOver)
  const flooding = flood?.begin()
  const tasks = [revoking, ...(flooding ? [flooding] : [])]
  // What fails first is to be seen, not what fails because the service is stopped then.
  for (const task of tasks) task.catch(() => {})
  await Promise.race([delay(forSeconds * 1000), ...tasks.map(failureOf)])
  const to = load.now()
  isOver = true
  const costs = await endCosts()
  const revokes = await revoking
  const outcomes = await flooding
  const asked = (await load.stop()).filter(({ due }) => due >= from && due < to)
  return { asked, from, revokes, costs, outcomes: outcomes ?? {} }
}

/** Rejects as `task` does, and never resolves. */
function failureOf(task: Promise<unknown>): Promise<never> {
  return task.then(() => new Promise<never>(() => {}))
}

type Flood = { pid: number; begin: () => Promise<Outcomes> }

async function startNext(tenants: Tenant[], forSeconds: number): Promise<Flood> {
  const tenant = tenants.pop() as Tenant
  const { pid, begin } = await startFlood({ url, tenant, seconds: forSeconds, firstWay: tenants.length })
  return {
    pid,
    begin: async () => {
      const answer = await begin()
      // What its imports are announced by would go on for minutes.
      await fetch(`${url}/channels/${tenant.channelId}`, {
        method: 'DELETE',
        headers: { Authorization: `Bearer ${tenant.adminKeys.streams}` },
      })
      missed = answer.missed.filter((name) => missed?.includes(name) ?? true)
      return answer.outcomes
    },
  }
}

/** Waits for what a flood has left: commands, and events that are not announced yet. */
async function untilDone(): Promise<void> {
  for (const until = performance.now() + LEFT_MS; performance.now() < until; await delay(500)) {
    const [row] = await service.query<{ left: number }>(
      `select (select count(*) from command where status in ('pending', 'applied'))::int
         + (select count(*) from lifecycle_event_pending)::int + (select count(*) from outbox)::int as left`,
      [],
    )
    if (row?.left === 0) return
  }
}

function present(alone: Watched[], beside: Watched[]): string {
  const verifyOf = (some: Watched[], afterMs = 0) =>
    some.flatMap(({ asked, from }) => asked.filter(({ due }) => due >= from + afterMs))
  const revokesOf = (some: Watched[]) => some.flatMap(({ revokes }) => revokes.times)
  const row = (name: string, times: number[], failed: number) => [
    name,
    ...[0.5, 0.99, 1].map((q) => ms(percentile(times, q))),
    String(times.length),
    String(failed),
  ]
  const verifyRow = (name: string, asked: Asked[]) =>
    row(
      `\`/verify\` ${name}`,
      asked.map((one) => one.ms),
      asked.filter(({ status }) => status !== 200).length,
    )
  const revokeRow = (name: string, some: Watched[]) =>
    row(
      `revoke ${name}`,
      revokesOf(some),
      some.reduce((sum, { revokes }) => sum + revokes.failed, 0),
    )
  const goal = (name: string, timesOf: (some: Watched[]) => number[]) => {
    const ratioOf = (with_: Watched[], without: Watched[]) =>
      percentile(timesOf(with_), 0.99) / percentile(timesOf(without), 0.99)
    const ratio = ratioOf(beside, alone)
    const each = beside.map((one, round) => ms(ratioOf([one], alone.slice(round, round + 1))))
    const isReached = ratio <= GOAL ? 'reached' : '**missed**'
    return [name, `≤ ${ms(GOAL)}`, ms(ratio), isReached, each.join(', ')]
  }
  const names = [...new Set(beside.flatMap(({ outcomes }) => Object.keys(outcomes)))].toSorted()
  const calls = names.map(
    (name) => [name, sumOf(beside.map(({ outcomes }) => outcomes[name] ?? {}))] as const,
  )
  const all = calls.flatMap(([, statuses]) => Object.values(statuses)).reduce((sum, count) => sum + count, 0)
  return [
    table(
      ['', 'p50 ms', 'p99 ms', 'most ms', 'asked', 'failed'],
      [
        verifyRow('alone', verifyOf(alone)),
        verifyRow('beside the flood', verifyOf(beside)),
        verifyRow(`beside the flood, after ${FIRST_MS / 1000} s`, verifyOf(beside, FIRST_MS)),
        revokeRow('alone', alone),
        revokeRow('beside the flood', beside),
      ],
    ),
    table(
      ['p99 to that alone', 'goal', 'all rounds', '', 'each round'],
      [goal('`/verify`', (some) => verifyOf(some).map((one) => one.ms)), goal('revoke', revokesOf)],
    ),
    table(
      ['the last round', ...COSTS],
      [
        ['alone', ...(alone.at(-1)?.costs ?? [])],
        ['beside the flood', ...(beside.at(-1)?.costs ?? [])],
      ],
    ),
    table(
      [`the flood: ${all} calls`, 'its answers'],
      calls.map(([name, statuses]) => [
        name,
        Object.entries(statuses)
          .map(([status, count]) => `${count} × ${status}`)
          .join(', '),
      ]),
    ),
  ].join('\n\n')
}

function sumOf(all: Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const one of all)
    for (const [status, count] of Object.entries(one)) sum[status] = (sum[status] ?? 0) + count
  return sum
}

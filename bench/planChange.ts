/**
 * Measures how long a change of a plan with many accounts takes, and what an account of another plan notices of it:
 * see README.md.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { newId } from '../src/domain/ids.ts'
import { generateSecret } from '../src/domain/keys/keyFormat.ts'
import { familyTime, processTime } from './cpuTime.ts'
import { createKeys } from './createKeys.ts'
import { startTimeline, summarise } from './hanging/timeline.ts'
import { describeRun, percentile, publish, say, table, whole, wholeNumber } from './report.ts'
import type { Process } from './startProcess.ts'
import { startService } from './startService.ts'
import { verifyRequests } from './verifyRequests.ts'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '20' },
    'per-second': { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
  },
})
const accounts = wholeNumber('accounts', values.accounts)
const runs = wholeNumber('runs', values.runs)
const perSecond = wholeNumber('per-second', values['per-second'])

const PLAN = 'many'
/** Accounts of the plan that are asked for their limit after each 200. */
const ASKED = 200
/** What a change leaves behind in queues is done before the next one begins. */
const PAUSE_MS = 3_000

const UNLIMITED = {
  liveKeys: null,
  testKeys: null,
  requestsPerMinute: null,
  requestsPerDay: null,
  rendersPerMonth: null,
  rendersHard: false,
}

const SERVERS = ['api', 'worker', 'Redis', 'Postgres']

type Phase = { from: number; to: number; cpu: number[] }

// What is measured is the time until the 200: none is to end as a 202 before.
const service = await startService({ durable: true, env: { COMMAND_WAIT_MS: '60000' } })
const { url } = service.api
let oldLimits = 0
try {
  const text = await service.withWorker(measure)
  await publish('plan change', text, values.write)
} finally {
  await service.stop()
}
if (oldLimits > 0) process.exitCode = 1

async function measure(worker: Process): Promise<string> {
  const keys = await createKeys(service)
  const { token = '' } = await service.cli('operator-token', 'create', '--name', 'Bench')
  const change = async (requestsPerDay: number) => {
    const response = await fetch(`${url}/plans/${PLAN}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ limits: { ...UNLIMITED, requestsPerDay } }),
    })
    const answer = await response.text()
    if (response.status !== 200) throw new Error(`A change answered ${response.status} ${answer}`)
  }
  await change(1)
  const changed = await seedAccounts()

  const timeline = startTimeline(new URL(url), verifyRequests(keys), perSecond)
  const phase = async (work: () => Promise<unknown>): Promise<Phase> => {
    const [before, from] = [await cpuTimes(worker), timeline.now()]
    await work()
    const to = timeline.now()
    const after = await cpuTimes(worker)
    return { from, to, cpu: after.map((time, place) => time - (before[place] ?? 0)) }
  }

  await delay(PAUSE_MS)
  await change(1_000_000)
  const rest: Phase[] = []
  const changing: Phase[] = []
  while (changing.length < runs) {
    await delay(PAUSE_MS)
    const limit = 1_000_001 + changing.length
    const one = await phase(() => change(limit))
    changing.push(one)
    oldLimits += await countOld(changed, keys.serviceToken, limit)
    say(`${changing.length} of ${runs}: ${whole(one.to - one.from)} ms`)
    await delay(PAUSE_MS)
    // As long as the change took.
    rest.push(await phase(() => delay(one.to - one.from)))
  }
  const asked = await timeline.stop()

  const took = changing.map(({ from, to }) => to - from)
  const row = (what: string, phases: Phase[]) => {
    const parts = phases.map(({ from, to }) => summarise(asked, from, to))
    const times = phases.flatMap(({ from, to }) =>
      asked.filter(({ due }) => due >= from && due < to).map(({ ms }) => ms),
    )
    const seconds = phases.reduce((sum, { from, to }) => sum + (to - from), 0) / 1_000
    const shares = SERVERS.map(
      (_, place) => phases.reduce((sum, { cpu }) => sum + (cpu[place] ?? 0), 0) / 10_000 / seconds,
    )
    return {
      cells: [
        what,
        whole(times.length),
        ...[0.5, 0.99, 1].map((q) => percentile(times, q).toFixed(1)),
        ...shares.map((share) => `${share.toFixed(0)} %`),
      ],
      bad: parts.reduce((sum, { lost, unavailable }) => sum + lost + unavailable, 0),
    }
  }
  const [without, during] = [row('without a change', rest), row('during one', changing)]
  return [
    describeRun(`${runs} changes of a plan with ${whole(accounts)} accounts; ${perSecond} verifications/s.`),
    '',
    table(
      ['ms', 'changes', 'p50', 'p99', 'most'],
      [['the 200', whole(runs), ...[0.5, 0.99, 1].map((q) => whole(percentile(took, q)))]],
    ),
    '',
    table(
      [
        'another plan’s verifications',
        'requests',
        'p50 ms',
        'p99 ms',
        'most ms',
        ...SERVERS.map((name) => `CPU, ${name}`),
      ],
      [without.cells, during.cells],
    ),
    '',
    `Not answered, or with 503: ${without.bad} without a change, ${during.bad} during one. ` +
      (oldLimits === 0
        ? `After each 200, ${ASKED} accounts of the plan were asked for their limit at once: all ${whole(ASKED * runs)} had the new one.`
        : `AFTER THE 200, THE OLD LIMIT: ${oldLimits}.`),
  ].join('\n')
}

/** CPU time of each of SERVERS, in microseconds. */
function cpuTimes(worker: Process): Promise<number[]> {
  return Promise.all([
    processTime(service.api.pid),
    processTime(worker.pid),
    processTime(service.redisPid),
    familyTime(service.postgresPid),
  ])
}

/** Accounts on the plan, each with a key; returns the keys' values. */
async function seedAccounts(): Promise<string[]> {
  const made = Array.from({ length: accounts }, () => {
    const { value, digest, hint } = generateSecret('pk', 'live')
    return { value, row: { accountId: newId('account'), keyId: newId('apiKey'), digest, hint } }
  })
  const rows = JSON.stringify(made.map(({ row }) => row))
  const from =
    'from jsonb_to_recordset(?::jsonb) as r ("accountId" text, "keyId" text, digest text, hint text)'
  await service.query(
    `insert into account (id, name, plan, custom_limits, version, created_at)
     select "accountId", 'A', ?, '{}', 1, now() ${from}`,
    [PLAN, rows],
  )
  await service.query(
    `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, allowed_ips, metadata,
       version, created_at, created_by)
     select "keyId", "accountId", 'K', 'live', 'full', '[]', 'active', digest, hint, '[]', '{}', 1, now(), 'bench' ${from}`,
    [rows],
  )
  return made.map(({ value }) => value)
}

/** How many of some accounts, taken at random, do not have this limit. */
async function countOld(secrets: string[], serviceToken: string, limit: number): Promise<number> {
  const some = Array.from({ length: ASKED }, () => secrets[Math.floor(Math.random() * secrets.length)])
  const limits = await Promise.all(
    some.map(async (key) => {
      const response = await fetch(`${url}/verify`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${serviceToken}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ key }),
      })
      const { limits } = (await response.json()) as { limits?: { day?: { limit?: number } } }
      return limits?.day?.limit
    }),
  )
  return limits.filter((one) => one !== limit).length
}

/**
 * Measures what a company's backend waits for: an account at sign-up, a suspension over three regions, and the webhook
 * of each. See README.md.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { describeRun, percentile, publish, say, table, whole, wholeNumber } from './report.ts'
import { startCluster } from './revocation/cluster.ts'
import { waitForQuiet } from './waitForQuiet.ts'

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '300' },
    quiet: { type: 'string', default: '100' },
    write: { type: 'boolean', default: false },
  },
})
const samples = wholeNumber('samples', values.samples)
const quiet = wholeNumber('quiet', values.quiet) / 100

const WARM_UP = 30
/** Up to so long passes between two calls, at random, so that they keep no step with anything. */
const PAUSE_MS = 50
const GOAL_MS = 1_000
/** A webhook that is later than this does not arrive. */
const ARRIVES_MS = 60_000

/** What one account took, in milliseconds. A webhook counts from the instant at which the call was sent. */
type Times = { create: number; created: number; suspend: number; fanOut: number; suspended: number }

const arrivals = new Map<string, number>()
const arrived = new EventTarget()
const receiver = createServer(receive).listen(0, '127.0.0.1')
await once(receiver, 'listening')

const cluster = await startCluster({
  leaseMs: 10_000,
  appendfsync: 'always',
  env: { WEBHOOK_ALLOW_PRIVATE: 'true' },
})
let acceptedAfter = 0
try {
  const { token = '' } = await cluster.cli('operator-token', 'create', '--name', 'Bench')
  const { serviceToken = '' } = await cluster.cli('service-token', 'create', '--name', 'Bench')
  const call = callWith(token)
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  await call('POST', '/webhooks', { url, events: ['account.created', 'account.suspended'] }, 201)
  const verify = async (at: string, key: string) => {
    const answer = await fetch(`${at}/verify`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${serviceToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ key }),
    })
    return (await answer.json()) as { valid: boolean }
  }

  const measureOne = async (): Promise<Times> => {
    const sent = performance.now()
    const { account, adminKey } = await call(
      'POST',
      '/accounts',
      { name: 'A', plan: 'pro', adminKey: true },
      201,
    )
    const create = performance.now() - sent
    // Each verifier has the key in its memory.
    await Promise.all(cluster.verifiers.map((one) => verify(one.url, adminKey.key)))
    const created = (await arrival('account.created', account.id)) - sent
    await delay(Math.random() * PAUSE_MS)
    const asked = performance.now()
    const { fanOut } = await call('POST', `/accounts/${account.id}/suspend`, {}, 200)
    const suspend = performance.now() - asked
    const after = await Promise.all(cluster.verifiers.map((one) => verify(one.url, adminKey.key)))
    acceptedAfter += after.filter(({ valid }) => valid).length
    const suspended = (await arrival('account.suspended', account.id)) - asked
    await delay(Math.random() * PAUSE_MS)
    return { create, created, suspend, fanOut: fanOut.tookMs, suspended }
  }

  say('warming up')
  for (let n = 0; n < WARM_UP; n++) await measureOne()
  await waitForQuiet(quiet)
  say('measuring')
  const taken: Times[] = []
  while (taken.length < samples) taken.push(await measureOne())

  const row = (what: string, of: keyof Times) => {
    const times = taken.map((one) => one[of])
    return [what, whole(times.length), ...[0.5, 0.99, 1].map((q) => percentile(times, q).toFixed(1))]
  }
  const webhooks = taken.flatMap(({ created, suspended }) => [created, suspended])
  const p99 = percentile(webhooks, 0.99)
  const lines = [
    describeRun(`${samples} accounts, one at a time; \`appendfsync always\`.`),
    '',
    table(
      ['ms', 'samples', 'p50', 'p99', 'most'],
      [
        row('`POST /accounts` with a first key, its 201', 'create'),
        row('its `account.created` at the webhook', 'created'),
        row('`POST /accounts/{id}/suspend`, its 200', 'suspend'),
        row('`fanOut.tookMs` of it', 'fanOut'),
        row('its `account.suspended` at the webhook', 'suspended'),
      ],
    ),
    '',
    `Goal: event to webhook p99 ≤ ${GOAL_MS} ms at rest: ${p99 <= GOAL_MS ? 'reached' : 'missed'} with ${whole(p99)} ms. ` +
      (acceptedAfter === 0
        ? `None of the keys was accepted after its account's suspension had answered: all four verifiers were asked at once.`
        : `ACCEPTED AFTER THE 200: ${acceptedAfter}.`),
  ]
  await publish('company', lines.join('\n'), values.write)
} finally {
  await cluster.stop()
  receiver.close()
}
if (acceptedAfter > 0) process.exitCode = 1

function callWith(token: string) {
  let turn = 0
  return async (method: string, path: string, body: unknown, expected: number) => {
    const api = cluster.verifiers[turn++ % cluster.verifiers.length]
    const answer = await fetch(`${api?.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await answer.text()
    if (answer.status !== expected) throw new Error(`${method} ${path} answered ${answer.status} ${text}`)
    return JSON.parse(text)
  }
}

async function receive(request: IncomingMessage, response: ServerResponse) {
  const at = performance.now()
  const chunks = await request.toArray()
  response.writeHead(204).end()
  const { type, accountid } = JSON.parse(Buffer.concat(chunks).toString())
  arrivals.set(`${type} ${accountid}`, at)
  arrived.dispatchEvent(new Event(`${type} ${accountid}`))
}

/** When the webhook of this event came. */
async function arrival(type: string, accountId: string): Promise<number> {
  const name = `${type} ${accountId}`
  if (!arrivals.has(name)) {
    const signal = AbortSignal.timeout(ARRIVES_MS)
    await once(arrived, name, { signal })
  }
  return arrivals.get(name) ?? Number.NaN
}

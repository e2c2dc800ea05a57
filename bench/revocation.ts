/**
 * Measures how long a revoke takes over three regions whose verifiers are busy, and while one is cut off: see
 * README.md.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { root } from '../src/dev/dataDir.ts'
import { createKeys } from './createKeys.ts'
import { table } from './report.ts'
import { startCluster } from './revocation/cluster.ts'
import type { Loaded, LoadOrders } from './revocation/load.ts'
import { machineNow } from './revocation/machineNow.ts'
import { describeRun, percentile, publish, say, whole, wholeNumber } from './usage/report.ts'
import { waitForQuiet } from './waitForQuiet.ts'

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '300' },
    'per-second': { type: 'string', default: '200' },
    'cut-offs': { type: 'string', default: '3' },
    'lease-ms': { type: 'string', default: '10000' },
    appendfsync: { type: 'string', default: 'always' },
    quiet: { type: 'string', default: '100' },
    write: { type: 'boolean', default: false },
  },
})
const samples = wholeNumber('samples', values.samples)
const perSecond = wholeNumber('per-second', values['per-second'])
const cutOffs = wholeNumber('cut-offs', values['cut-offs'])
const leaseMs = wholeNumber('lease-ms', values['lease-ms'])
const quiet = wholeNumber('quiet', values.quiet) / 100
const appendfsync = values.appendfsync === 'everysec' ? 'everysec' : 'always'

const GOAL_MS = 50
const WARM_UP = 50
/** The load runs alone for so long before anything is measured. */
const RAMP_MS = 5_000
/** Up to so long passes between two revocations, at random, so that they keep no step with anything. */
const PAUSE_MS = 50
/** Revoked while a region is cut off and its lease has run out already. */
const WHILE_AWAY = 20

type FanOut = { tookMs: number; regions: { region: string; outcome: string; tookMs: number }[] }
type Revoked = { ms: number; fanOut: FanOut }

const cluster = await startCluster({ leaseMs, appendfsync })
const perCutOff = 1 + WHILE_AWAY
const keys = await createKeys(cluster, WARM_UP + 2 * samples + cutOffs * perCutOff + samples)
/** When the 200 that says so was here, per key in their order. */
const revokedAt: number[] = []
let acceptedAfter = 0

const verify = async (url: string, key: string | undefined) => {
  const response = await fetch(`${url}/verify`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${keys.serviceToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ key }),
  })
  return { status: response.status, ...((await response.json()) as { valid?: boolean }) }
}

/** Revokes the next key, asking one after the other of `apis` to do it, then asks every verifier about that key. */
async function revokeNext(apis = cluster.verifiers): Promise<Revoked> {
  const place = revokedAt.length
  const { verifiers } = cluster
  // Each of them has the key in its memory.
  await Promise.all(verifiers.map(({ url }) => verify(url, keys.values[place])))
  const start = machineNow()
  const response = await fetch(`${apis[place % apis.length]?.url}/api-keys/${keys.ids[place]}/revoke`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${keys.adminKey}`, 'Content-Type': 'application/json' },
    body: '{}',
  })
  const answer = (await response.json()) as { fanOut: FanOut }
  const end = machineNow()
  if (response.status !== 200)
    throw new Error(`A revoke answered ${response.status} ${JSON.stringify(answer)}`)
  revokedAt.push(end)
  const after = await Promise.all(verifiers.map(({ url }) => verify(url, keys.values[place])))
  acceptedAfter += after.filter(({ valid }) => valid).length
  return { ms: end - start, fanOut: answer.fanOut }
}

async function revokeMany(count: number, apis = cluster.verifiers): Promise<Revoked[]> {
  const revoked: Revoked[] = []
  while (revoked.length < count) {
    revoked.push(await revokeNext(apis))
    await delay(Math.random() * PAUSE_MS)
  }
  return revoked
}

/** Cuts the connection between the worker and `eu` silently, at any moment of a lease, and restores it. */
async function cutOff() {
  await delay((Math.random() * leaseMs) / 4)
  cluster.proxy.hold('requests', 'answers')
  // An api in `eu` cannot verify the admin's key either, once the lease is over.
  const elsewhere = cluster.verifiers.filter(({ region }) => region !== 'eu')
  const first = await revokeNext(elsewhere)
  say(`the first took ${whole(first.ms)} ms`)
  const further = await revokeMany(WHILE_AWAY, elsewhere)
  const mended = machineNow()
  cluster.proxy.mend()
  const eu = cluster.verifiers.find(({ region }) => region === 'eu')
  while (!(await verify(eu?.url ?? '', keys.values.at(-1))).valid) await delay(5)
  return { first, further, backMs: machineNow() - mended }
}

say('warming up')
await revokeMany(WARM_UP)
await waitForQuiet(quiet)
say('at rest')
const atRest = await revokeMany(samples)

say(`beside ${whole(perSecond)} verifications a second`)
const child = fork(join(root, 'bench/revocation/load.ts'))
const orders: LoadOrders = {
  urls: cluster.verifiers.map(({ url }) => url),
  token: keys.serviceToken,
  values: keys.values,
  perSecond,
}
child.send(orders)
const loaded: Promise<Loaded> = once(child, 'message').then(([result]) => result as Loaded)
await delay(RAMP_MS)
const underLoad = await revokeMany(samples)
const cuts: Awaited<ReturnType<typeof cutOff>>[] = []
while (cuts.length < cutOffs) {
  say(`cut off, ${cuts.length + 1} of ${cutOffs}`)
  cuts.push(await cutOff())
}
child.send('stop')
const load = await loaded
for (const [place, end] of revokedAt.entries()) if ((load.lastAccepted[place] ?? 0) >= end) acceptedAfter += 1
if (acceptedAfter > 0) process.exitCode = 1
await cluster.stop()

const row = (what: string, times: number[]) => [
  what,
  whole(times.length),
  ...[0.5, 0.99, 1].map((q) => percentile(times, q).toFixed(1)),
]
const rows = (when: string, revoked: Revoked[]) => [
  row(
    `the 200, ${when}`,
    revoked.map(({ ms }) => ms),
  ),
  row(
    `\`fanOut.tookMs\`, ${when}`,
    revoked.map(({ fanOut }) => fanOut.tookMs),
  ),
]
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
const outcomes = (revoked: Revoked[]) => {
  const words = revoked.map(
    ({ fanOut }) => fanOut.regions.find(({ region }) => region === 'eu')?.outcome ?? '',
  )
  return ['confirmed', 'lapsed'].map((word) => words.filter((one) => one === word).length)
}
const first = cuts.map((cut) => cut.first)
const further = cuts.flatMap((cut) => cut.further)
const lines = [
  describeRun(
    `${samples} at rest, ${samples} under load, ${cutOffs} times cut off; \`appendfsync ${appendfsync}\`.`,
  ),
  '',
  table(
    ['ms', 'samples', 'p50', 'p99', 'most'],
    [
      ...rows('at rest', atRest),
      ...rows(`beside ${whole(perSecond)} verifications/s`, underLoad),
      row(
        'the first 200 after `eu` is cut off',
        first.map(({ ms }) => ms),
      ),
      row(
        'the next ones, its lease over',
        further.map(({ ms }) => ms),
      ),
      row(
        'until `eu` admits again, its road mended',
        cuts.map(({ backMs }) => backMs),
      ),
    ],
  ),
  '',
  `The load: ${whole(load.sent / load.seconds)} verifications/s over ${seconds(load.seconds * 1_000)}, answered within ${load.p50.toFixed(1)} ms (p50) and ${load.p99.toFixed(1)} ms (p99); ${whole(load.accepted)} accepted, ${whole(load.refused)} refused, ${whole(load.unavailable)} 503 (all in \`eu\` while it had no lease), ${whole(load.unanswered)} without an answer.`,
  `Cut off, with a lease of ${seconds(leaseMs)} and a margin of ${seconds(1_000 + leaseMs / 10)}: ${outcomes([...first, ...further])[1]} of ${first.length + further.length} say \`lapsed\` of \`eu\`.`,
  `Goal: p99 ≤ ${GOAL_MS} ms. ${acceptedAfter === 0 ? `None of the ${whole(revokedAt.length)} revoked keys was accepted after its 200: each was asked for at once at all four verifiers, and by the load until the end.` : `ACCEPTED AFTER THE 200: ${acceptedAfter}.`}`,
]
await publish('revocation', lines.join('\n'), values.write)

/**
 * What one verification costs Redis and the process that asks, without HTTP, Postgres or a worker: so many callers ask
 * one `GroupCommit`, each again when it has its answer. Redis is a server of our own with an append-only file
 * (`everysec`). CPU time is what the kernel says of each process, so other work on the machine makes it no longer.
 *
 *     node_modules/.bin/node bench/verification/script.ts        # about 25 s; --seconds 2 --rounds 3
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startRedis } from '../../src/dev/redis.ts'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import type { KnownKey } from '../../src/domain/metering/Ticket.ts'
import { contextOf } from '../../src/domain/metering/verificationBatch.ts'
import { Region } from '../../src/region/Region.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { epochsInMemory } from '../../test/support/epochsInMemory.ts'
import { account, key, seed } from '../../test/support/regionFixtures.ts'

/** What the goals of the hot path name: callers at once, and keys between which they take turns. */
const LOADS = [
  { title: '64 callers, 200 keys', callers: 64, keys: 200 },
  { title: '64 callers, 1 key', callers: 64, keys: 1 },
  { title: '30 callers, 200 keys', callers: 30, keys: 200 },
  { title: '8 callers, 200 keys', callers: 8, keys: 200 },
]

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '2' }, rounds: { type: 'string', default: '3' } },
})
const known = Array.from({ length: 200 }, (_, place): KnownKey => {
  const accountId = `acct_${String(place).padStart(16, '0')}`
  const state = {
    ...key,
    digest: `${place}`.padStart(64, '0'),
    keyId: `key_${String(place).padStart(16, '0')}`,
    accountId,
  }
  const limits = { requestsPerMinute: 100_000_000, requestsPerDay: 100_000_000, rendersPerMonth: 100_000_000 }
  const of = { ...account, ...limits, accountId }
  return { name: `${state.digest}:1`, state, version: '1', account: { state: of, version: '1' } }
})

const redis = await startRedis({
  dataDir: await mkdtemp(join(tmpdir(), 'pictify-keys-script-')),
  temporary: true,
})
const log = { warn: () => {} }
const region = new Region(
  { name: 'primary', url: redis.url, kind: 'primary', register: epochsInMemory() },
  log,
)
await region.ready(10_000)
await region.putStates(
  known.map(({ state, account: { state: of } }) => ({ key: state, account: of, seed })),
  await region.beforeFill(),
)

/** CPU time of Redis's main thread, in microseconds. */
async function redisTime(): Promise<number> {
  const text = await region.redis.info('cpu')
  const seconds = [...text.matchAll(/used_cpu_(?:user|sys)_main_thread:([\d.]+)/g)].map(([, one]) =>
    Number(one),
  )
  return seconds.reduce((sum, one) => sum + one, 0) * 1e6
}

const context = contextOf('203.0.113.7', '/v1/renders', 'POST')

async function measure({ callers, keys }: { callers: number; keys: number }) {
  const sizes = { batches: 0, requests: 0 }
  const commit = new GroupCommit(region, (size) => {
    sizes.batches += 1
    sizes.requests += size
  })
  let turn = 0
  const until = performance.now() + Number(values.seconds) * 1000
  const [own, before] = [process.cpuUsage(), await redisTime()]
  const call = async () => {
    while (performance.now() < until) {
      turn = (turn + 1) % keys
      const one = known[turn] as KnownKey
      const { code } = await commit.decide({ key: one, verdict: ADMIT, units: 1, context })
      if (code !== ADMIT) throw new Error(`A request was refused: ${code}`)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  const used = process.cpuUsage(own)
  const after = await redisTime()
  return {
    size: sizes.requests / sizes.batches,
    redis: (after - before) / sizes.requests,
    batch: (after - before) / sizes.batches,
    own: (used.user + used.system) / sizes.requests,
  }
}

const median = (all: number[]) => all.toSorted((one, other) => one - other)[all.length >> 1] ?? 0

const results = new Map(LOADS.map(({ title }) => [title, [] as Awaited<ReturnType<typeof measure>>[]]))
// Its first moments are the compiler's.
await measure({ callers: 64, keys: 200 })
for (let round = 0; round < Number(values.rounds); round++)
  for (const load of LOADS) results.get(load.title)?.push(await measure(load))
for (const [title, all] of results) {
  const of = (what: 'size' | 'redis' | 'batch' | 'own') => median(all.map((one) => one[what])).toFixed(2)
  process.stdout.write(
    `${title.padEnd(36)} ${of('size').padStart(6)} a batch, Redis ${of('redis').padStart(6)} µs each ` +
      `(${of('batch').padStart(7)} a batch), this process ${of('own').padStart(6)} µs each\n`,
  )
}
await region.close()
await redis.stop()

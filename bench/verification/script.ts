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
import { knownKeys, median, redisTime, storeKeys } from './knownKeys.ts'

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
const known = knownKeys(200)

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
await storeKeys(region, known)

const context = contextOf('203.0.113.7', '/v1/renders', 'POST')

async function measure({ callers, keys }: { callers: number; keys: number }) {
  const sizes = { batches: 0, requests: 0 }
  const commit = new GroupCommit(region, (size) => {
    sizes.batches += 1
    sizes.requests += size
  })
  let turn = 0
  const until = performance.now() + Number(values.seconds) * 1000
  const [own, before] = [process.cpuUsage(), await redisTime(region.redis)]
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
  const after = await redisTime(region.redis)
  return {
    size: sizes.requests / sizes.batches,
    redis: (after - before) / sizes.requests,
    batch: (after - before) / sizes.batches,
    own: (used.user + used.system) / sizes.requests,
  }
}

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

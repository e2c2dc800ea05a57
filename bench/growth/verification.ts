/** What a verification costs with few and with millions of keys in a region: see ../README.md. */
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { RedisNames } from '../../src/platform/redisNames.ts'
import { startClock } from '../cost.ts'
import { createKeys } from '../createKeys.ts'
import { median, say, whole } from '../report.ts'
import { type Service, startService } from '../startService.ts'
import { startInProcess } from '../verification/startInProcess.ts'
import { writeValuesFile } from '../verification/valuesFile.ts'
import { fillRegion } from './fillRegion.ts'

const CALLERS = 64
const CORE = 1
/** The library keeps so many keys in memory by default. */
const CACHED = 200_000

/** Costs in µs a verification, latencies in ms, memory in bytes a key: stored, used today, and in a verifier. */
export type KeysInRegion = {
  keys: number
  rate: number
  microseconds: number
  redis: number
  p99: number
  stored: number
  used: number
  cached: number
}

export async function measureKeys(
  sizes: number[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<KeysInRegion[]> {
  const service = await startService()
  const redis = new Redis(service.env.REDIS_URL)
  try {
    // Rewriting a file of gigabytes would take the other core for a while.
    await redis.config('SET', 'auto-aof-rewrite-percentage', '0')
    const file = join(service.folder, 'values.txt')
    const { serviceToken, value } = await makeFirst(service, file)
    const measured: KeysInRegion[] = []
    let [filled, used] = [1, 0]
    const empty = await usedMemory(redis)
    for (const keys of sizes.toSorted((a, b) => a - b)) {
      await fillRegion(service.env.REDIS_URL, value, keys - filled, file)
      filled = keys
      await forget(service, redis)
      const full = await usedMemory(redis)
      say(`${whole(keys)} keys: ${(full / 2 ** 20).toFixed(0)} MB of Redis`)
      const library = await startInProcess(service.env, serviceToken, file, { core: CORE })
      const cached = Math.min(keys, CACHED)
      const { bytesPerKey } = await library.fill(cached)
      await forget(service, redis)
      const fresh = cached - used
      const counters = fresh > 0 ? ((await usedMemory(redis)) - full) / fresh : Number.NaN
      used = Math.max(used, cached)
      const samples: Pick<KeysInRegion, 'rate' | 'microseconds' | 'redis' | 'p99'>[] = []
      await library.rate(CALLERS, 1, keys)
      while (samples.length < rounds) {
        const { redisPid, postgresPid } = service
        const stopClock = await startClock({
          server: library.pid,
          redis: redisPid,
          postgres: postgresPid,
        })
        const { rate, microseconds, p99 } = await library.rate(CALLERS, seconds, keys)
        const cost = await stopClock(rate * seconds)
        say(
          `${whole(keys)} keys: ${whole(rate)}/s, ${microseconds.toFixed(1)} µs, Redis ${cost.redis.toFixed(1)} µs`,
        )
        samples.push({ rate, microseconds, redis: cost.redis, p99 })
        await forget(service, redis)
      }
      await library.stop()
      const of = (name: keyof (typeof samples)[number]) => median(samples.map((one) => one[name]))
      measured.push({
        keys,
        rate: of('rate'),
        microseconds: of('microseconds'),
        redis: of('redis'),
        p99: of('p99'),
        stored: keys > 1 ? (full - empty) / (keys - 1) : Number.NaN,
        used: cached >= 100 ? counters : Number.NaN,
        cached: cached >= 100 ? bytesPerKey : Number.NaN,
      })
    }
    return measured
  } finally {
    redis.disconnect()
    await service.stop()
  }
}

/** The first key is a real one, verified once: its state is in the region. */
async function makeFirst(service: Service, file: string) {
  return service.withWorker(async () => {
    const { values, serviceToken } = await createKeys(service, 1)
    const [value = ''] = values
    await writeValuesFile(file, [value])
    const library = await startInProcess(service.env, serviceToken, file)
    await library.fill(1)
    await library.stop()
    return { serviceToken, value }
  })
}

/** Nobody rolls up the usage of keys that are in Redis alone. */
async function forget({ slots }: Service, redis: Redis): Promise<void> {
  await slots.obliterate({ force: true })
  const lists = await redis.keys(new RedisNames(false).slot('*'))
  if (lists.length > 0) await redis.unlink(...lists)
}

async function usedMemory(redis: Redis): Promise<number> {
  const text = await redis.info('memory')
  return Number(/^used_memory:(\d+)/m.exec(text)?.[1])
}

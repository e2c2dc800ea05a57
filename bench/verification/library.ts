/** The library in a process of its own, without HTTP: see ../README.md. */
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type Options, type Row, sizesOf } from '../all/Part.ts'
import { startClock } from '../cost.ts'
import { createKeys } from '../createKeys.ts'
import { median, say, whole } from '../report.ts'
import { startService } from '../startService.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import { startInProcess } from './startInProcess.ts'
import { writeValuesFile } from './valuesFile.ts'

const KEYS = 200
const CALLERS = 64
/** Each asks again when it has its answer, and all have theirs at once: a batch is all of them. */
const CALLERS_IN_BATCHES_OF_8 = 8
const CORE = 1

export async function run(options: Options): Promise<Row[]> {
  const { rounds, seconds } = sizesOf(options, { rounds: [5, 1], seconds: [3, 1] })
  const service = await startService()
  const redis = new Redis(service.env.REDIS_URL)
  try {
    const file = join(service.folder, 'values.txt')
    const library = await service.withWorker(async () => {
      const keys = await createKeys(service, KEYS)
      await writeValuesFile(file, keys.values)
      const started = await startInProcess(service.env, keys.serviceToken, file, { core: CORE })
      // A worker brings into the region what this verifier cannot read in Postgres.
      await started.fill(KEYS)
      return started
    })
    const measure = async (callers: number) => {
      await waitForQuiet(options.quiet)
      await library.rate(callers, 1, KEYS)
      const scripts = await countScripts(redis)
      const { redisPid, postgresPid } = service
      const stopClock = await startClock({ server: library.pid, redis: redisPid, postgres: postgresPid })
      const { rate, microseconds } = await library.rate(callers, seconds, KEYS)
      const cost = await stopClock(rate * seconds)
      const batch = (rate * seconds) / ((await countScripts(redis)) - scripts)
      say(
        `${callers} callers: ${whole(rate)}/s, ${microseconds.toFixed(1)} µs, Redis ${cost.redis.toFixed(1)} µs, batches of ${batch.toFixed(1)}`,
      )
      return { rate, microseconds, redis: cost.redis, batch }
    }
    const many: Awaited<ReturnType<typeof measure>>[] = []
    const few: typeof many = []
    while (many.length < rounds) {
      many.push(await measure(CALLERS))
      few.push(await measure(CALLERS_IN_BATCHES_OF_8))
      await service.drain()
    }
    await library.stop()
    const of = (list: typeof many, name: 'rate' | 'microseconds' | 'redis' | 'batch') =>
      list.map((one) => one[name])
    const rateOf = (list: typeof many) => `${whole(median(of(list, 'rate')))}/s`
    const sizeOf = (list: typeof many) => `batches of ${median(of(list, 'batch')).toFixed(1)}`
    return [
      {
        id: 'redis-8',
        values: of(few, 'redis'),
        beside: `${CALLERS_IN_BATCHES_OF_8} callers in process, ${sizeOf(few)}, ${rateOf(few)}`,
      },
      {
        id: 'in-process-cpu',
        values: of(many, 'microseconds'),
        beside: `${sizeOf(many)}, Redis ${median(of(many, 'redis')).toFixed(1)} µs`,
      },
      { id: 'in-process-rate', values: of(many, 'rate'), beside: `Redis on the other core` },
    ]
  } finally {
    redis.disconnect()
    await service.stop()
  }
}

/** How many scripts Redis has run. A batch is one. */
async function countScripts(redis: Redis): Promise<number> {
  const text = await redis.info('commandstats')
  const counts = [...text.matchAll(/^cmdstat_(?:eval|evalsha|fcall):calls=(\d+)/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

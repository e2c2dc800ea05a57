/** Measures what usage takes of Redis's memory while no worker counts it: see README.md. */
import { parseArgs } from 'node:util'
import type { Redis } from 'ioredis'
import { PRIMARY } from '../src/domain/regions.ts'
import { connectRedis } from '../src/platform/connectRedis.ts'
import { RedisNames } from '../src/platform/redisNames.ts'
import { SLOT_BATCHES } from '../src/region/scripts.ts'
import { createVerifier } from '../src/verifier/createVerifier.ts'
import { createKeys } from './createKeys.ts'
import { describeRun, publish, say, table, whole } from './report.ts'
import { startService } from './startService.ts'
import { makeEvents } from './usage/events.ts'
import { bodiesOf, createSender } from './usage/loader.ts'

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })

const BATCHES = [1, 10, 30, 100, 1_000]
const REPORTS = [1, 100, 1_000]
const names = new RedisNames(false)
const [SLOTS, METERING] = [names.queue('slots', PRIMARY), names.queue('metering', PRIMARY)]

const service = await startService()
const redis = connectRedis(service.env.REDIS_URL, 'publisher')
try {
  const { keys, verifier } = await service.withWorker(async () => {
    const made = await createKeys(service)
    const { REDIS_URL: redisUrl } = service.env
    const started = createVerifier({ redisUrl, serviceToken: made.serviceToken, onError: () => {} })
    await started.ready()
    // A worker brings into the region what this verifier cannot read in Postgres.
    for (const value of made.values) await started.verify({ value })
    await service.drained()
    return { keys: made, verifier: started }
  })
  /** One batch: what is asked in one turn of the event loop goes together. */
  const verifyAtOnce = async (size: number) => {
    const facts = makeEvents(size, { prefix: '', keyIds: keys.values, now: Date.now() })
    const answers = await Promise.all(
      facts.map(({ keyId: value, ip, endpoint, method }) =>
        verifier.verify({ value, permission: 'renders:write', ip, endpoint, method }),
      ),
    )
    if (answers.some(({ valid }) => !valid)) throw new Error('A verification was refused.')
  }
  const rows: string[][] = []
  for (const size of BATCHES) {
    say(`batches of ${size}`)
    await verifyAtOnce(size)
    const alone = await bytesOfOpenSlot(redis, 1)
    for (let batches = 1; batches < SLOT_BATCHES; batches++) await verifyAtOnce(size)
    const full = await bytesOfOpenSlot(redis, SLOT_BATCHES)
    rows.push([
      `verifications, batches of ${whole(size)}`,
      ...[alone / size, full / SLOT_BATCHES / size].map(whole),
    ])
  }
  await verifier.close()
  const sender = createSender(service.api.url, keys.serviceToken, 1)
  for (const size of REPORTS) {
    const now = Date.now()
    const events = makeEvents(size, { prefix: `${size}`, keyIds: keys.ids, now, completing: true })
    await sender.sendAll(bodiesOf(events, size))
    const bytes = await bytesOfLastJob(redis, METERING)
    rows.push([`reported events, ${whole(size)} in a report`, whole(bytes / size), ''])
  }
  sender.close()
  const head = ['bytes of Redis each', 'alone in its job', `${SLOT_BATCHES} batches in a job`]
  await publish(
    'waiting',
    `${describeRun('No worker runs; 200 keys.')}\n\n${table(head, rows)}`,
    values.write,
  )
} finally {
  redis.disconnect()
  await service.stop()
}

/** A job's hash, and its share of the list in which it waits. */
async function bytesOfLastJob(redis: Redis, prefix: string): Promise<number> {
  const id = await redis.lindex(`${prefix}wait`, 0)
  const waiting = await redis.llen(`${prefix}wait`)
  const [job, list] = await Promise.all([bytesOf(redis, `${prefix}${id}`), bytesOf(redis, `${prefix}wait`)])
  return job + list / waiting
}

/** The newest slot and its job. Throws where it has another number of batches. */
async function bytesOfOpenSlot(redis: Redis, batches: number): Promise<number> {
  const id = await redis.lindex(`${SLOTS}wait`, 0)
  const { slot } = JSON.parse((await redis.hget(`${SLOTS}${id}`, 'data')) ?? '{}') as { slot: string }
  const found = await redis.llen(names.slot(slot))
  if (found !== batches) throw new Error(`The slot has ${found} batches instead of ${batches}`)
  return (await bytesOf(redis, names.slot(slot))) + (await bytesOfLastJob(redis, SLOTS))
}

async function bytesOf(redis: Redis, key: string): Promise<number> {
  const bytes = await redis.memory('USAGE', key, 'SAMPLES', 0)
  if (bytes === null) throw new Error(`Redis has no ${key}`)
  return bytes
}

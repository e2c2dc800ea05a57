import { setTimeout as sleep } from 'node:timers/promises'
import { Command as Cli } from 'commander'
import { auditOperators } from '../domain/audit/audit.ts'
import {
  beginDivision,
  endDivision,
  giveUpDivision,
  mayAdmit,
  readDivision,
  readLayout,
} from '../domain/layout.ts'
import { DecidedBatch, withResults } from '../domain/metering/decidedBatch.ts'
import { PRIMARY } from '../domain/regions.ts'
import { placeOfShard, shardNames } from '../domain/shards.ts'
import { jobOptions } from '../platform/jobOptions.ts'
import { namesIn, queueName } from '../platform/redisNames.ts'
import { isMovingUrl } from '../platform/redisUrl.ts'
import { connectRegion, untilConnected } from '../region/connectRegion.ts'
import { endEpoch } from '../region/endEpoch.ts'
import { print } from './print.ts'
import { type Service, withService } from './withService.ts'

const CONNECT_MS = 5_000
/** How long usage may take to be counted. Nobody is admitted meanwhile. */
const COUNTED_MS = 30_000
const LOOK_MS = 25

/** `shards [number]`: into how many shards regions are divided. */
export function shardsCommand(): Cli {
  return new Cli('shards')
    .description('show into how many shards regions are divided, or divide them into more')
    .argument('[number]', 'how many there are to be')
    .action(async (number: string | undefined, _options: unknown, command: Cli) => {
      const into = number === undefined ? undefined : Number(number)
      if (into !== undefined && !Number.isInteger(into))
        throw new Error('The number of shards must be whole.')
      print(command, await withService((service) => run(service, into)))
    })
}

async function run(service: Service, into: number | undefined) {
  const { env, em } = service
  const { shards: from, into: begun } = await readLayout(em.fork())
  if (into === undefined) return begun === null ? { shards: from } : { shards: from, dividingInto: begun }
  // One that was interrupted is given up.
  if (from === into && begun !== null) await em.fork().transactional(giveUpDivision)
  if (from !== env.SHARDS && from !== into)
    throw new Error(`SHARDS is ${env.SHARDS}, and regions have ${from} shards. Run this with SHARDS=${from}.`)
  const shards = openShards(service)
  try {
    for (const { name, redis } of shards) await requireConnected(name, redis)
    const tookMs = from === into ? 0 : await divide(service, shards, { from, into })
    await noteDivision(service, shards)
    return { shards: into, tookMs }
  } finally {
    for (const { redis } of shards) redis.disconnect()
  }
}

/** All shards as they are now. */
const openShards = ({ env }: Service) =>
  [{ name: PRIMARY, url: env.REDIS_URL }, ...env.REGIONS].flatMap((region) =>
    shardNames(region.name, env.SHARDS).map((name) => {
      const place = placeOfShard(name)
      const { url } = region
      return { name, url, names: namesIn(url, place), redis: connectRegion(url, place, () => {}) }
    }),
  )

type Shard = ReturnType<typeof openShards>[number]

async function requireConnected(name: string, redis: Shard['redis']): Promise<void> {
  await untilConnected(redis, CONNECT_MS).catch(() => {
    throw new Error(`The region ${name} does not answer. All of them must.`)
  })
}

/**
 * Has the journal of every shard that there was remember the division. A Postgres that was restored from before it
 * would have processes believe those shards alone, and not look at the others' journals. Run again, it does that again.
 */
async function noteDivision({ em }: Service, shards: Shard[]): Promise<void> {
  const entry = await readDivision(em.fork())
  if (!entry) return
  for (const { redis, names } of shards)
    await redis.zadd(names.journal, entry.sequence, JSON.stringify(entry))
}

/** Returns for how long no region admitted anything, in ms, until new processes may open them. */
async function divide(
  service: Service,
  shards: Shard[],
  { from, into }: { from: number; into: number },
): Promise<number> {
  const { em, actor } = service
  await em.fork().transactional((own) => beginDivision(own, { from, into }))
  const started = performance.now()
  try {
    for (const shard of shards) await endEpoch(shard)
    await untilCounted(service, shards)
    await untilNoLease(service, shards)
    await em.fork().transactional(async (own) => {
      auditOperators(
        own,
        { actor },
        { at: new Date(), action: 'regions.divided', targetId: '', details: { from, into } },
      )
      await endDivision(own, into)
    })
    return Math.round(performance.now() - started)
  } catch (error) {
    // The processes that run open new epochs, and go on as before.
    await em.fork().transactional(giveUpDivision)
    throw error
  }
}

/**
 * Until Postgres has counted what the regions have admitted: their counters are started again from that. No worker can
 * close a slot now, so each of its batches becomes a job. Both count it under its ID, once.
 */
async function untilCounted({ queues }: Service, shards: Shard[]): Promise<void> {
  const metering = shards.map(({ name }) => queues.all.get(queueName('metering', name)))
  for (const [place, { redis, names }] of shards.entries())
    for await (const found of redis.scanStream({ match: names.slot('*'), count: 1_000 }))
      for (const slot of found as string[])
        for (const batch of await redis.lrange(slot, 0, -1)) {
          const data = withResults(DecidedBatch.parse(JSON.parse(batch)))
          await metering[place]?.add('roll-up-verifications', data, jobOptions('roll-up-verifications'))
        }
  for (const until = Date.now() + COUNTED_MS; ; await sleep(LOOK_MS)) {
    const waiting = await Promise.all(
      metering.map((queue) => queue?.getJobCountByTypes('wait', 'active', 'delayed', 'prioritized') ?? 0),
    )
    if (waiting.every((count) => count === 0)) return
    if (Date.now() > until)
      throw new Error('Workers have not counted what waits within 30 s. Nothing was changed. Do they run?')
  }
}

/**
 * Until no server can still admit that may have been replaced without our knowledge, one of a group of Sentinels or of
 * a Cluster. Any other has lost its epoch.
 */
async function untilNoLease({ em }: Service, shards: Shard[]): Promise<void> {
  const names = shards.filter(({ url }) => isMovingUrl(url)).map(({ name }) => name)
  while (await mayAdmit(em.fork(), names)) await sleep(LOOK_MS)
}

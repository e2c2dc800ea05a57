import { setTimeout as delay } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { connectRedis } from '../../../src/platform/connectRedis.ts'
import { namesIn, queueName } from '../../../src/platform/redisNames.ts'
import { runSql } from '../../setup/runSql.ts'
import type { Random } from '../../support/random.ts'
import { type Cluster, REGIONS, type RegionName } from './cluster.ts'

const MOST = 12

/** Sends jobs that were sent already once more, now or up to 8 s later. Resolves with how many. */
export async function sendLateJobs(
  { databaseUrl, regions }: Cluster,
  random: Random,
  { isOver, isPaused }: { isOver: () => boolean; isPaused: (region: RegionName) => boolean },
): Promise<number> {
  const primary = regions.find(({ name }) => name === 'primary')!
  const connection = connectRedis(primary.redis.url, 'jobs')
  const prefix = namesIn(primary.redis.url).jobs
  const queues = new Map(
    REGIONS.map((name) => [name, new Queue(queueName('fan-out', name), { connection, prefix })] as const),
  )
  for (const queue of queues.values()) queue.on('error', () => {})
  let sent = 0
  while (!isOver()) {
    await delay(random.between(200, 800))
    const [rows = []] = await runSql(
      databaseUrl,
      `select id, propagate from command where status in ('applied', 'succeeded') and propagate is not null
       and created_at > now() - interval '10 seconds' order by random() limit ${random.between(1, MOST)}`,
    )
    for (const { id, propagate } of rows as { id: string; propagate: object }[]) {
      const region = random.pick(REGIONS)
      if (isPaused(region)) continue
      const data = { commandId: id, region, ...propagate }
      const options = {
        attempts: 20,
        backoff: { type: 'bounded', delay: 100 },
        delay: random.chance(0.3) ? 0 : random.between(0, 8_000),
        removeOnComplete: true,
        removeOnFail: true,
      }
      await queues
        .get(region)
        ?.add('propagate-state', data, options)
        .then(
          () => {
            sent += 1
          },
          () => {},
        )
    }
  }
  await Promise.all([...queues.values()].map((queue) => queue.close()))
  connection.disconnect()
  return sent
}

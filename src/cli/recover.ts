import { Command as Cli } from 'commander'
import type { Redis } from 'ioredis'
import { auditOperators } from '../domain/audit/audit.ts'
import { type LostEvent, listLost } from '../domain/events/listLost.ts'
import type { JournalEntry } from '../domain/journal/JournalEntry.ts'
import { type Recovered, recover, shardsOf } from '../domain/journal/recover.ts'
import { PRIMARY } from '../domain/regions.ts'
import { regionOfShard, shardNames } from '../domain/shards.ts'
import type { Em } from '../platform/postgres.ts'
import { namesIn } from '../platform/redisNames.ts'
import { connectRegion, untilConnected } from '../region/connectRegion.ts'
import { endEpoch } from '../region/endEpoch.ts'
import { Journal } from '../region/Journal.ts'
import { listAhead } from '../region/listAhead.ts'
import { print } from './print.ts'
import { readReceived } from './readReceived.ts'
import { type Service, withService } from './withService.ts'

/** How long a region's Redis may take until it answers. */
const CONNECT_MS = 5_000

type Options = { without?: string[]; acceptGap?: boolean; events?: string }

/** `recover`: brings into a restored database what has ended since its backup. */
export function recoverCommand(): Cli {
  return new Cli('recover')
    .description(
      'bring back into a restored database what was revoked, suspended or deleted since its backup',
    )
    .option('--without <region...>', 'go on without these regions, whose Redis is gone for good')
    .option('--accept-gap', 'go on although no region remembers all that ended since the backup')
    .option(
      '--events <file>',
      'list what is lost by the events that your webhook received, as JSON lines; - is standard input',
    )
    .action(async (options: Options, command: Cli) => {
      print(command, await withService((service) => run(service, options)))
    })
}

async function run(service: Service, { without = [], acceptGap = false, events }: Options) {
  const { env, em, actor } = service
  // First: nothing is changed where the file is none.
  const eventsLost = events === undefined ? undefined : await lostOf(em, events)
  const named = [{ name: PRIMARY, url: env.REDIS_URL }, ...env.REGIONS]
  const regions = named
    .filter(({ name }) => !without.includes(name))
    .flatMap(({ name, url }) =>
      shardNames(name, env.SHARDS).map((shard, place) => ({
        name: shard,
        names: namesIn(url, place),
        redis: connectRegion(url, place, () => {}),
      })),
    )
  try {
    for (const { name, redis } of regions) await requireConnected(name, redis)
    const entries: JournalEntry[] = []
    const [keysLost, keysChangedSince] = [new Set<string>(), new Set<string>()]
    for (const region of regions) {
      entries.push(...(await new Journal(region.name, region, undefined).read()))
      const ahead = await listAhead(em, region)
      for (const id of ahead.unknown) keysLost.add(id)
      for (const id of ahead.newer) keysChangedSince.add(id)
    }
    const divided = shardsOf(entries)
    if (divided > env.SHARDS)
      throw new Error(
        `The regions have ${divided} shards. Run this with SHARDS=${divided}: each has a journal.`,
      )
    const recovered = await em.transactional(async (own) => {
      const done = await recover(own, entries, { acceptsGap: acceptGap })
      if (done.entries === 0) return done
      const entry = { at: new Date(), action: 'database.recovered', targetId: '', details: done } as const
      auditOperators(own, { actor }, entry)
      // Before the commit: a state that was read before it must not be written after it.
      for (const region of regions) await endEpoch(region)
      return done
    })
    await eraseAgain(service, recovered)
    return {
      ...recovered,
      keysLost: [...keysLost],
      keysChangedSince: [...keysChangedSince],
      ...(eventsLost && { eventsLost }),
    }
  } finally {
    for (const { redis } of regions) redis.disconnect()
  }
}

async function lostOf(em: Em, file: string): Promise<LostEvent[]> {
  const lost: LostEvent[] = []
  for await (const page of readReceived(file)) lost.push(...(await listLost(em, page)))
  return lost
}

async function requireConnected(name: string, redis: Redis): Promise<void> {
  await untilConnected(redis, CONNECT_MS).catch(() => {
    throw new Error(
      `The region ${name} does not answer. If it is gone for good, say --without ${regionOfShard(name)}.`,
    )
  })
}

/** What was erased before is erased again by the next worker. */
async function eraseAgain({ leave }: Service, { accountsToErase }: Recovered): Promise<void> {
  for (const accountId of accountsToErase) await leave('erase-account', accountId, {})
}

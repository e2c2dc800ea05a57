import { DAY_MS } from '../../domain/time.ts'
import { archiveTestRenders } from '../../domain/usage/archiveTestRenders.ts'
import { FILLER } from '../../region/scripts.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Archives the test-render counters of past UTC days, and removes them a day later: a clock that goes back over
 * midnight still finds what was used. Nothing depends on when it runs: a new day is a new counter. Safe to run twice
 * or late: an archived day keeps the larger count, and a counter goes only after its archive is committed. Which day
 * is past is the region's own clock's to say.
 */
export async function resetTestQuotas(context: WorkerContext): Promise<void> {
  for (const region of context.regions.values()) {
    const prefix = region.names.testRenders
    const [seconds] = await region.redis.time()
    const now = Number(seconds) * 1000
    const [today, yesterday] = [dayOf(now), dayOf(now - DAY_MS)]
    for await (const names of region.redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      for (const name of names as string[]) {
        const day = name.slice(prefix.length)
        if (day >= today) continue
        const counts: Record<string, number> = {}
        for await (const pairs of region.redis.hscanStream(name, { count: 1_000 })) {
          for (let at = 0; at < pairs.length; at += 2) {
            if (pairs[at] !== FILLER) counts[pairs[at]] = Number(pairs[at + 1])
          }
        }
        await archiveTestRenders(context.orm.em.fork(), day, counts, context.now())
        if (day < yesterday) await region.redis.unlink(name)
        context.log.info(
          { region: region.name, day, keys: Object.keys(counts).length },
          'closed a day of test renders',
        )
      }
    }
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

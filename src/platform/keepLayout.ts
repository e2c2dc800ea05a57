import { setTimeout as delay } from 'node:timers/promises'
import { readShards } from '../domain/layout.ts'
import type { Log } from './log.ts'
import type { Orm } from './postgres.ts'
import type { Shutdown } from './shutdown.ts'
import { within } from './within.ts'

const ANSWER_MS = 2_000
const LOOK_MS = 250
const AGAIN_MS = 1_000

/**
 * Resolves once regions have as many shards as this worker knows of, and ends it when they are divided into more: it
 * would take jobs that it can no longer do. While Postgres does not answer it goes on, because each change asks itself
 * (`shardsToReach`).
 */
export async function keepLayout(
  orm: Pick<Orm, 'em'>,
  shards: number,
  log: Log,
  shutdown: Pick<Shutdown, 'add' | 'fail'>,
): Promise<void> {
  const read = () => within(ANSWER_MS, readShards(orm.em.fork())).catch(() => shards)
  for (let isSaid = false; ; isSaid = true) {
    const divided = await read()
    if (divided === shards) break
    if (!isSaid)
      log.error({ event: 'shards-mismatch', shards, divided }, 'waiting for `keys shards`, or another SHARDS')
    await delay(LOOK_MS)
  }
  const stopped = new AbortController()
  shutdown.add('layout', () => stopped.abort())
  const watch = async () => {
    for (;;) {
      await delay(AGAIN_MS, undefined, { signal: stopped.signal, ref: false })
      const divided = await read()
      // While they are being divided it counts what was admitted before.
      if (divided === shards || divided === 0) continue
      log.fatal(
        { event: 'shards-mismatch', shards, divided },
        'regions were divided: start again with their number',
      )
      return shutdown.fail('shards-mismatch')
    }
  }
  watch().catch(() => {})
}

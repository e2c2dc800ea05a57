import { ASK_WAIT_MS } from '../../domain/retries.ts'
import { shardsOf } from '../../region/openRegions.ts'
import type { Shards } from '../../region/shards.ts'
import type { WorkerContext } from '../context.ts'

type Asked = { askId: string; region: string; replyTo: string; at: number }

/**
 * What all questions of verifiers without Postgres have in common: the answer goes out on a channel of the region's own
 * Redis, all that they can reach. Nobody waits for a late one, so it is not worked out at all: after an outage of the
 * workers the questions of that time cost nothing. A lost answer costs who asked a wait.
 */
export async function answerAsk(
  { regions }: Pick<WorkerContext, 'regions'>,
  { askId, region: name, replyTo, at }: Asked,
  work: (shards: Shards) => Promise<unknown>,
  boundMs = ASK_WAIT_MS,
): Promise<void> {
  const shards = shardsOf(regions, name)
  if ((await shards[0].now()) - at > boundMs) return
  const answer = await work(shards)
  await shards[0].redis.publish(replyTo, JSON.stringify({ askId, answer }))
}

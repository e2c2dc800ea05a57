import type { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { within } from '../platform/within.ts'

/** How often a connection is asked, and how long it has for its answer, in ms. */
const ANSWER_MS = 2_000

/**
 * Closes workers, by the connection that their jobs come from, and waits for the jobs in hand. BullMQ waits without a
 * bound for a Redis that is away (its issue 4656), so a connection that does not answer is ended first. A job from
 * there is not marked as done: whoever gets it when that Redis is back does it again.
 */
export async function closeWorkers(
  workersOf: Map<Redis, Worker[]>,
  inHand: Set<Promise<unknown>>,
): Promise<void> {
  const answers = (connection: Redis) =>
    within(ANSWER_MS, connection.ping()).then(
      () => true,
      () => {
        connection.disconnect()
        return false
      },
    )
  // One that is lost later must not be waited for either.
  const asking = setInterval(() => {
    for (const connection of workersOf.keys()) if (connection.status !== 'end') void answers(connection)
  }, ANSWER_MS)
  await Promise.all(
    [...workersOf].map(async ([connection, workers]) => {
      const isAway = !(await answers(connection))
      await Promise.all(workers.map((worker) => worker.close(isAway)))
    }),
  )
  await Promise.allSettled(inHand)
  clearInterval(asking)
  for (const connection of workersOf.keys()) connection.disconnect()
}

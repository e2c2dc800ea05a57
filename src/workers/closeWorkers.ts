import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { within } from '../platform/within.ts'

/** How often a connection is asked, and how long it has for its answer, in ms. */
const ANSWER_MS = 2_000

/**
 * Closes workers, by the connection that their jobs come from, and waits for the jobs in hand. BullMQ waits without a
 * bound for a Redis that is away (its issue 4656), so a connection that does not answer, or no longer, is given up. A
 * job from there is not marked as done: whoever gets it when that Redis is back does it again.
 */
export async function closeWorkers(
  workersOf: Map<Redis, Worker[]>,
  inHand: Set<Promise<unknown>>,
): Promise<void> {
  const closed = new AbortController()
  await Promise.all(
    [...workersOf].map(([connection, workers]) =>
      Promise.race([
        Promise.all(workers.map((worker) => worker.close())),
        untilSilent(connection, closed.signal),
      ]),
    ),
  )
  await Promise.allSettled(inHand)
  closed.abort()
  for (const connection of workersOf.keys()) connection.disconnect()
}

/** Resolves once the connection does not answer, and is ended, or on `signal`. */
async function untilSilent(connection: Redis, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      await within(ANSWER_MS, connection.ping())
      await delay(ANSWER_MS, undefined, { signal })
    }
  } catch {
    connection.disconnect()
  }
}

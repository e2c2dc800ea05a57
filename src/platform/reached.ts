import type { FlowProducer, Queue } from 'bullmq'
import { within } from './within.ts'

/** How long to wait for the first connection, in ms. */
export const REACH_MS = 2_000

/**
 * Whether this queue's Redis was reached since the process started, now or within `boundMs`. Until then BullMQ's own
 * calls wait without end; afterwards they fail at once while Redis is away.
 */
export async function reached(queue: Queue | FlowProducer, boundMs = REACH_MS): Promise<boolean> {
  return within(boundMs, queue.waitUntilReady()).then(
    () => true,
    () => false,
  )
}

/** Throws where `reached` is false. */
export async function requireReached(queue: Queue | FlowProducer, boundMs = REACH_MS): Promise<void> {
  if (!(await reached(queue, boundMs))) throw new Error('Redis was not reached since this process started')
}

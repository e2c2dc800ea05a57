import type { FlowProducer, Queue } from 'bullmq'

const BOUND_MS = 2_000

/**
 * Whether this queue's Redis was reached since the process started, now or within 2 s. Until then BullMQ's own calls wait
 * without end; afterwards they fail at once while Redis is away.
 */
export async function reached(queue: Queue | FlowProducer): Promise<boolean> {
  let bound: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    bound = setTimeout(() => resolve(false), BOUND_MS)
  })
  const ready = queue.waitUntilReady().then(
    () => true,
    () => false,
  )
  return Promise.race([ready, late]).finally(() => clearTimeout(bound))
}

/** Throws where `reached` is false. */
export async function requireReached(queue: Queue | FlowProducer): Promise<void> {
  if (!(await reached(queue))) throw new Error('Redis was not reached since this process started')
}

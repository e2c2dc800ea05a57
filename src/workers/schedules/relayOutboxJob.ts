import { relayOutbox } from '../../platform/outbox.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Sends what a worker that died after its commit could not. Safe to run twice: rows are locked, and receivers
 * idempotent.
 */
export async function relayOutboxJob(context: WorkerContext): Promise<void> {
  const sent = await relayOutbox(context.orm.em, context.queues.send)
  if (sent > 0) context.log.info({ sent }, 'relayed what was left in the outbox')
}

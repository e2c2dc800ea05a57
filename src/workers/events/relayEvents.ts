import { enqueuePushes } from '../../platform/enqueuePushes.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Moves events of which a worker died after its commit, and lists the channels that have not taken all of theirs. Safe
 * to run twice: an event is moved in one transaction, and a push begins at its channel's position.
 */
export async function relayEvents(context: WorkerContext): Promise<void> {
  await context.events.relay()
  await enqueuePushes(context)
}

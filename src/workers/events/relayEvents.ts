import type { WorkerContext } from '../context.ts'

/** Moves events of which a worker died after its commit. Safe to run twice: an event is moved in one transaction. */
export async function relayEvents({ events }: WorkerContext): Promise<void> {
  await events.relay()
}

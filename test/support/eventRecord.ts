import { type EventQuery, readEvents } from '../../src/domain/events/eventStore.ts'
import type { EventType } from '../../src/domain/events/eventTypes.ts'
import { type LifecycleEvent, presentEvent } from '../../src/domain/events/presentEvent.ts'
import type { JournalKind } from '../../src/domain/journal/JournalEntry.ts'
import type { TestWorker } from './workerContext.ts'

/** Promise 15: what ends a key or an account has an entry in the journal, which a restored database gets back. */
export const JOURNALED: Partial<Record<EventType, JournalKind>> = {
  'api_key.revoked': 'key-revoked',
  'api_key.deleted': 'key-deleted',
  'api_key.rotated': 'key-expires',
  'account.suspended': 'account-suspended',
  'account.resumed': 'account-resumed',
  'account.erased': 'account-erased',
}

/** Everything in the record of lifecycle events, page by page, once what has committed is in it. */
export async function recordedEvents(
  worker: Pick<TestWorker, 'context' | 'em'>,
  { after: from, ...query }: Partial<EventQuery> = {},
): Promise<LifecycleEvent[]> {
  await worker.context.events.relay()
  const all: LifecycleEvent[] = []
  for (let after = from; ; ) {
    const { events, next } = await readEvents(worker.em(), { limit: 100, ...query, after })
    all.push(...events.map(presentEvent))
    if (next === after || events.length === 0) return all
    after = next
  }
}

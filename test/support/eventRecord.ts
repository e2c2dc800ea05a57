import { type EventQuery, readEvents } from '../../src/domain/events/eventStore.ts'
import { type LifecycleEvent, presentEvent } from '../../src/domain/events/presentEvent.ts'
import type { TestWorker } from './workerContext.ts'

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

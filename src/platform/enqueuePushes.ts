import { EVENT_PRIORITY } from '../domain/notifications/deliveryJob.ts'
import { listBehind } from '../domain/notifications/listBehind.ts'
import type { Orm } from './postgres.ts'
import type { Queues } from './queues.ts'

/** Jobs for one channel begin at multiples of this, so that many events in a row are one job. */
const SLOT_MS = 50

/**
 * Enqueues a job for each channel with events that it has not taken, among those that concern these accounts, or for
 * this channel, or for all. The job of a slot begins at its end: whatever happened before is there for it. If one is
 * lost, the schedule `relay-events` enqueues another.
 */
export async function enqueuePushes(
  { orm, queues }: { orm: Orm; queues: Queues },
  which: Parameters<typeof listBehind>[1] = {},
): Promise<void> {
  const behind = await listBehind(orm.em.fork(), which)
  const now = Date.now()
  const slot = Math.floor(now / SLOT_MS) + 1
  for (const channelId of behind)
    await queues.add('push-events', { channelId }, `push-${channelId}-${slot}`, {
      delayMs: slot * SLOT_MS - now,
      priority: EVENT_PRIORITY,
    })
}

import { EVENT_PRIORITY } from '../domain/notifications/deliveryJob.ts'
import { listBehind } from '../domain/notifications/listBehind.ts'
import type { Orm } from './postgres.ts'
import type { Queues } from './queues.ts'

/** Jobs for one channel begin at multiples of this, so that many events in a row are one job. */
const SLOT_MS = 50
/** The same for a channel of an account whose events go on: it gets some in each second (`takeEvents`). */
const PACED_MS = 1_000

/**
 * Enqueues a job for each channel with events that it has not taken, among those that concern these accounts, or for
 * this channel, or for all. The job of a slot begins at its end: whatever happened before is there for it. If one is
 * lost, the schedule `relay-events` enqueues another. `goesOn`: after events that the channel has just taken.
 */
export async function enqueuePushes(
  { orm, queues }: { orm: Orm; queues: Queues },
  which: Parameters<typeof listBehind>[1] = {},
  goesOn = false,
): Promise<void> {
  const behind = await listBehind(orm.em.fork(), which)
  const now = Date.now()
  for (const { id: channelId, accountId } of behind) {
    const slotMs = goesOn && accountId !== null ? PACED_MS : SLOT_MS
    const due = (Math.floor(now / slotMs) + 1) * slotMs
    await queues.add('push-events', { channelId }, `push-${channelId}-${due}`, {
      delayMs: due - now,
      priority: EVENT_PRIORITY,
    })
  }
}

import { EVENT_PRIORITY } from '../domain/notifications/deliveryJob.ts'
import { listBehind } from '../domain/notifications/listBehind.ts'
import type { Orm } from './postgres.ts'
import type { Queues } from './queues.ts'

/**
 * Jobs for one channel begin at multiples of this, so that many events in a row are one job. An account's channel gets
 * as many events in each as it gets at once, so 16 a second: an import of thousands of keys keeps no worker busy.
 */
const SLOT_MS = { operators: 50, account: 250 }

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
  for (const { id: channelId, accountId } of behind) {
    const slotMs = accountId === null ? SLOT_MS.operators : SLOT_MS.account
    const slot = Math.floor(now / slotMs) + 1
    await queues.add('push-events', { channelId }, `push-${channelId}-${slot}`, {
      delayMs: slot * slotMs - now,
      priority: EVENT_PRIORITY,
    })
  }
}

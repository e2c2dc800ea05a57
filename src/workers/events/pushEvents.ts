import type { JobData } from '../../domain/jobs.ts'
import { eventDeliveryJob } from '../../domain/notifications/deliveryJob.ts'
import { takeEvents } from '../../domain/notifications/takeEvents.ts'
import { enqueuePushes } from '../../platform/enqueuePushes.ts'
import { relayOutbox, writeOutbox } from '../../platform/outbox.ts'
import type { WorkerContext } from '../context.ts'

/** Positions of the record that a channel has no interest in are passed over in steps; this many at most in one job. */
const MOST_STEPS = 100

/**
 * Takes the next lifecycle events of one channel. Safe to run twice, late and at once: the transaction that writes the
 * notifications moves the channel's position, under the lock of its row. What is left is taken when a delivery has made
 * room, when the channel's second is over, or by the schedule.
 */
export async function pushEvents(
  context: WorkerContext,
  { channelId }: JobData<'push-events'>,
): Promise<void> {
  const { orm, now, queues } = context
  let written = 0
  let isPaced = false
  for (let step = 0, isDone = false; !isDone && step < MOST_STEPS; step += 1)
    isDone = await orm.em.fork().transactional(async (em) => {
      const taken = await takeEvents(em, channelId, now())
      for (const id of taken.ids) await writeOutbox(em, eventDeliveryJob(id))
      written += taken.ids.length
      isPaced = taken.isPaced
      return taken.isDone
    })
  if (written > 0) await relayOutbox(orm.em, queues.send)
  if (isPaced) await enqueuePushes(context, { channelId }, true)
}

import type { JobData } from '../../domain/jobs.ts'
import {
  announceDay,
  listAccountsToAnnounce,
  listDaysToAnnounce,
  readDay,
} from '../../domain/usage/closedDays.ts'
import type { WorkerContext } from '../context.ts'

/** Accounts per run: after a night the next runs take the others. */
const MANY = 1_000

/** After what sees to others' work: a night's accounts are many. */
const LATER = 1

/**
 * Lists the accounts with closed days that are not announced as they are now, and enqueues a job for each. Safe to run
 * twice: an account whose job waits or runs gets no second one, and what that one misses is listed again.
 */
export async function enqueueUsageAnnouncements({ orm, queues, now }: WorkerContext): Promise<void> {
  for (const accountId of await listAccountsToAnnounce(orm.em.fork(), now(), MANY))
    await queues.sendAgain({
      ...{ kind: 'job', name: 'announce-account-days', data: { accountId } },
      ...{ id: `announce-${accountId}`, priority: LATER },
    })
}

/**
 * Announces the closed days of one account, oldest first, each in a transaction of its own. Safe to run twice, at once
 * and to die in: the event and what remembers its revision are one transaction, which does nothing if the day was
 * announced since it was read. What is counted meanwhile changes the day again, and the next run announces it.
 */
export async function announceAccountDays(
  { orm, events, now }: WorkerContext,
  { accountId }: JobData<'announce-account-days'>,
): Promise<void> {
  for (const day of await listDaysToAnnounce(orm.em.fork(), accountId, now())) {
    const read = await readDay(orm.em.fork(), accountId, day)
    if (!read) continue
    const announced = await orm.em
      .fork()
      .transactional((em) => announceDay(em, { accountId, day }, read, now()))
    if (announced) events.soon()
  }
}

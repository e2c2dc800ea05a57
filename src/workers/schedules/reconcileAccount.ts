import type { JobData } from '../../domain/jobs.ts'
import { recordCheck } from '../../domain/usage/reconcile.ts'
import { reconcileDay } from '../../region/reconcileDay.ts'
import type { WorkerContext } from '../context.ts'

/** A transaction that was about to commit while the check read is younger than this. */
const IN_FLIGHT_MS = 60_000

/**
 * Checks one account's day and records what differs. Safe to run twice: it writes what it finds. While metering jobs
 * wait, a difference is no finding: it is thrown, to be looked at again later.
 */
export async function reconcileAccount(
  { orm, queues, regions, now, log }: WorkerContext,
  accountDay: JobData<'reconcile-account'>,
): Promise<void> {
  const em = orm.em.fork()
  const at = now()
  const waiting = await queues.countMetering()
  const differences = await reconcileDay(em, regions.values(), accountDay, { now: at, waiting })
  if (differences.length > 0 && waiting > 0) {
    throw new Error(`${waiting} metering jobs are not done yet: the day cannot be checked.`)
  }
  for (const difference of differences) log.error({ ...accountDay, ...difference }, 'usage differs')
  await recordCheck(em, accountDay, differences, new Date(at.getTime() - IN_FLIGHT_MS))
}

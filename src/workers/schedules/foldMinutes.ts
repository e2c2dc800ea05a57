import { foldHour, hoursToFold } from '../../domain/usage/foldMinutes.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Folds minutes older than 48 h into one list per key and hour. Safe to run twice or at once: an hour is moved in one
 * statement, and one that is moved already is empty.
 */
export async function foldMinutes({ orm, now, log }: WorkerContext): Promise<void> {
  const em = orm.em.fork()
  const hours = await hoursToFold(em, now())
  for (const hour of hours) await foldHour(em, hour)
  if (hours.length > 0) log.info({ hours: hours.length }, 'folded minutes')
}

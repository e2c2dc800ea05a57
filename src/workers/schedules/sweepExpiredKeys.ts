import { noteExpiries, noteExpiring } from '../../domain/keys/noteExpiries.ts'
import type { WorkerContext } from '../context.ts'

const MANY = 500

/**
 * Announces keys that expire soon, and writes the end of each expired key into its account's audit log. Nothing else
 * depends on it: a key is refused from the moment of its expiry. Safe to run twice or at once: the note, the log entry
 * and the event are one transaction.
 */
export async function sweepExpiredKeys({ orm, events, now }: WorkerContext): Promise<void> {
  let total = 0
  for (const noteSome of [noteExpiring, noteExpiries]) {
    for (let noted = MANY; noted === MANY; total += noted)
      noted = await orm.em.fork().transactional((em) => noteSome(em, now(), MANY))
  }
  if (total > 0) events.soon()
}

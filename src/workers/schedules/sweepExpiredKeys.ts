import { noteExpiries } from '../../domain/keys/noteExpiries.ts'
import type { WorkerContext } from '../context.ts'

const MANY = 500

/**
 * Writes the end of each expired key into its account's audit log. Nothing else depends on it: a key is refused from
 * the moment of its expiry. Safe to run twice or at once: the note and the log entry are one transaction.
 */
export async function sweepExpiredKeys({ orm, now }: WorkerContext): Promise<void> {
  let noted = MANY
  while (noted === MANY) noted = await orm.em.fork().transactional((em) => noteExpiries(em, now(), MANY))
}

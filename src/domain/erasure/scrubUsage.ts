import type { JobData } from '../jobs.ts'
import { claimedId } from '../metering/claimId.ts'
import { type DecidedBatch, ownersIn, withoutCallers } from '../metering/decidedBatch.ts'
import type { EventRow } from '../metering/eventRow.ts'

/** A metering job as it is stored. */
export type MeteringWork =
  | { name: 'roll-up-verifications' | 'take-back-verifications'; data: DecidedBatch }
  | { name: 'roll-up-events'; data: JobData<'roll-up-events'> }

/** The accounts of whose keys or callers a job says anything. */
export function accountsIn(work: MeteringWork): string[] {
  if (work.name !== 'roll-up-events') return ownersIn(work.data)
  return [
    ...new Set(work.data.events.flatMap(([, keyId, accountId]) => (keyId === accountId ? [] : accountId))),
  ]
}

/**
 * The data of a job in which usage of these accounts says no more than what is kept of them: units and their day. It
 * keeps the claims, so the job still counts once, before this and after it, and counts the others as it did. Their
 * keys become one, which has the account's ID.
 */
export function scrubUsage(work: MeteringWork, erased: Set<string>): MeteringWork['data'] {
  if (work.name !== 'roll-up-events') return withoutCallers(work.data, erased)
  const scrubbed = (row: EventRow): EventRow => {
    const [id, , accountId, at, , , units, requestId] = row
    if (!erased.has(accountId)) return row
    const claim = id === requestId ? id : claimedId(id)
    return [claim, accountId, accountId, at, 0, null, units, requestId, null, null, null]
  }
  return { events: work.data.events.map(scrubbed) }
}

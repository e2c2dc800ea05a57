import type { JobData } from '../../domain/jobs.ts'
import { claimIdOf } from '../../domain/metering/claimId.ts'
import { type DecidedBatch, forEachVerification, type Refusals } from '../../domain/metering/decidedBatch.ts'
import { formerId } from '../../domain/metering/eventIds.ts'
import { canBeCounted } from '../../domain/metering/eventTimes.ts'
import { parseRequestId } from '../../domain/metering/requestId.ts'
import { forEachEvent } from '../../domain/metering/usageEvent.ts'
import type { AcceptedUsage } from '../../domain/usage/AcceptedUsage.ts'
import type { UsageBatch } from '../../domain/usage/UsageBatch.ts'

/** What a metering job asks for, or a part of the refused requests that a region has added up: `claim` is its own. */
export type Work =
  | { name: 'roll-up-verifications'; data: JobData<'roll-up-verifications'> }
  | { name: 'take-back-verifications'; data: JobData<'take-back-verifications'> }
  | { name: 'roll-up-events'; data: JobData<'roll-up-events'> }
  | { name: 'merged-refusals'; data: { claim: string; refusals: Refusals } }

/** Ids that nobody had claimed: of batches and events, and of the requests that events complete. */
export type Claimed = { fresh: Set<string>; completed: Set<string> }

/** What a transaction adds. `impossible`: events whose time no report may have; they are left out. */
export type Sums = { batch: UsageBatch; accepted: AcceptedUsage; impossible: number }

export function eventsOf(work: Work): number {
  if (work.name === 'roll-up-events') return work.data.events.length
  return work.name === 'merged-refusals' ? work.data.refusals.length : 1
}

/**
 * A batch of verifications is claimed as a whole, an event by its own id, or by its request where that is its id.
 * Taking a batch back claims the batch, too: if it was not counted before, it never will be.
 */
export function claimsOf(work: Work): string[] {
  if (work.name === 'roll-up-verifications') return [work.data.batchId]
  if (work.name === 'take-back-verifications') return [work.data.batchId, takingBackOf(work.data.batchId)]
  if (work.name === 'merged-refusals') return [work.data.claim]
  const claims: string[] = []
  forEachEvent(work.data.events, ({ id, requestId }) => {
    claims.push(id === requestId ? completionOf(requestId) : claimIdOf(id))
  })
  return claims
}

/** Claims of events by the former rule of ids, each with the claim that the event has now. */
export function formerClaimsOf(works: Work[], claims: string[][]): Map<string, string> {
  const former = new Map<string, string>()
  works.forEach((work, place) => {
    if (work.name !== 'roll-up-events') return
    forEachEvent(work.data.events, ({ id }, index) => {
      const before = formerId(id)
      if (before !== undefined) former.set(claims[place]?.[index] ?? '', claimIdOf(before))
    })
  })
  return former
}

/**
 * The requests that fresh events complete; an event that was counted before completes nothing, whatever it says now.
 */
export function completionsOf(works: Work[], claims: string[][], fresh: Set<string>): string[] {
  const completions: string[] = []
  works.forEach((work, place) => {
    if (work.name !== 'roll-up-events') return
    forEachEvent(work.data.events, ({ id, requestId }, index) => {
      if (requestId !== undefined && id !== requestId && fresh.has(claims[place]?.[index] ?? ''))
        completions.push(completionOf(requestId))
    })
  })
  return completions
}

/** No event's id: those of reports begin with a NUL, and those of the library are request IDs. */
const completionOf = (requestId: string) => claimIdOf(`completes ${requestId}`)

const takingBackOf = (batchId: string) => claimIdOf(`takes back ${batchId}`)

/** Adds what of a job is claimed; each claim is used up by the first that has it. */
export function countWork(
  sums: Sums,
  work: Work,
  claims: string[],
  { fresh, completed }: Claimed,
  now: number,
): void {
  const { batch, accepted } = sums
  if (work.name === 'roll-up-verifications') {
    if (!fresh.delete(work.data.batchId)) return
    countBatch(sums, work.data, 1)
    return
  }
  if (work.name === 'take-back-verifications') {
    const wasCounted = !fresh.delete(work.data.batchId)
    if (!fresh.delete(takingBackOf(work.data.batchId)) || !wasCounted) return
    countBatch(sums, work.data, -1)
    return
  }
  if (work.name === 'merged-refusals') {
    if (!fresh.delete(work.data.claim)) return
    batch.addRefusals(work.data.refusals)
    accepted.addRefusals(work.data.refusals)
    return
  }
  forEachEvent(work.data.events, (event, index) => {
    const { id, at, requestId } = event
    if (!fresh.delete(claims[index] ?? '')) return
    if (requestId !== undefined && id !== requestId && !completed.delete(completionOf(requestId))) return
    const request = requestId === undefined ? undefined : parseRequestId(requestId)
    // A refused verification was counted as refused when it was refused: a report of it adds nothing.
    if (requestId !== undefined && !request?.admitted) return
    if (requestId !== undefined && !canBeCounted(at, now)) {
      sums.impossible += 1
      return
    }
    batch.addEvent(event, request?.knows)
    accepted.addEvent(event)
  })
}

/** `by`: -1 takes out what was added. */
function countBatch({ batch, accepted }: Sums, data: DecidedBatch, by: 1 | -1): void {
  forEachVerification(data, (verification) => {
    batch.addVerification(verification, by)
    accepted.addVerification(verification, by)
  })
}

import type { JobData } from '../domain/jobs.ts'
import type { AcceptedUsage } from '../domain/usage/AcceptedUsage.ts'
import { claimIdOf } from '../domain/usage/claims.ts'
import { formerId } from '../domain/usage/eventIds.ts'
import { canBeCounted } from '../domain/usage/eventTimes.ts'
import type { Refusals, UsageBatch } from '../domain/usage/UsageBatch.ts'
import { ADMIT, AUTHENTICATE, STALE } from '../region/admissionCodes.ts'
import { codeName } from '../verifier/decision.ts'
import { KNOWS_ENDPOINT, KNOWS_IP, parseRequestId } from '../verifier/requestId.ts'

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

const codes = { admitted: ADMIT, authenticated: AUTHENTICATE, stale: STALE, nameOf: codeName }

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
  return work.data.events.map(([id, , , , , , , completes]) =>
    id === completes ? completionOf(completes) : claimIdOf(id),
  )
}

/** Claims of events by the former rule of ids, each with the claim that the event has now. */
export function formerClaimsOf(works: Work[], claims: string[][]): Map<string, string> {
  const former = new Map<string, string>()
  works.forEach((work, place) => {
    if (work.name !== 'roll-up-events') return
    work.data.events.forEach(([id], index) => {
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
    work.data.events.forEach(([id, , , , , , , completes], index) => {
      if (completes !== null && id !== completes && fresh.has(claims[place]?.[index] ?? ''))
        completions.push(completionOf(completes))
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
    batch.addVerifications(work.data, codes)
    accepted.addVerifications(work.data, codes)
    return
  }
  if (work.name === 'take-back-verifications') {
    const wasCounted = !fresh.delete(work.data.batchId)
    if (!fresh.delete(takingBackOf(work.data.batchId)) || !wasCounted) return
    batch.addVerifications(work.data, codes, -1)
    accepted.addVerifications(work.data, codes, -1)
    return
  }
  if (work.name === 'merged-refusals') {
    if (!fresh.delete(work.data.claim)) return
    batch.addRefusals(work.data.refusals, codes)
    accepted.addRefusals(work.data.refusals, codes)
    return
  }
  work.data.events.forEach((event, index) => {
    const [id, , , at, , , , completes] = event
    if (!fresh.delete(claims[index] ?? '')) return
    if (completes !== null && id !== completes && !completed.delete(completionOf(completes))) return
    const request = completes === null ? undefined : parseRequestId(completes)
    // A refused verification was counted as refused when it was refused: a report of it adds nothing.
    if (completes !== null && !request?.admitted) return
    if (completes !== null && !canBeCounted(at, now)) {
      sums.impossible += 1
      return
    }
    const knows = request?.knows ?? 0
    batch.addEvent(event, { ip: (knows & KNOWS_IP) > 0, endpoint: (knows & KNOWS_ENDPOINT) > 0 })
    accepted.addEvent(event)
  })
}

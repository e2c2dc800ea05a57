import type { JobData } from '../domain/jobs.ts'
import { AcceptedUsage } from '../domain/usage/AcceptedUsage.ts'
import { addAccepted, addUsage } from '../domain/usage/addUsage.ts'
import { claimIdOf, claimIds } from '../domain/usage/claims.ts'
import { EndpointIds } from '../domain/usage/EndpointIds.ts'
import { type EventTuple, UsageBatch } from '../domain/usage/UsageBatch.ts'
import type { Orm } from '../platform/postgres.ts'
import { ADMIT, AUTHENTICATE, codeName, STALE } from '../verifier/decision.ts'
import { KNOWS_ENDPOINT, KNOWS_IP, parseRequestId } from '../verifier/requestId.ts'

type Work =
  | { name: 'roll-up-verifications'; data: JobData<'roll-up-verifications'> }
  | { name: 'roll-up-events'; data: JobData<'roll-up-events'> }
type Waiting = { work: Work; resolve: () => void; reject: (error: unknown) => void }
type Sums = { batch: UsageBatch; accepted: AcceptedUsage }

/** Jobs per transaction: bounds its size, not the rate. */
const MAX_JOBS = 500

const codes = { admitted: ADMIT, authenticated: AUTHENTICATE, stale: STALE, nameOf: codeName }

/**
 * Group commit towards Postgres: metering jobs that arrive while a transaction runs share the next one. The
 * transaction that counts a job also claims its ids, so that a job which runs again adds nothing.
 */
export class Rollup {
  readonly #orm: Orm
  readonly #now: () => Date
  readonly #endpoints = new EndpointIds()
  #waiting: Waiting[] = []
  #busy = false

  constructor(orm: Orm, now: () => Date) {
    this.#orm = orm
    this.#now = now
  }

  /** Resolves once the job is counted and committed. */
  add(work: Work): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      if (this.#busy) return
      this.#busy = true
      setImmediate(() => this.#next())
    })
  }

  #next(): void {
    const group = this.#waiting.splice(0, MAX_JOBS)
    if (group.length === 0) {
      this.#busy = false
      return
    }
    this.#commit(group.map((one) => one.work))
      .then(
        () => {
          for (const one of group) one.resolve()
        },
        (error) => {
          for (const one of group) one.reject(error)
        },
      )
      .finally(() => this.#next())
  }

  async #commit(works: Work[]): Promise<void> {
    await this.#orm.em.fork().transactional(async (em) => {
      const fresh = await claimIds(em, works.flatMap(claimsOf))
      const sums = { batch: new UsageBatch(), accepted: new AcceptedUsage() }
      for (const work of works) count(sums, work, fresh)
      // Outside of the transaction: a name that was learned stays, whatever becomes of the counts.
      await this.#endpoints.learn(this.#orm.em.fork(), sums.batch)
      await addUsage(em, sums.batch, this.#endpoints)
      await addAccepted(em, sums.accepted, this.#now())
    })
  }
}

/** A batch of verifications is claimed as a whole; an event by its own id, and by the request that it completes. */
function claimsOf(work: Work): string[] {
  if (work.name === 'roll-up-verifications') return [work.data.batchId]
  return work.data.events.flatMap((event) => eventClaims(event))
}

function eventClaims([id, , , , , , , completes]: EventTuple): string[] {
  return completes === null ? [claimIdOf(id)] : [claimIdOf(id), claimIdOf(`completes ${completes}`)]
}

function count({ batch, accepted }: Sums, work: Work, fresh: Set<string>): void {
  if (work.name === 'roll-up-verifications') {
    if (!fresh.delete(work.data.batchId)) return
    batch.addVerifications(work.data, codes)
    accepted.addVerifications(work.data, codes)
    return
  }
  for (const event of work.data.events) {
    const claims = eventClaims(event)
    const all = claims.every((id) => fresh.has(id))
    for (const id of claims) fresh.delete(id)
    if (!all) continue
    const completed = event[7] === null ? undefined : parseRequestId(event[7])
    // A refused verification was counted as refused when it was refused: a report of it adds nothing.
    if (event[7] !== null && !completed?.admitted) continue
    const knows = completed?.knows ?? 0
    batch.addEvent(event, { ip: (knows & KNOWS_IP) > 0, endpoint: (knows & KNOWS_ENDPOINT) > 0 })
    accepted.addEvent(event)
  }
}

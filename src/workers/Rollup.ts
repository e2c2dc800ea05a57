import { setImmediate as afterThisTurn } from 'node:timers'
import { setImmediate } from 'node:timers/promises'
import type { JobData } from '../domain/jobs.ts'
import { AcceptedUsage } from '../domain/usage/AcceptedUsage.ts'
import { addAccepted, addUsage } from '../domain/usage/addUsage.ts'
import { claimIdOf, claimIds } from '../domain/usage/claims.ts'
import { EndpointIds } from '../domain/usage/EndpointIds.ts'
import { UsageBatch } from '../domain/usage/UsageBatch.ts'
import type { Orm } from '../platform/postgres.ts'
import { ADMIT, AUTHENTICATE, STALE } from '../region/admissionCodes.ts'
import { codeName } from '../verifier/decision.ts'
import { KNOWS_ENDPOINT, KNOWS_IP, parseRequestId } from '../verifier/requestId.ts'
import { Patience, type PatienceOptions } from './Patience.ts'

type Work =
  | { name: 'roll-up-verifications'; data: JobData<'roll-up-verifications'> }
  | { name: 'roll-up-events'; data: JobData<'roll-up-events'> }
type Waiting = { work: Work; resolve: () => void; reject: (error: unknown) => void }
/** Ids that nobody had claimed: of batches and events, and of the requests that events complete. */
type Claimed = { fresh: Set<string>; completed: Set<string> }
type Sums = { batch: UsageBatch; accepted: AcceptedUsage }

/** Events (or batches of verifications) per transaction, so that it ends long before a job's lock does. */
const MAX_EVENTS = 100_000

/** Transactions at once: while Postgres works on one, this process makes the next. */
const AT_ONCE = 2

/** What must wait, in events, for a second transaction: small ones only take turns at the same rows. */
const WORTH_A_SECOND = 50_000

/** How long Postgres may take to answer a probe, in ms. */
const PROBE_MS = 2_000

/** Events that are counted without a pause. */
const A_TURN = 2_000

const codes = { admitted: ADMIT, authenticated: AUTHENTICATE, stale: STALE, nameOf: codeName }

/**
 * Group commit towards Postgres: metering jobs that arrive while a transaction runs share the next one. The
 * transaction that counts a job also claims its ids, so that a job which runs again adds nothing.
 */
export class Rollup {
  readonly #orm: Orm
  readonly #now: () => Date
  readonly #endpoints = new EndpointIds()
  readonly #patience: Patience
  #waiting: Waiting[] = []
  #waitingEvents = 0
  #running = 0

  constructor(orm: Orm, now: () => Date, hooks: Omit<PatienceOptions, 'probe'> = {}) {
    this.#orm = orm
    this.#now = now
    this.#patience = new Patience({ ...hooks, probe: () => probe(orm) })
  }

  /** Jobs that wait for Postgres are rejected at once, and stay in their queue. */
  stop(): void {
    this.#patience.stop()
  }

  /**
   * Resolves once the job is counted and committed, however long Postgres is away until then. Rejects what Postgres
   * refuses, and what waits when `stop` is called.
   */
  add(work: Work): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      this.#waitingEvents += eventsOf(work)
      // After this turn of the event loop, so that jobs that arrive together share a transaction.
      afterThisTurn(() => this.#start())
    })
  }

  #start(): void {
    if (this.#waiting.length === 0 || this.#running === AT_ONCE) return
    if (this.#running > 0 && this.#waitingEvents < WORTH_A_SECOND) return
    const group = this.#takeGroup()
    this.#running += 1
    const commit = (some: Waiting[]) => this.#commit(some.map(({ work }) => work))
    const settle = (one: Waiting, error?: unknown) =>
      error === undefined ? one.resolve() : one.reject(error)
    void this.#patience.store(group, commit, settle).finally(() => {
      this.#running -= 1
      this.#start()
    })
    this.#start()
  }

  /** As many of the waiting jobs as make a transaction: at least one. */
  #takeGroup(): Waiting[] {
    let events = 0
    const end = this.#waiting.findIndex(({ work }) => {
      events += eventsOf(work)
      return events > MAX_EVENTS
    })
    const group = this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(1, end))
    for (const { work } of group) this.#waitingEvents -= eventsOf(work)
    return group
  }

  async #commit(works: Work[]): Promise<void> {
    const claims: string[][] = []
    await inTurns(works, (work) => claims.push(claimsOf(work)))
    await this.#orm.em.fork().transactional(async (em) => {
      const fresh = await claimIds(em, claims.flat())
      const completed = await claimIds(em, completionsOf(works, claims, fresh))
      const sums = { batch: new UsageBatch(), accepted: new AcceptedUsage() }
      await inTurns(works, (work, place) => count(sums, work, claims[place] ?? [], { fresh, completed }))
      // Outside of the transaction: a name that was learned stays, whatever becomes of the counts.
      await this.#endpoints.learn(this.#orm.em.fork(), sums.batch)
      await addUsage(em, sums.batch, this.#endpoints)
      await addAccepted(em, sums.accepted, this.#now())
    })
  }
}

/** Throws unless Postgres answers within `PROBE_MS`. */
async function probe(orm: Orm): Promise<void> {
  let bound: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    bound = setTimeout(() => reject(new Error(`Postgres did not answer within ${PROBE_MS} ms`)), PROBE_MS)
  })
  await Promise.race([orm.em.fork().execute('select 1'), late]).finally(() => clearTimeout(bound))
}

/** Does a transaction's worth of work so that the other one, and the other queues' jobs, have their turns in between. */
async function inTurns(works: Work[], each: (work: Work, place: number) => void): Promise<void> {
  let events = 0
  for (const [place, work] of works.entries()) {
    each(work, place)
    events += eventsOf(work)
    if (events < A_TURN) continue
    events = 0
    await setImmediate()
  }
}

const eventsOf = (work: Work) => (work.name === 'roll-up-events' ? work.data.events.length : 1)

/** A batch of verifications is claimed as a whole, an event by its own id. */
function claimsOf(work: Work): string[] {
  if (work.name === 'roll-up-verifications') return [work.data.batchId]
  return work.data.events.map(([id]) => claimIdOf(id))
}

/** The requests that fresh events complete; an event that was counted before completes nothing, whatever it says now. */
function completionsOf(works: Work[], claims: string[][], fresh: Set<string>): string[] {
  const completions: string[] = []
  works.forEach((work, place) => {
    if (work.name === 'roll-up-verifications') return
    work.data.events.forEach(([, , , , , , , completes], index) => {
      if (completes !== null && fresh.has(claims[place]?.[index] ?? ''))
        completions.push(completionOf(completes))
    })
  })
  return completions
}

const completionOf = (requestId: string) => claimIdOf(`completes ${requestId}`)

function count({ batch, accepted }: Sums, work: Work, claims: string[], { fresh, completed }: Claimed): void {
  if (work.name === 'roll-up-verifications') {
    if (!fresh.delete(work.data.batchId)) return
    batch.addVerifications(work.data, codes)
    accepted.addVerifications(work.data, codes)
    return
  }
  work.data.events.forEach((event, index) => {
    const completes = event[7]
    // Each claim is used up by the first event that has it.
    if (!fresh.delete(claims[index] ?? '')) return
    if (completes !== null && !completed.delete(completionOf(completes))) return
    const request = completes === null ? undefined : parseRequestId(completes)
    // A refused verification was counted as refused when it was refused: a report of it adds nothing.
    if (completes !== null && !request?.admitted) return
    const knows = request?.knows ?? 0
    batch.addEvent(event, { ip: (knows & KNOWS_IP) > 0, endpoint: (knows & KNOWS_ENDPOINT) > 0 })
    accepted.addEvent(event)
  })
}

import { setImmediate as afterThisTurn } from 'node:timers'
import { setImmediate } from 'node:timers/promises'
import { claimIds, findClaimed } from '../../domain/metering/claims.ts'
import { EventIdRule } from '../../domain/metering/eventIds.ts'
import { AcceptedUsage } from '../../domain/usage/AcceptedUsage.ts'
import { addAccepted, addUsage } from '../../domain/usage/addUsage.ts'
import { CallerLimits } from '../../domain/usage/CallerLimits.ts'
import { EndpointIds } from '../../domain/usage/EndpointIds.ts'
import { announceReachedQuotas, reachedQuotas } from '../../domain/usage/reachedQuotas.ts'
import { UsageBatch } from '../../domain/usage/UsageBatch.ts'
import type { Em, Orm } from '../../platform/postgres.ts'
import { within } from '../../platform/within.ts'
import { Claiming } from './Claiming.ts'
import {
  claimsOf,
  completionsOf,
  countWork,
  eventsOf,
  formerClaimsOf,
  type Sums,
  type Work,
} from './countWork.ts'
import { divertErased } from './divertErased.ts'
import { Patience, type PatienceOptions } from './Patience.ts'

/**
 * `onImpossible`: so many events named a time that no report may have, and were left out. `onCounted`: usage of these
 * accounts has been committed. `everyMs`: how long after the start of a transaction the next one may start, unless much
 * waits; 0 by default.
 */
export type RollupHooks = Omit<PatienceOptions, 'probe'> & {
  onImpossible?: (events: number) => void
  onCounted?: (accountIds: Set<string>) => void
  everyMs?: number
}

type Waiting = { work: Work; resolve: () => void; reject: (error: unknown) => void }

/** Events (or batches of verifications) per transaction, so that it ends long before a job's lock does. */
const MAX_EVENTS = 100_000

/** Transactions at once: while Postgres works on one, this process makes the next. */
const AT_ONCE = 2

/** What must wait, in events, for a second transaction: small ones only take turns at the same rows. */
const WORTH_A_SECOND = 50_000

/** So many jobs do not wait for others: the queue hands out no more while these are active. */
const WORTH_STARTING = 100

/** How long Postgres may take to answer a probe, in ms. */
const PROBE_MS = 2_000

/** Events that are counted without a pause. */
const A_TURN = 2_000

/**
 * Group commit towards Postgres: metering jobs that arrive while a transaction runs, or soon after one has started,
 * share the next one. The transaction that counts a job also claims its ids, so that a job which runs again adds
 * nothing.
 */
export class Rollup {
  readonly #orm: Orm
  readonly #now: () => Date
  readonly #endpoints = new EndpointIds()
  readonly #callerLimits = new CallerLimits()
  readonly #idRule = new EventIdRule()
  readonly #claiming = new Claiming()
  readonly #patience: Patience
  readonly #onImpossible: (events: number) => void
  readonly #onCounted: (accountIds: Set<string>) => void
  readonly #everyMs: number
  #startedAt = Number.NEGATIVE_INFINITY
  #next: NodeJS.Timeout | undefined
  #waiting: Waiting[] = []
  #waitingEvents = 0
  #running = 0

  constructor(orm: Orm, now: () => Date, hooks: RollupHooks = {}) {
    this.#orm = orm
    this.#now = now
    this.#patience = new Patience({
      ...hooks,
      probe: () => within(PROBE_MS, orm.em.fork().execute('select 1')),
    })
    this.#onImpossible = hooks.onImpossible ?? (() => {})
    this.#onCounted = hooks.onCounted ?? (() => {})
    this.#everyMs = hooks.everyMs ?? 0
  }

  /** How long jobs have been waiting for Postgres, in ms; 0 while none is. */
  get waitedMs(): number {
    return this.#patience.awayMs
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
    if (this.#waitsForOthers()) return
    this.#startedAt = performance.now()
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

  /** Whether few jobs wait, soon after a transaction has started; then this looks again when the time has come. */
  #waitsForOthers(): boolean {
    const early = this.#startedAt + this.#everyMs - performance.now()
    const few = this.#waiting.length < WORTH_STARTING && this.#waitingEvents < WORTH_A_SECOND
    clearTimeout(this.#next)
    if (!few || early <= 0) return false
    this.#next = setTimeout(() => this.#start(), early)
    return true
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
    await this.#idRule.load(this.#orm.em.fork())
    await this.#claiming.run((expectNew) => this.#count(works, claims, expectNew))
  }

  async #count(works: Work[], claims: string[][], expectNew: boolean): Promise<void> {
    const now = this.#now()
    const sums: Sums = { batch: new UsageBatch(), accepted: new AcceptedUsage(), impossible: 0 }
    await this.#orm.em.fork().transactional(async (em) => {
      const fresh = await claimIds(em, claims.flat(), expectNew)
      if (this.#idRule.remembersFormer(now.getTime())) await forgetFormer(em, works, claims, fresh)
      const completed = await claimIds(em, completionsOf(works, claims, fresh), expectNew)
      await inTurns(works, (work, place) =>
        countWork(sums, work, claims[place] ?? [], { fresh, completed }, now.getTime()),
      )
      await divertErased(em, sums)
      // Outside of the transaction: a name that was learned stays, whatever becomes of the counts.
      const idOf = await this.#endpoints.learn(this.#orm.em.fork(), sums.batch, now)
      await addUsage(em, sums.batch, idOf, this.#callerLimits)
      await addAccepted(em, sums.accepted, now)
      await announceReachedQuotas(em, reachedQuotas(sums.batch.buckets), now)
    })
    if (sums.impossible > 0) this.#onImpossible(sums.impossible)
    this.#onCounted(new Set(sums.batch.buckets.map(({ accountId }) => accountId)))
  }
}

/** Takes out of `fresh` what was counted under its id of before: see EventIdRule. */
async function forgetFormer(em: Em, works: Work[], claims: string[][], fresh: Set<string>): Promise<void> {
  const former = formerClaimsOf(works, claims)
  if (former.size === 0) return
  const counted = await findClaimed(em, [...new Set(former.values())])
  for (const [claim, before] of former) if (counted.has(before)) fresh.delete(claim)
}

/**
 * Does a transaction's worth of work so that the other one, and the other queues' jobs, have their turns in between.
 */
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

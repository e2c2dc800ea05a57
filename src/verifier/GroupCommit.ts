import { randomUUID } from 'node:crypto'
import { idempotencyConflict } from '../domain/failure.ts'
import { CONFLICT } from '../domain/metering/decisionCodes.ts'
import { type Decision, readDecisions } from '../domain/metering/readDecisions.ts'
import type { Ticket } from '../domain/metering/Ticket.ts'
import { encodeBatch, type VerificationBatch } from '../domain/metering/verificationBatch.ts'
import { within } from '../platform/within.ts'
import { admitArgs } from '../region/admitArgs.ts'
import { ANSWER_MS, BOUND_MS, type Region } from '../region/Region.ts'
import { NothingRan, RegionUnavailable } from '../region/RegionUnavailable.ts'
import { changedPlaces, ServiceTokenStale } from '../region/regionTokens.ts'
import { ONCE_SECONDS } from '../region/scripts.ts'

type Waiting = {
  ticket: Ticket
  /** When its caller is given up, by `performance.now()`. */
  until: number
  resolve: (decision: Decision) => void
  reject: (error: unknown) => void
}

/** After how long a batch is tried to be taken back again while no request comes. */
const SETTLE_MS = 1_000

/** Lua's `unpack` bounds how many keys one call can name. */
const MAX_BATCH = 1_000

/**
 * Group commit: requests that arrive while a batch is in flight form the next one, so that a batch costs one
 * round trip however many it holds, and the cost per request falls as load rises. The next batch leaves before the
 * answers of the last are given out: Redis decides the one while this process writes the other.
 */
export class GroupCommit {
  readonly #region: Region
  readonly #onBatch: (size: number) => void
  #waiting: Waiting[] = []
  #busy = false
  readonly #id = randomUUID()
  #sequence = 0
  /** The last batch, if its callers were given up and the region has not yet said that it took it back. */
  #doubtful: VerificationBatch | undefined
  #settling: NodeJS.Timeout | undefined

  constructor(region: Region, onBatch: (size: number) => void) {
    this.#region = region
    this.#onBatch = onBatch
  }

  /**
   * Decides and counts one request. Throws ServiceTokenStale; or RegionUnavailable, after `BOUND_MS` at the
   * latest: then it is not counted, and will not be.
   */
  decide(ticket: Ticket): Promise<Decision> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ticket, until: performance.now() + BOUND_MS, resolve, reject })
      if (this.#busy) return
      this.#busy = true
      // After this turn of the event loop, so that requests read in the same turn share the batch.
      setImmediate(() => this.#sendNext())
    })
  }

  #sendNext(): void {
    const requests = this.#takeBatch()
    const [first] = requests
    if (!first) {
      this.#busy = false
      return
    }
    this.#onBatch(requests.length)
    this.#sequence += 1
    const { ordered, batch } = encodeBatch(requests, {
      verifier: this.#id,
      sequence: this.#sequence,
      batchId: randomUUID(),
    })
    // Nobody in the batch has waited longer than the first.
    this.#admit(batch, first.until).then(
      (answer) => {
        const changed = changedPlaces(answer)
        // Nothing was decided: those who may still ask go with the next batch.
        const again = changed ? withoutTokens(requests, batch, changed) : []
        this.#waiting.unshift(...again)
        this.#sendNext()
        if (!changed) giveOut(ordered, readDecisions(batch.groups, answer, this.#region.kind === 'primary'))
      },
      (error) => {
        this.#sendNext()
        for (const one of requests) one.reject(error)
      },
    )
  }

  async #admit(batch: VerificationBatch, until: number): Promise<unknown[]> {
    if (this.#doubtful) await within(until - performance.now(), this.settle(), () => this.#late())
    try {
      return await this.#region.runUntil(until, 'admit', (deadline) =>
        admitArgs(this.#region, batch, deadline),
      )
    } catch (error) {
      // To take back what has not run would only make the next batch late, too, and so on for ever.
      if (!(error instanceof NothingRan)) {
        this.#doubtful = batch
        this.#settleSoon()
      }
      throw error
    }
  }

  /**
   * Has the region take back the batch whose callers were given up: what it has decided meanwhile is not counted, and
   * what it has not decided will not be. No other batch leaves before that. Throws RegionUnavailable.
   */
  async settle(): Promise<void> {
    const batch = this.#doubtful
    if (!batch) return
    await this.#region.run('takeBack', ...admitArgs(this.#region, batch, 0))
    if (this.#doubtful === batch) this.#doubtful = undefined
  }

  /** In case that no request comes: what was decided must not stay counted. */
  #settleSoon(): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined
      this.settle().catch(() => {
        if (!this.#region.isClosed) this.#settleSoon()
      })
    }, SETTLE_MS).unref()
  }

  #late(): RegionUnavailable {
    return new RegionUnavailable(`The region ${this.#region.name} did not answer in time.`)
  }

  /** The longest waiting, but for those whose answer would come too late. */
  #takeBatch(): Waiting[] {
    const latest = performance.now() + ANSWER_MS
    let late = 0
    while ((this.#waiting[late]?.until ?? Number.POSITIVE_INFINITY) < latest) late += 1
    for (const one of this.#waiting.splice(0, late)) one.reject(this.#late())
    return this.#waiting.splice(0, MAX_BATCH)
  }
}

/** Refuses the requests of service tokens that have changed. Returns the others. */
function withoutTokens(requests: Waiting[], batch: VerificationBatch, changed: number[]): Waiting[] {
  const stale = new Set(changed.map((place) => batch.tokens[place]))
  return requests.filter(({ ticket: { token }, reject }) => {
    if (token === undefined || !stale.has(token)) return true
    reject(new ServiceTokenStale())
    return false
  })
}

/** Hands each request what was decided about it. */
function giveOut(ordered: Waiting[], decisions: Decision[]): void {
  for (let place = 0; place < ordered.length; place++) {
    const decision = decisions[place] as Decision
    const one = ordered[place]
    if (decision.code === CONFLICT) {
      one?.reject(idempotencyConflict(`${ONCE_SECONDS / 60} minutes`))
      continue
    }
    if (one?.ticket.once && !decision.repeated) decision.tail = one.ticket.once.tail
    one?.resolve(decision)
  }
}

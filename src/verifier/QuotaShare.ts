import { TEST_RENDERS_PER_DAY } from '../domain/accounts/plans.ts'
import { ADMIT, MONTH, QUOTA } from '../domain/metering/decisionCodes.ts'
import type { Decision } from '../domain/metering/readDecisions.ts'
import type { Ticket } from '../domain/metering/Ticket.ts'
import type { QuotaAnswer, QuotaClaim, Quotas } from '../region/quotasIn.ts'

type Reserving = {
  claim: QuotaClaim
  resolve: (answer: QuotaAnswer) => void
  reject: (error: unknown) => void
}

/** One question names this many claims at most. */
const MAX_CLAIMS = 1_000

/**
 * Renders of a further region. Where a limit refuses (a test key's day, a hard month) they are reserved in the primary
 * region before this one decides, and given back when this region refuses. A soft month is counted afterwards: it
 * marks, and never makes anyone wait. Reservations that arrive while others are in flight go together with the next;
 * requests that need none pass them by.
 */
export class QuotaShare {
  readonly #quotas: Quotas
  readonly #decide: (ticket: Ticket) => Promise<Decision>
  #waiting: Reserving[] = []
  #reserving = false
  /** Units to count or give back, added up. */
  #later = new Map<string, QuotaClaim>()
  #booking: Promise<void> | undefined
  /** Renders of a soft month as the primary last knew them, by account. */
  readonly #softMonths = new Map<string, number>()

  constructor(quotas: Quotas, decide: (ticket: Ticket) => Promise<Decision>) {
    this.#quotas = quotas
    this.#decide = decide
  }

  /** Decides one request. Throws what the region or the primary threw: nothing was admitted. */
  async decide(ticket: Ticket): Promise<Decision> {
    const claim = claimOf(ticket)
    if (claim && claim.limit >= 0) return this.#decideReserved(ticket, claim)
    const decision = await this.#decide(ticket)
    if (ticket.key.state.type === 'test') return decision
    const { accountId } = ticket.key.state
    decision.renders = this.#softMonths.get(accountId) ?? 0
    if (claim && decision.code === ADMIT && !decision.repeated) {
      decision.renders += claim.units
      this.#bookLater(claim)
    }
    return decision
  }

  /** Resolves when all units are counted or given back. */
  async drain(): Promise<void> {
    while (this.#booking) await this.#booking
  }

  async #decideReserved(ticket: Ticket, claim: QuotaClaim): Promise<Decision> {
    const { granted, used, day } = await this.#reserve(claim)
    const back = { ...claim, units: -claim.units, day }
    const verdict = granted ? ticket.verdict : claim.kind === 'test' ? QUOTA : MONTH
    let decision: Decision
    try {
      decision = await this.#decide({ ...ticket, verdict })
    } catch (error) {
      if (granted) this.#bookLater(back)
      throw error
    }
    // A repeat has taken nothing.
    const returned = granted && (decision.code !== ADMIT || decision.repeated)
    if (returned) this.#bookLater(back)
    decision.renders = returned ? used - claim.units : used
    return decision
  }

  #reserve(claim: QuotaClaim): Promise<QuotaAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ claim, resolve, reject })
      if (this.#reserving) return
      this.#reserving = true
      setImmediate(() => this.#reserveNext())
    })
  }

  #reserveNext(): void {
    const group = this.#waiting.splice(0, MAX_CLAIMS)
    if (group.length === 0) {
      this.#reserving = false
      return
    }
    this.#quotas
      .claim(group.map(({ claim }) => claim))
      .then(
        (answers) => {
          group.forEach(({ resolve }, place) => {
            resolve(answers[place] ?? { granted: false, used: 0, day: '' })
          })
        },
        (error) => {
          for (const { reject } of group) reject(error)
        },
      )
      .finally(() => this.#reserveNext())
  }

  #bookLater(claim: QuotaClaim): void {
    const name = `${claim.kind}:${claim.id}:${claim.day ?? ''}`
    const booked = this.#later.get(name)
    if (booked) booked.units += claim.units
    else this.#later.set(name, { ...claim })
    this.#booking ??= this.#bookAll().finally(() => {
      this.#booking = undefined
    })
  }

  async #bookAll(): Promise<void> {
    // What is decided in this turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#later.size > 0) {
      const claims = [...this.#later.values()].slice(0, MAX_CLAIMS)
      if (claims.length === this.#later.size) this.#later = new Map()
      else for (const name of [...this.#later.keys()].slice(0, MAX_CLAIMS)) this.#later.delete(name)
      // What gets lost on the way stays used, so that no limit is exceeded; and a soft month only marks, later then:
      // the workers count it in Postgres all the same.
      const answers = await this.#quotas.claim(claims).catch(() => [])
      answers.forEach(({ used }, place) => {
        const claim = claims[place]
        if (claim?.kind !== 'month' || claim.limit >= 0) return
        if (this.#softMonths.size > 50_000) this.#softMonths.clear()
        this.#softMonths.set(claim.id, used)
      })
    }
  }
}

/** What a request takes of a quota that spans regions, if it would be admitted; limit -1 where none refuses. */
function claimOf({ key, verdict, units }: Ticket): QuotaClaim | undefined {
  if (verdict !== ADMIT || units === 0) return undefined
  const { digest, keyId, accountId, type } = key.state
  if (type === 'test')
    return { kind: 'test', digest, accountId, id: keyId, units, limit: TEST_RENDERS_PER_DAY }
  const { rendersPerMonth, rendersHard } = key.account.state
  return { kind: 'month', digest, accountId, id: accountId, units, limit: rendersHard ? rendersPerMonth : -1 }
}

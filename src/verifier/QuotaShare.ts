import { TEST_RENDERS_PER_DAY } from '../domain/accounts/plans.ts'
import type { QuotaClaim, Quotas } from '../region/quotasIn.ts'
import { ADMIT, MONTH, QUOTA } from './decision.ts'
import type { Decision, Waiting } from './GroupCommit.ts'

type Asked = { one: Waiting; claim: QuotaClaim }

/**
 * Renders of a further region. Where a limit refuses (a test key's day, a hard month) they are reserved in the primary
 * region before this one decides, one round trip for the whole batch, and given back when this region refuses. A soft
 * month is told afterwards: it marks, and never makes anyone wait.
 */
export class QuotaShare {
  readonly #quotas: Quotas
  /** Renders of a soft month as the primary last knew them, by account. */
  readonly #softMonths = new Map<string, number>()

  constructor(quotas: Quotas) {
    this.#quotas = quotas
  }

  /** Decides a batch: reserves, lets `run` decide the rest, and hands every request its answer. Never throws. */
  async decide(batch: Waiting[], run: (batch: Waiting[]) => Promise<Decision[]>): Promise<void> {
    const hard = batch.flatMap((one) => {
      const claim = claimOf(one)
      return claim && claim.limit >= 0 ? [{ one, claim }] : []
    })
    const reserved = new Map<Waiting, { claim: QuotaClaim; granted: boolean; used: number }>()
    let allowed = batch
    if (hard.length > 0) {
      try {
        const answers = await this.#quotas.claim(hard.map(({ claim }) => claim))
        hard.forEach(({ one, claim }, place) => {
          reserved.set(one, { claim, ...(answers[place] ?? { granted: false, used: 0 }) })
        })
      } catch (error) {
        // Only those who need the primary wait for it; everybody else goes on.
        const refused = new Set(hard.map(({ one }) => one))
        for (const one of refused) one.reject(error)
        allowed = batch.filter((one) => !refused.has(one))
      }
    }
    if (allowed.length === 0) return
    const asked = allowed.map((one) => {
      const reservation = reserved.get(one)
      if (!reservation || reservation.granted) return one
      return { ...one, ticket: { ...one.ticket, plan: reservation.claim.kind === 'test' ? QUOTA : MONTH } }
    })
    let decisions: Decision[]
    try {
      decisions = await run(asked)
    } catch (error) {
      this.#later([...reserved.values()].filter(({ granted }) => granted).map(({ claim }) => back(claim)))
      for (const one of allowed) one.reject(error)
      return
    }
    const returned: QuotaClaim[] = []
    const told: Asked[] = []
    allowed.forEach((one, place) => {
      const decision = decisions[place] as Decision
      const reservation = reserved.get(one)
      if (reservation) {
        decision.renders = reservation.used
        if (reservation.granted && decision.code !== ADMIT) {
          returned.push(back(reservation.claim))
          decision.renders -= reservation.claim.units
        }
      } else if (one.ticket.key.state.type === 'live') {
        const claim = claimOf(one)
        if (claim && decision.code === ADMIT) told.push({ one, claim })
        const { accountId } = one.ticket.key.state
        const units = claim && decision.code === ADMIT ? claim.units : 0
        decision.renders = (this.#softMonths.get(accountId) ?? 0) + units
      }
      one.resolve(decision)
    })
    this.#later(returned)
    this.#tell(told.map(({ claim }) => claim))
  }

  #tell(claims: QuotaClaim[]): void {
    if (claims.length === 0) return
    this.#quotas.claim(claims).then(
      (answers) => {
        claims.forEach(({ id }, place) => {
          if (this.#softMonths.size > 50_000) this.#softMonths.clear()
          this.#softMonths.set(id, answers[place]?.used ?? 0)
        })
      },
      () => {
        // The month is soft: the worker counts it in Postgres all the same, and marks begin later.
      },
    )
  }

  /** Gives units back; what gets lost on the way stays used, so that a limit is never exceeded. */
  #later(claims: QuotaClaim[]): void {
    if (claims.length > 0) this.#quotas.claim(claims).catch(() => {})
  }
}

const back = (claim: QuotaClaim): QuotaClaim => ({ ...claim, units: -claim.units })

/** What a request takes of a quota that spans regions, if it would be admitted; limit -1 where none refuses. */
function claimOf({ ticket: { key, plan, units } }: Waiting): QuotaClaim | undefined {
  if (plan !== ADMIT || units === 0) return undefined
  const { digest, keyId, accountId, type } = key.state
  if (type === 'test') return { kind: 'test', digest, id: keyId, units, limit: TEST_RENDERS_PER_DAY }
  const { rendersPerMonth, rendersHard } = key.account.state
  return { kind: 'month', digest, id: accountId, units, limit: rendersHard ? rendersPerMonth : -1 }
}

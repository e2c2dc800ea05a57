import type { Random } from '../../support/random.ts'
import type { Cluster, VerifierProcess } from './cluster.ts'
import type { Outcome } from './commands.ts'

/** One key from its creation on. Times are `performance.now()` of the checker, the only clock that counts here. */
export type TrackedKey = {
  id: string
  /** Whose only key it is; it may be suspended. */
  accountId?: string
  value: string
  /** When the answer that created it was here, or the one that last resumed its account. */
  bornAt: number
  /** When its end was asked for: from now on it may be refused. */
  endingAt: number
  /** When an answer said that it has ended, or is suspended: whatever starts from now on must be refused. */
  endedAt: number
  trace: [at: number, what: string][]
}

/** The key that a command has made; undefined where nobody knows its secret. */
export function trackKey(outcome: Outcome, what: string): TrackedKey | undefined {
  if (!outcome.done || !outcome.secret) return undefined
  const bornAt = performance.now()
  const { id } = outcome.result
  return {
    id,
    value: outcome.secret,
    bornAt,
    endingAt: Number.POSITIVE_INFINITY,
    endedAt: Number.POSITIVE_INFINITY,
    trace: [[bornAt, `${id} is ${what} (${outcome.how})`]],
  }
}

/** The only key of an account that a command has made. */
export function trackAccount(outcome: Outcome): TrackedKey | undefined {
  // A 202 does not say which key it will be.
  if (!outcome.done || !outcome.result.adminKey) return undefined
  const { account, adminKey } = outcome.result
  const key = trackKey({ ...outcome, result: adminKey }, `created, the only one of ${account.id}`)
  return key && { ...key, accountId: account.id }
}

/** From now on it may be accepted again, until `resumed` says that it must. */
export function resuming(key: TrackedKey): { resumed: () => void } {
  key.endedAt = Number.POSITIVE_INFINITY
  key.trace.push([performance.now(), 'resume is asked for'])
  return {
    resumed: () => {
      key.bornAt = performance.now()
      key.endingAt = Number.POSITIVE_INFINITY
      key.trace.push([key.bornAt, 'resume is answered'])
    },
  }
}

export type Violation = { keyId: string; verifier: string; startedAt: number; by: string; trace: string[] }

/** Asks verifiers about keys and knows what each answer may be. Counts every answer, keeps those that may not be. */
export class Oracle {
  /** Accepted though its end was answered before it started. */
  readonly violations: Violation[] = []
  /** Refused though it was created before and its end not asked for. */
  readonly wronglyRefused: Violation[] = []
  /** Answers that none of this explains. */
  readonly odd: string[] = []
  readonly counts = {
    accepted: 0,
    /** Started after the key's end was answered. */
    refusedAfter: 0,
    /** While it was ending. */
    refusedMeanwhile: 0,
    unavailable: 0,
    unanswered: 0,
  }
  /** Of started verifications that came after the end, where each was refused. */
  readonly refusedBy: Record<string, number> = {}
  readonly #serviceToken: string
  readonly #startedAt = performance.now()
  /** What was done to the service, for the trace of a violation. */
  readonly #faults: [at: number, what: string][] = []

  constructor(cluster: Cluster) {
    this.#serviceToken = cluster.serviceToken
  }

  note(what: string): void {
    this.#faults.push([performance.now(), what])
    if (this.#faults.length > 500) this.#faults.shift()
  }

  /** One verification. Resolves with whether it was accepted; undefined where nothing was decided. */
  async verify(
    key: TrackedKey,
    verifier: VerifierProcess,
    random: Random,
    by: string,
  ): Promise<boolean | undefined> {
    const proxied = random.chance(0.2)
    const asked = proxied
      ? { path: '/forward-auth', method: 'GET' as const, headers: { authorization: `Bearer ${key.value}` } }
      : {
          path: '/verify',
          method: 'POST' as const,
          headers: { authorization: `Bearer ${this.#serviceToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            key: key.value,
            ...(random.chance(0.1) ? { permission: 'renders:write' } : {}),
          }),
        }
    const started = performance.now()
    let status: number
    let accepted: boolean
    try {
      const answer = await verifier.http.request(asked)
      status = answer.statusCode
      const text = await answer.body.text()
      accepted = status === 200 && (proxied || (JSON.parse(text) as { valid: boolean }).valid)
      if (![200, 401, 403, 503].includes(status)) this.#oddity(`${asked.path}: ${status} ${text}`)
    } catch {
      this.counts.unanswered += 1
      return undefined
    }
    if (status >= 500) {
      this.counts.unavailable += 1
      return undefined
    }
    this.#judge(key, verifier, { started, accepted, by })
    return accepted
  }

  #judge(
    key: TrackedKey,
    { name }: VerifierProcess,
    { started, accepted, by }: { started: number; accepted: boolean; by: string },
  ): void {
    if (accepted) {
      this.counts.accepted += 1
      if (started >= key.endedAt) this.violations.push(this.#story(key, name, started, by))
      return
    }
    if (started >= key.endedAt) {
      this.counts.refusedAfter += 1
      this.refusedBy[name] = (this.refusedBy[name] ?? 0) + 1
    } else if (started >= key.bornAt && performance.now() < key.endingAt)
      this.wronglyRefused.push(this.#story(key, name, started, by))
    else this.counts.refusedMeanwhile += 1
  }

  #story({ id, trace }: TrackedKey, verifier: string, startedAt: number, by: string): Violation {
    const at = performance.now()
    const from = Math.min(trace[0]?.[0] ?? startedAt, startedAt) - 3_000
    const lines = [
      ...trace,
      ...this.#faults.filter(([when]) => when >= from),
      [startedAt, `${verifier} is asked (${by})`] as [number, string],
      [at, `${verifier} has answered`] as [number, string],
    ].sort(([one], [other]) => one - other)
    return {
      keyId: id,
      verifier,
      startedAt,
      by,
      trace: lines.map(([when, what]) => `${Math.round(when - this.#startedAt)} ms  ${what}`),
    }
  }

  #oddity(text: string): void {
    if (this.odd.length < 20) this.odd.push(text.slice(0, 300))
  }
}

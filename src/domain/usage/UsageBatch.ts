import type { DecidedVerification, Refusals } from '../metering/decidedBatch.ts'
import { ADMIT, AUTHENTICATE, STALE } from '../metering/decisionCodes.ts'
import { KNOWS_ENDPOINT, KNOWS_IP } from '../metering/requestId.ts'
import type { UsageEvent } from '../metering/usageEvent.ts'
import { codeName } from '../metering/verificationCode.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'
import { type Bucket, coarser, type EndpointCounts, emptyBucket, endpointNamed } from './bucket.ts'
import { callerNetwork, MAX_CALLERS, MAX_REFUSED_CALLERS, OTHER_CALLERS } from './callerNetwork.ts'
import { endpointTemplate } from './endpointTemplate.ts'
import { binOf } from './latencyBins.ts'
import type { Grain } from './windows.ts'

/** What one caller did at one key on one UTC day; times in Unix ms. */
export type IpUse = { requests: number; refused: number; firstSeenAt: number; lastSeenAt: number }

/** What one caller did in two parts of a day. */
export const mergeUse = (one: IpUse, other: IpUse): IpUse => ({
  requests: one.requests + other.requests,
  refused: one.refused + other.refused,
  firstSeenAt: Math.min(one.firstSeenAt, other.firstSeenAt),
  lastSeenAt: Math.max(one.lastSeenAt, other.lastSeenAt),
})

/**
 * A key's callers on one UTC day, by what `callerNetwork` keeps of their address; `at` is the day's start in Unix ms.
 * `refusedFirst`: how many of them were met by a refusal.
 */
export type CallersOfDay = {
  keyId: string
  accountId: string
  at: number
  ips: Map<string, IpUse>
  refusedFirst: number
}

/** A minute knows its day's callers, so that they need not be looked for with every request. */
type Minute = Bucket & { callers: CallersOfDay }

/** What a region's counters of a day and a month counted, so that they can be started again from Postgres. */
export type QuotaUse = {
  keyId: string
  region: string
  accountId: string
  at: number
  requests: number
  testRenders: number
  liveRenders: number
}

/**
 * Adds up events and verifications before they reach Postgres, so that a transaction writes one row per key and
 * minute however many requests there were. Pure: the same input gives the same sums in any order.
 */
export class UsageBatch {
  readonly buckets: Bucket[] = []
  readonly callers: CallersOfDay[] = []
  readonly quotas = new Map<string, QuotaUse>()
  /** Latest use of each key, Unix ms. */
  readonly lastUses = new Map<string, number>()
  /** Whose each of these keys is. */
  readonly accountOf = new Map<string, string>()
  readonly #keys = new Map<string, { minutes: Map<number, Minute>; days: Map<number, CallersOfDay> }>()

  /** Adds a verification by the code with which it was decided. `by`: -1 takes out what was added. */
  addVerification(verification: DecidedVerification, by: 1 | -1): void {
    const { keyId, accountId, at, code, ip, endpoint, method } = verification
    if (code === STALE) return
    if (code === AUTHENTICATE) {
      if (by > 0) this.#used(keyId, accountId, at)
      return
    }
    const bucket = this.#bucket(keyId, accountId, at)
    const admitted = code === ADMIT
    // What is taken back was asked all the same, by this address; its row may since have become part of another.
    if (by > 0) this.#seen(bucket, at, ip, admitted)
    if (!admitted) {
      const name = codeName(code)
      bucket.refused[name] = (bucket.refused[name] ?? 0) + by
      return
    }
    const units = by * verification.units
    bucket.requests += by
    bucket.units += units
    if (endpoint !== undefined) endpointOf(bucket, method, endpoint).requests += by
    if (by > 0) this.#used(keyId, accountId, at)
    const quota = this.#quota(verification)
    quota.requests += by
    if (verification.isTest) quota.testRenders += units
    else quota.liveRenders += units
  }

  /** Adds refused requests of which nothing else is known. Those that asked for a key's state alone are not counted. */
  addRefusals(refusals: Refusals): void {
    for (const { keyId, accountId, at, code, count } of refusals) {
      if (code === AUTHENTICATE) {
        if (count > 0) this.#used(keyId, accountId, at)
        continue
      }
      const bucket = this.#bucket(keyId, accountId, at)
      const name = codeName(code)
      bucket.refused[name] = (bucket.refused[name] ?? 0) + count
      const { ips } = bucket.callers
      const use = { requests: 0, refused: count, firstSeenAt: at, lastSeenAt: at }
      const before = ips.get(OTHER_CALLERS)
      ips.set(OTHER_CALLERS, before ? mergeUse(before, use) : use)
    }
  }

  /**
   * Adds a reported event. One that completes a verification brings status and latency, not another request; `knows` is
   * what that verification knew already, and is not counted again.
   */
  addEvent(event: UsageEvent, knows = 0): void {
    const { keyId, accountId, at, status, latencyMs, ip, endpoint, method } = event
    const bucket = this.#bucket(keyId, accountId, at)
    if (event.requestId === undefined) {
      bucket.requests += 1
      bucket.units += event.units ?? 0
    }
    if ((knows & KNOWS_IP) === 0) this.#seen(bucket, at, ip, true)
    addOutcome(bucket, status, latencyMs)
    if (latencyMs !== undefined) {
      const bin = String(binOf(latencyMs))
      bucket.latencyBins[bin] = (bucket.latencyBins[bin] ?? 0) + 1
      bucket.latencySum += latencyMs
    }
    if (endpoint !== undefined) {
      const counts = endpointOf(bucket, method, endpoint)
      if ((knows & KNOWS_ENDPOINT) === 0) counts.requests += 1
      addOutcome(counts, status, latencyMs)
      counts.latencyMicros += Math.round((latencyMs ?? 0) * 1_000)
    }
    this.#used(keyId, accountId, at)
  }

  /** Takes out what is of these accounts. Returns their buckets. */
  takeOut(accounts: Set<string>): Bucket[] {
    const out = this.buckets.filter(({ accountId }) => accounts.has(accountId))
    keepOnly(this.buckets, ({ accountId }) => !accounts.has(accountId))
    keepOnly(this.callers, ({ accountId }) => !accounts.has(accountId))
    for (const [name, { accountId }] of this.quotas) if (accounts.has(accountId)) this.quotas.delete(name)
    for (const [keyId, accountId] of this.accountOf) if (accounts.has(accountId)) this.lastUses.delete(keyId)
    return out
  }

  /** The same sums at every grain: hours are those of the minutes, days those of the hours. */
  grains(): [Grain, Bucket[]][] {
    const hours = coarser(this.buckets, HOUR_MS)
    return [
      ['minute', this.buckets],
      ['hour', hours],
      ['day', coarser(hours, DAY_MS)],
    ]
  }

  #bucket(keyId: string, accountId: string, at: number): Minute {
    let key = this.#keys.get(keyId)
    if (!key) {
      key = { minutes: new Map(), days: new Map() }
      this.#keys.set(keyId, key)
    }
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS
    let bucket = key.minutes.get(minute)
    if (!bucket) {
      const day = Math.floor(at / DAY_MS) * DAY_MS
      let callers = key.days.get(day)
      if (!callers) {
        callers = { keyId, accountId, at: day, ips: new Map(), refusedFirst: 0 }
        key.days.set(day, callers)
        this.callers.push(callers)
      }
      bucket = { ...emptyBucket(keyId, accountId, minute), callers }
      key.minutes.set(minute, bucket)
      this.buckets.push(bucket)
    }
    return bucket
  }

  #quota({ keyId, accountId, region, at }: DecidedVerification): QuotaUse {
    const name = `${keyId}:${region}:${Math.floor(at / DAY_MS)}`
    let quota = this.quotas.get(name)
    if (!quota) {
      quota = { keyId, region, accountId, at, requests: 0, testRenders: 0, liveRenders: 0 }
      this.quotas.set(name, quota)
    }
    return quota
  }

  #seen({ callers }: Minute, at: number, address: string | undefined, admitted: boolean): void {
    const network = address === undefined ? undefined : callerNetwork(address)
    if (network === undefined) return
    const { ips } = callers
    let use = ips.get(network)
    if (!use) {
      const isOne = ips.size < MAX_CALLERS && (admitted || callers.refusedFirst < MAX_REFUSED_CALLERS)
      if (isOne && !admitted) callers.refusedFirst += 1
      const name = isOne ? network : OTHER_CALLERS
      use = ips.get(name) ?? { requests: 0, refused: 0, firstSeenAt: at, lastSeenAt: at }
      ips.set(name, use)
    }
    if (admitted) use.requests += 1
    else use.refused += 1
    if (at < use.firstSeenAt) use.firstSeenAt = at
    if (at > use.lastSeenAt) use.lastSeenAt = at
  }

  #used(keyId: string, accountId: string, at: number): void {
    this.accountOf.set(keyId, accountId)
    if ((this.lastUses.get(keyId) ?? 0) < at) this.lastUses.set(keyId, at)
  }
}

function keepOnly<One>(list: One[], isKept: (one: One) => boolean): void {
  list.splice(0, list.length, ...list.filter(isKept))
}

type Outcomes = Pick<Bucket, 'clientErrors' | 'serverErrors' | 'latencyCount'>

function addOutcome(counts: Outcomes, status: number, latencyMs: number | undefined): void {
  if (status >= 500) counts.serverErrors += 1
  else if (status >= 400) counts.clientErrors += 1
  if (latencyMs !== undefined) counts.latencyCount += 1
}

function endpointOf(bucket: Bucket, method: string | undefined, endpoint: string): EndpointCounts {
  return endpointNamed(bucket, `${method ?? ''} ${endpointTemplate(endpoint)}`)
}

import type { z } from 'zod'
import type { EventRow, JobData } from '../jobs.ts'
import { binOf, type LatencyBins } from './latencyBins.ts'

const MINUTE = 60_000

/** What one key did in one minute. `at` is the minute's start in Unix ms; `refused` counts by code. */
export type Bucket = {
  keyId: string
  accountId: string
  at: number
  requests: number
  refused: Record<string, number>
  clientErrors: number
  serverErrors: number
  units: number
  latencySum: number
  latencyBins: LatencyBins
}

/** What the counters of a day and a month were told, so that they can be started again from Postgres. */
export type QuotaUse = {
  keyId: string
  accountId: string
  at: number
  requests: number
  testRenders: number
  liveRenders: number
}

type Verifications = JobData<'roll-up-verifications'>

/** The admission script's codes, as src/verifier/decision.ts has them, and the names under which refusals are stored. */
export type VerificationCodes = {
  admitted: number
  authenticated: number
  stale: number
  nameOf: (code: number) => string
}

/**
 * Adds up events and verifications before they reach Postgres, so that a transaction writes one row per key and
 * minute however many requests there were. Pure: the same input gives the same sums in any order.
 */
export class UsageBatch {
  readonly buckets = new Map<string, Bucket>()
  readonly quotas = new Map<string, QuotaUse>()
  /** Latest use of each key, Unix ms. */
  readonly lastUses = new Map<string, number>()

  /** Adds a batch of verifications, each by the code with which it was decided. */
  addVerifications(batch: Verifications, codes: VerificationCodes): void {
    const results = batch.results.split(',')
    let at = 0
    batch.groups.forEach((group, index) => {
      const key = {
        keyId: batch.keys[index] ?? '',
        accountId: batch.accounts[(group[0] ?? 0) - 1] ?? '',
        isTest: group[2] === 1,
      }
      for (let member = 3; member < group.length; member += 3) {
        this.#addVerification(key, batch.at, Number(results[at]), group[member + 1] ?? 0, codes)
        at += 4
      }
    })
  }

  #addVerification(
    { keyId, accountId, isTest }: { keyId: string; accountId: string; isTest: boolean },
    at: number,
    code: number,
    units: number,
    codes: VerificationCodes,
  ): void {
    if (code === codes.stale) return
    if (code === codes.authenticated) {
      this.#used(keyId, at)
      return
    }
    const bucket = this.#bucket(keyId, accountId, at)
    if (code !== codes.admitted) {
      const name = codes.nameOf(code)
      bucket.refused[name] = (bucket.refused[name] ?? 0) + 1
      return
    }
    bucket.requests += 1
    bucket.units += units
    this.#used(keyId, at)
    const quota = this.#quota(keyId, accountId, at)
    quota.requests += 1
    if (isTest) quota.testRenders += units
    else quota.liveRenders += units
  }

  /** Adds a reported event. One that completes a verification brings status and latency, not another request. */
  addEvent([, keyId, accountId, at, status, latencyMs, units, completes]: z.infer<typeof EventRow>): void {
    const bucket = this.#bucket(keyId, accountId, at)
    if (completes === null) {
      bucket.requests += 1
      bucket.units += units
    }
    if (status >= 500) bucket.serverErrors += 1
    else if (status >= 400) bucket.clientErrors += 1
    if (latencyMs !== null) {
      const bin = String(binOf(latencyMs))
      bucket.latencyBins[bin] = (bucket.latencyBins[bin] ?? 0) + 1
      bucket.latencySum += latencyMs
    }
    this.#used(keyId, at)
  }

  #bucket(keyId: string, accountId: string, at: number): Bucket {
    const minute = Math.floor(at / MINUTE) * MINUTE
    const name = `${keyId}:${minute}`
    let bucket = this.buckets.get(name)
    if (!bucket) {
      bucket = {
        keyId,
        accountId,
        at: minute,
        requests: 0,
        refused: {},
        clientErrors: 0,
        serverErrors: 0,
        units: 0,
        latencySum: 0,
        latencyBins: {},
      }
      this.buckets.set(name, bucket)
    }
    return bucket
  }

  #quota(keyId: string, accountId: string, at: number): QuotaUse {
    const name = `${keyId}:${Math.floor(at / 86_400_000)}`
    let quota = this.quotas.get(name)
    if (!quota) {
      quota = { keyId, accountId, at, requests: 0, testRenders: 0, liveRenders: 0 }
      this.quotas.set(name, quota)
    }
    return quota
  }

  #used(keyId: string, at: number): void {
    if ((this.lastUses.get(keyId) ?? 0) < at) this.lastUses.set(keyId, at)
  }
}

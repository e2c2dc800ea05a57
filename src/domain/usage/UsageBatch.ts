import type { z } from 'zod'
import type { EventRow, JobData, VerificationRow } from '../jobs.ts'
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

/** The names under which refusals are stored, by the admission script's codes that count as one. */
export type RefusalNames = (code: number) => string

/**
 * Adds up events and verifications before they reach Postgres, so that a transaction writes one row per key and
 * minute however many requests there were. Pure: the same input gives the same sums in any order.
 */
export class UsageBatch {
  readonly buckets = new Map<string, Bucket>()
  readonly quotas = new Map<string, QuotaUse>()
  /** Latest use of each key, Unix ms. */
  readonly lastUses = new Map<string, number>()

  addVerifications(
    batch: Verifications,
    codes: { admitted: number; authenticated: number; nameOf: RefusalNames },
  ): void {
    for (const row of batch.rows) this.#addVerification(batch, row, codes)
  }

  #addVerification(
    batch: Verifications,
    [keyId, place, , code, count, units, isTest]: z.infer<typeof VerificationRow>,
    codes: { admitted: number; authenticated: number; nameOf: RefusalNames },
  ): void {
    const accountId = batch.accounts[place] ?? ''
    if (code === codes.authenticated) {
      this.#used(keyId, batch.at)
      return
    }
    const bucket = this.#bucket(keyId, accountId, batch.at)
    if (code !== codes.admitted) {
      const name = codes.nameOf(code)
      bucket.refused[name] = (bucket.refused[name] ?? 0) + count
      return
    }
    bucket.requests += count
    bucket.units += units
    this.#used(keyId, batch.at)
    const quota = this.#quota(keyId, accountId, batch.at)
    quota.requests += count
    if (isTest === 1) quota.testRenders += units
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

import type { LatencyBins } from './latencyBins.ts'

/**
 * What one key did in one minute. `at` is the minute's start in Unix ms; `refused` counts by code, `endpoints` by
 * name.
 */
export type Bucket = {
  keyId: string
  accountId: string
  at: number
  requests: number
  refused: Record<string, number>
  clientErrors: number
  serverErrors: number
  units: number
  latencyCount: number
  latencySum: number
  latencyBins: LatencyBins
  endpoints: Map<string, EndpointCounts>
}

/** What one endpoint saw of a bucket; `latencyMicros` is a sum. */
export type EndpointCounts = {
  requests: number
  clientErrors: number
  serverErrors: number
  latencyCount: number
  latencyMicros: number
}

export const emptyBucket = (keyId: string, accountId: string, at: number): Bucket => ({
  keyId,
  accountId,
  at,
  requests: 0,
  refused: {},
  clientErrors: 0,
  serverErrors: 0,
  units: 0,
  latencyCount: 0,
  latencySum: 0,
  latencyBins: {},
  endpoints: new Map(),
})

const COUNTS = ['requests', 'clientErrors', 'serverErrors', 'units', 'latencyCount', 'latencySum'] as const
const MAPS = ['refused', 'latencyBins'] as const
const ENDPOINT_COUNTS = ['requests', 'clientErrors', 'serverErrors', 'latencyCount', 'latencyMicros'] as const

/** Buckets added up to coarser ones of `length` ms. */
export function coarser(buckets: Bucket[], length: number): Bucket[] {
  const sums = new Map<string, Bucket>()
  for (const bucket of buckets) {
    const at = Math.floor(bucket.at / length) * length
    const name = `${bucket.keyId}:${at}`
    const sum = sums.get(name) ?? emptyBucket(bucket.keyId, bucket.accountId, at)
    sums.set(name, sum)
    for (const count of COUNTS) sum[count] += bucket[count]
    for (const map of MAPS) {
      const [into, from] = [sum[map], bucket[map]]
      for (const each in from) into[each] = (into[each] ?? 0) + (from[each] ?? 0)
    }
    for (const [endpoint, from] of bucket.endpoints) {
      const into = endpointNamed(sum, endpoint)
      for (const count of ENDPOINT_COUNTS) into[count] += from[count]
    }
  }
  return [...sums.values()]
}

/** The counts of an endpoint in a bucket, at zero where it is new there. */
export function endpointNamed(bucket: Bucket, name: string): EndpointCounts {
  let counts = bucket.endpoints.get(name)
  if (!counts) {
    counts = { requests: 0, clientErrors: 0, serverErrors: 0, latencyCount: 0, latencyMicros: 0 }
    bucket.endpoints.set(name, counts)
  }
  return counts
}

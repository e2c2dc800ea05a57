import { type BucketMaps, type BucketSums, MAP_COLUMNS, NO_SUMS, SUM_COLUMNS } from './bucketColumns.ts'

/**
 * What one key did in one minute. `at` is the minute's start in Unix ms; `refused` counts by code. Endpoints are
 * counted by name until they have IDs.
 */
export type Bucket = { keyId: string; accountId: string; at: number } & BucketSums &
  Omit<BucketMaps, 'endpoints'> & { endpoints: Map<string, EndpointCounts> }

/**
 * What one endpoint saw of a bucket, each with its letter in the stored map, where it follows the endpoint's ID.
 * `latencyMicros` is a sum.
 */
export const ENDPOINT_COUNTS = {
  requests: 'r',
  clientErrors: 'c',
  serverErrors: 's',
  latencyCount: 'n',
  latencyMicros: 'm',
} as const
export type EndpointCounts = Record<keyof typeof ENDPOINT_COUNTS, number>
export const ENDPOINT_COUNT_NAMES = Object.keys(ENDPOINT_COUNTS) as (keyof EndpointCounts)[]

const NO_COUNTS = Object.fromEntries(ENDPOINT_COUNT_NAMES.map((name) => [name, 0])) as EndpointCounts

export const emptyBucket = (keyId: string, accountId: string, at: number): Bucket => ({
  ...NO_SUMS,
  keyId,
  accountId,
  at,
  refused: {},
  latencyBins: {},
  endpoints: new Map(),
})

const SUM_PROPERTIES = SUM_COLUMNS.map(({ property }) => property)
const MAP_PROPERTIES = MAP_COLUMNS.flatMap(({ property }) => (property === 'endpoints' ? [] : property))

/** Buckets added up to coarser ones of `length` ms. */
export function coarser(buckets: Bucket[], length: number): Bucket[] {
  const sums = new Map<string, Bucket>()
  for (const bucket of buckets) {
    const at = Math.floor(bucket.at / length) * length
    const name = `${bucket.keyId}:${at}`
    const sum = sums.get(name) ?? emptyBucket(bucket.keyId, bucket.accountId, at)
    sums.set(name, sum)
    for (const property of SUM_PROPERTIES) sum[property] += bucket[property]
    for (const map of MAP_PROPERTIES) {
      const [into, from] = [sum[map], bucket[map]]
      for (const each in from) into[each] = (into[each] ?? 0) + (from[each] ?? 0)
    }
    for (const [endpoint, from] of bucket.endpoints) {
      const into = endpointNamed(sum, endpoint)
      for (const count of ENDPOINT_COUNT_NAMES) into[count] += from[count]
    }
  }
  return [...sums.values()]
}

/** The counts of an endpoint in a bucket, at zero where it is new there. */
export function endpointNamed(bucket: Bucket, name: string): EndpointCounts {
  let counts = bucket.endpoints.get(name)
  if (!counts) {
    counts = { ...NO_COUNTS }
    bucket.endpoints.set(name, counts)
  }
  return counts
}

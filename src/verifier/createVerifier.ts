import { OtherShards } from '../domain/layout.ts'
import { PRIMARY } from '../domain/regions.ts'
import { DAY_MS } from '../domain/time.ts'
import { kindOf, oncePerSecond } from '../platform/oncePerSecond.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import { type RequestFacts, requestFacts } from './requestFacts.ts'
import { type ShardedOptions, ShardedVerifier } from './ShardedVerifier.ts'
import type { Presented, Verification } from './Verifier.ts'

/** As the service's own `POST /verify` has it. */
const MAX_UNITS = 1_000

export type VerifierOptions = {
  /**
   * The Redis of the region in which this process verifies, as the service has it: `redis://…`,
   * `redis+sentinel://…/group`, `redis+cluster://…` or `redis+servers://…`, with `rediss` for TLS.
   */
  redisUrl: string
  /** `pk_service_…`, of `bin/keys service-token create`. */
  serviceToken: string
  /** The region's name, as `REGIONS` of the service has it. Default: `primary`. */
  region?: string
  /** Whether a further region needs a lease to admit: true unless the service runs with `REGION_LEASE_MS=0`. */
  leases?: boolean
  /** `KEY_PREFIX` of the service. Default: `pk`. */
  keyPrefix?: string
  /** What a refusal's `type` starts with: `PROBLEM_BASE_URL` of the service. */
  problemBaseUrl?: string
  /** Keys kept in memory; the least recently loaded leave first. Default: 200,000. */
  maxCachedKeys?: number
  /**
   * What goes wrong beside the requests: connections, reports, the token. Never holds a key. Default:
   * `console.error`, once a second and kind at most.
   */
  onError?: (error: unknown) => void
}

/** What became of an admitted request. `latencyMs` from its arrival to the end of its answer. */
type Outcome = { status: number; latencyMs?: number } & RequestFacts

/** A verifier of one's own: decides as the service's `POST /verify` does, without a hop. */
export type KeyVerifier = {
  /** Throws RegionUnavailable when nothing can be decided now: answer 503, never "valid". */
  verify: (request: Presented) => Promise<Verification>
  /** Completes an admitted request with status and latency; once per verification counts. Never waits, never throws. */
  report: (verification: Verification, outcome: Outcome) => void
  /** Resolves once it can verify. Throws ServiceTokenRefused, or RegionUnavailable after `boundMs` (default: 10 s). */
  ready: (boundMs?: number) => Promise<void>
  /** Answers what is under way, stores the reports, within about `boundMs` (default: 10 s). Stop the server first. */
  close: (boundMs?: number) => Promise<void>
  /** Reports that could not be stored. */
  readonly droppedReports: number
  readonly problemBaseUrl: string
  readonly onError: (error: unknown) => void
}

/** While the region is away each request fails: then a line a second, with how many it was. */
function toConsole(): (error: unknown) => void {
  const write = oncePerSecond<unknown>((error, times) =>
    console.error(times === undefined ? 'Pictify Keys:' : `Pictify Keys, ${times} times in a second:`, error),
  )
  return (error) => write(kindOf(error), error)
}

/** What is asked, and nothing else that an object may hold, in the form in which it is stored. Throws TypeError. */
function readPresented(asked: Presented): Presented {
  const { value, permission, units } = asked
  if (units !== undefined && !(Number.isInteger(units) && units >= 1 && units <= MAX_UNITS))
    throw new TypeError(`units must be a whole number from 1 to ${MAX_UNITS}`)
  const { ip, endpoint, method } = requestFacts(asked)
  return { value, permission, units, ip, endpoint, method }
}

/**
 * Needs the region's Redis alone. It learns there how many shards the region has, and goes on with another number once
 * regions have been divided.
 */
export function createVerifier(options: VerifierOptions): KeyVerifier {
  const { redisUrl, serviceToken, region = PRIMARY, leases = true } = options
  const onError = options.onError ?? toConsole()
  const sharded: ShardedOptions = {
    redisUrl,
    serviceToken,
    region,
    kind: region === PRIMARY ? 'primary' : leases ? 'leased' : 'unleased',
    keyPrefix: options.keyPrefix ?? 'pk',
    maxCachedKeys: options.maxCachedKeys ?? 200_000,
    onError,
    log: {
      warn: ({ reason, err }, text) => {
        if (isOfShards(err)) return
        onError(new Error(reason ? `${text}: ${reason}` : text, { cause: err }))
      },
    },
  }
  let closing: Promise<void> | undefined
  let droppedBefore = 0
  const open = (count: number): ShardedVerifier => {
    const opened: ShardedVerifier = new ShardedVerifier(sharded, count, (divided) => {
      if (closing || current !== opened) return
      current = open(divided)
      for (const event of opened.leave()) current.report(event)
      droppedBefore += opened.droppedReports
    })
    return opened
  }
  let current = open(1)

  return {
    // Not async: a promise more is a measurable part of a verification in one's own process.
    verify: (asked) => {
      try {
        if (closing) throw new RegionUnavailable('The verifier was closed.')
        return current.verify(readPresented(asked))
      } catch (error) {
        return Promise.reject(error)
      }
    },
    report: ({ valid, requestId, key }, { status, latencyMs, ...facts }) => {
      if (!valid || !key) return
      if (
        !(Number.isInteger(status) && status >= 100 && status <= 599) ||
        (latencyMs !== undefined && !(latencyMs >= 0 && latencyMs <= DAY_MS))
      )
        return onError(new TypeError(`no outcome of a request: status ${status}, ${latencyMs} ms`))
      const { keyId, accountId } = key
      // Its id is the verification's own: a second report of the same request counts nothing.
      const id = requestId
      const event = { id, at: Date.now(), keyId, accountId, requestId, status, latencyMs }
      current.report({ ...event, ...requestFacts(facts) })
    },
    ready: async (boundMs = 10_000) => {
      const until = performance.now() + boundMs
      for (;;) {
        const asked = current
        try {
          return await asked.ready(until - performance.now())
        } catch (error) {
          if (current === asked) throw error
        }
      }
    },
    close: (boundMs = 10_000) => {
      closing ??= current.close(boundMs)
      return closing
    },
    get droppedReports() {
      return droppedBefore + current.droppedReports
    },
    problemBaseUrl: options.problemBaseUrl ?? 'https://docs.pictify.io/errors',
    onError,
  }
}

/** It knows of another number of shards than the region has, and is about to learn it. */
const isOfShards = (error: unknown): boolean => error instanceof Error && error.cause instanceof OtherShards

import { setTimeout as delay } from 'node:timers/promises'
import { PRIMARY } from '../domain/regions.ts'
import { shardNames, shardOf } from '../domain/shards.ts'
import { DAY_MS } from '../domain/time.ts'
import { kindOf, oncePerSecond } from '../platform/oncePerSecond.ts'
import { within } from '../platform/within.ts'
import { Region } from '../region/Region.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import type { RegionLog } from '../region/regionOptions.ts'
import type { Shards } from '../region/shards.ts'
import { Asks } from './Asks.ts'
import { Reporter } from './Reporter.ts'
import { type RequestFacts, requestFacts } from './requestFacts.ts'
import { ServiceTokenRefused, TokenWatch } from './TokenWatch.ts'
import { TruthByAsking } from './TruthByAsking.ts'
import { type Presented, type Verification, Verifier } from './Verifier.ts'

/** As the service's own `POST /verify` has it. */
const MAX_UNITS = 1_000

export type VerifierOptions = {
  /**
   * The Redis of the region in which this process verifies, as the service has it: `redis://…`,
   * `redis+sentinel://…/group` or `redis+cluster://…`, with `rediss` for TLS.
   */
  redisUrl: string
  /** `pk_service_…`, of `bin/keys service-token create`. */
  serviceToken: string
  /** The region's name, as `REGIONS` of the service has it. Default: `primary`. */
  region?: string
  /** How many shards each region has: `SHARDS` of the service. Default: 1. */
  shards?: number
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
 * Needs the region's Redis alone; what only Postgres knows is asked through it, and answered by the service's
 * workers.
 */
export function createVerifier(options: VerifierOptions): KeyVerifier {
  const { redisUrl, serviceToken, region: name = PRIMARY, shards: count = 1, leases = true } = options
  const { keyPrefix = 'pk' } = options
  const onError = options.onError ?? toConsole()
  const kind = name === PRIMARY ? 'primary' : leases ? 'leased' : 'unleased'
  const log: RegionLog = {
    warn: ({ reason, err }, text) => onError(new Error(reason ? `${text}: ${reason}` : text, { cause: err })),
  }
  const open = (shard: string) => new Region({ name: shard, shards: count, url: redisUrl, kind }, log)
  const [, ...others] = shardNames(name, count)
  const shards: Shards = [open(name), ...others.map(open)]
  const asks = new Asks(shards[0], redisUrl)
  const truth = new TruthByAsking(shards, asks)
  const token = new TokenWatch({ shards, asks }, { token: serviceToken, prefix: keyPrefix }, onError)
  const verifier = new Verifier({
    shards,
    fillFromTruth: truth.fill,
    importedForms: truth.importedForms,
    quotas: name === PRIMARY ? undefined : truth.quotas,
    keyPrefix,
    maxCachedKeys: options.maxCachedKeys ?? 200_000,
    hooks: { onBatch: () => {}, onVerified: () => {} },
  })
  const mayReport = () => token.confirming('report', (current) => verifier.confirmToken(current))
  // One for each shard, so that reports for one that is away hold up no others.
  const reporters = shards.map((shard) => new Reporter(shard, mayReport, onError))
  let closing: Promise<void> | undefined

  const close = async (boundMs: number) => {
    token.close()
    await within(boundMs, verifier.drain()).catch(() => {})
    await Promise.all(reporters.map((reporter) => reporter.close(boundMs)))
    asks.close()
    await Promise.all(shards.map((shard) => shard.close()))
  }

  return {
    // Not async: a promise more is a measurable part of a verification in one's own process.
    verify: (asked) => {
      try {
        if (closing) throw new RegionUnavailable('The verifier was closed.')
        const request = readPresented(asked)
        return token.confirming('verify', (current) => verifier.verify({ ...request, token: current }))
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
      reporters[shardOf(accountId, count)]?.add({
        id: requestId,
        at: Date.now(),
        keyId,
        accountId,
        requestId,
        status,
        latencyMs,
        ...requestFacts(facts),
      })
    },
    ready: async (boundMs = 10_000) => {
      const until = performance.now() + boundMs
      await Promise.any(shards.map((shard) => shard.ready(boundMs))).catch(({ errors }) => {
        throw errors[0]
      })
      for (;;) {
        try {
          await token.require()
          return
        } catch (error) {
          if (error instanceof ServiceTokenRefused || performance.now() > until) throw error
          await delay(50)
        }
      }
    },
    close: (boundMs = 10_000) => {
      closing ??= close(boundMs)
      return closing
    },
    get droppedReports() {
      return reporters.reduce((sum, { dropped }) => sum + dropped, 0)
    },
    problemBaseUrl: options.problemBaseUrl ?? 'https://docs.pictify.io/errors',
    onError,
  }
}

import type { ServiceTokenPermission } from '../domain/accounts/ServiceToken.ts'
import { createSecretParser, digestOf } from '../domain/keys/keyFormat.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import { getTokensOf, type Shards } from '../region/shards.ts'
import type { Asks } from './Asks.ts'
import { type KnownToken, KnownTokens } from './KnownTokens.ts'
import { withFreshToken } from './withFreshToken.ts'

/** How often the token is compared with Postgres, by a worker; while it was never valid, more often. */
const CHECK_MS = 5_000
const CHECK_BOUND_MS = 2_000
const RETRY_MS = 1_000
/** How long the first look-up waits for the connection to the region. */
const READY_MS = 1_500

/** The service token is not valid: nothing is verified with it. To callers it is a service that cannot verify. */
export class ServiceTokenRefused extends RegionUnavailable {
  constructor(message = 'The service token is not valid.') {
    super(message)
    this.name = 'ServiceTokenRefused'
  }
}

/**
 * The verifier's own service token: reads it before the first verification, and again whenever the region says that it
 * has changed. No verification waits for a worker while the token is known.
 */
export class TokenWatch {
  readonly #digest: string | undefined
  readonly #tokens: KnownTokens
  readonly #onError: (error: unknown) => void
  #refused = false
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(
    { shards, asks }: { shards: Shards; asks: Asks },
    { token, prefix }: { token: string; prefix: string },
    onError: (error: unknown) => void,
  ) {
    const parsed = createSecretParser(prefix, ['service'])(token)
    this.#digest = 'hint' in parsed ? undefined : digestOf(token)
    this.#onError = onError
    const readRegion = async (digests: string[]) => {
      await Promise.allSettled(shards.map((shard) => shard.ready(READY_MS)))
      return getTokensOf(shards, digests)
    }
    this.#tokens = new KnownTokens({
      readRegion,
      fillFromTruth: async ([digest = '']) => {
        if ((await asks.ask('check-service-token', { digest })) !== true) return []
        const states = (await readRegion([digest])).filter((state) => state !== undefined)
        if (states.length > 0) return states
        throw new RegionUnavailable('A worker of an older release has checked the service token.')
      },
      giveUp: (reason) => new RegionUnavailable(`The service token could not be checked: ${reason}.`),
    })
    void this.#check()
  }

  /** Runs a task that has the region confirm the token. Rejects with ServiceTokenRefused, or RegionUnavailable. */
  confirming<Value>(
    permission: ServiceTokenPermission,
    task: (token: KnownToken) => Promise<Value>,
  ): Promise<Value> {
    const known = this.#known()
    return known
      ? this.#confirming(known, permission, task)
      : this.require().then((token) => this.#confirming(token, permission, task))
  }

  #confirming<Value>(
    token: KnownToken,
    permission: ServiceTokenPermission,
    task: (token: KnownToken) => Promise<Value>,
  ): Promise<Value> {
    if (token.permissions.includes(permission)) return withFreshToken(token, this.#reload, task)
    return Promise.reject(new ServiceTokenRefused(`The service token lacks the permission "${permission}".`))
  }

  /** The token. Throws ServiceTokenRefused, or RegionUnavailable when it cannot be checked. */
  async require(): Promise<KnownToken> {
    if (this.#digest === undefined || this.#refused) throw new ServiceTokenRefused()
    return this.#known() ?? this.#load()
  }

  #known(): KnownToken | undefined {
    return this.#digest === undefined || this.#refused ? undefined : this.#tokens.get(this.#digest)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  readonly #reload = () => this.#load()

  async #load(): Promise<KnownToken> {
    const token = this.#digest === undefined ? undefined : await this.#tokens.load(this.#digest)
    if (!token && !this.#refused) this.#onError(new ServiceTokenRefused())
    this.#refused = !token
    if (!token) throw new ServiceTokenRefused()
    return token
  }

  async #check(): Promise<void> {
    const known = this.#digest !== undefined && this.#tokens.get(this.#digest)
    // While the token cannot be checked, the next check comes soon.
    await (known ? this.#tokens.refresh(CHECK_BOUND_MS) : this.#load()).catch(() => {})
    if (this.#closed || this.#digest === undefined) return
    this.#timer = setTimeout(
      () => void this.#check(),
      this.#refused || this.#tokens.get(this.#digest) ? CHECK_MS : RETRY_MS,
    )
    this.#timer.unref()
  }
}

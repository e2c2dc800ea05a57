import { createSecretParser, digestOf } from '../domain/keys/keyFormat.ts'
import { RegionUnavailable } from '../region/Region.ts'
import type { Asks } from './Asks.ts'

/** How long a check of the token counts. A revoked token is refused after it, plus the time of one answer. */
const FRESH_MS = 5_000
const RETRY_MS = 1_000

/** The service token is not valid: nothing is verified with it. To callers it is a service that cannot verify. */
export class ServiceTokenRefused extends RegionUnavailable {
  constructor() {
    super('The service token is not valid.')
    this.name = 'ServiceTokenRefused'
  }
}

/**
 * Watches whether the verifier's own service token is valid: checks it before the first verification, and every few
 * seconds from then on. While nobody can confirm it, it stays accepted for `graceMs`, so that verification does not
 * depend on Postgres.
 */
export class TokenWatch {
  readonly #asks: Asks
  readonly #digest: string | undefined
  readonly #onError: (error: unknown) => void
  readonly #graceMs: number
  #good: boolean | undefined
  /** When a worker last confirmed it, by `performance.now()`. */
  #confirmedAt = 0
  #checking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(
    asks: Asks,
    { token, prefix, graceMs }: { token: string; prefix: string; graceMs: number },
    onError: (error: unknown) => void,
  ) {
    this.#asks = asks
    const parsed = createSecretParser(prefix, ['service'])(token)
    this.#digest = 'hint' in parsed ? undefined : digestOf(token)
    this.#onError = onError
    this.#graceMs = graceMs
    void this.#check()
  }

  get isGood(): boolean {
    return this.#good === true && performance.now() - this.#confirmedAt < this.#graceMs
  }

  /**
   * Resolves when the token is known to be valid. Throws ServiceTokenRefused, or RegionUnavailable when nobody can
   * say.
   */
  async require(): Promise<void> {
    if (this.#good !== false && !this.isGood) await this.#check()
    if (this.isGood) return
    if (this.#good === false) throw new ServiceTokenRefused()
    throw new RegionUnavailable('The service token could not be checked yet.')
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #check(): Promise<void> {
    this.#checking ??= this.#ask().finally(() => {
      this.#checking = undefined
      if (this.#closed || this.#digest === undefined) return
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => void this.#check(), this.#good === undefined ? RETRY_MS : FRESH_MS)
      this.#timer.unref()
    })
    return this.#checking
  }

  async #ask(): Promise<void> {
    const before = this.#good
    const asked = performance.now()
    try {
      this.#good =
        this.#digest !== undefined &&
        (await this.#asks.ask('check-service-token', { digest: this.#digest })) === true
      if (this.#good) this.#confirmedAt = asked
      if (!this.#good && before !== false) this.#onError(new ServiceTokenRefused())
    } catch {
      // Nobody can say: the next check is soon.
    }
  }
}

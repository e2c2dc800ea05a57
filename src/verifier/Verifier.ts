import { canonicalAddress } from '../domain/addresses.ts'
import type { Form } from '../domain/imports/Form.ts'
import {
  createSecretParser,
  digestOf,
  MAX_VALUE,
  mayBeImportedKey,
  type ParsedSecret,
} from '../domain/keys/keyFormat.ts'
import type { AccountState, KeyState } from '../domain/keys/keyState.ts'
import { ADMIT, AUTHENTICATE, STALE } from '../domain/metering/decisionCodes.ts'
import type { Decision } from '../domain/metering/readDecisions.ts'
import { KNOWS_ENDPOINT, KNOWS_IP, newRequestId, randomTail } from '../domain/metering/requestId.ts'
import type { KnownKey, Ticket } from '../domain/metering/Ticket.ts'
import { verdictOf } from '../domain/metering/verdictOf.ts'
import { contextOf } from '../domain/metering/verificationBatch.ts'
import { codeName, type VerificationCode } from '../domain/metering/verificationCode.ts'
import type { Quotas } from '../region/quotasIn.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import { createTokenConfirmation } from '../region/regionTokens.ts'
import type { Shards } from '../region/shards.ts'
import { Commits } from './Commits.ts'
import type { KnownToken } from './KnownTokens.ts'
import { rememberForms } from './rememberForms.ts'
import { StateCache } from './StateCache.ts'
import { type FillFromTruth, type LookupOutcome, StateLoader } from './StateLoader.ts'
import { UnknownLimit } from './UnknownLimit.ts'

/** What a request presents, and what is known of it. */
export type Presented = {
  /** The presented value, as it came. */
  value: string
  permission?: string
  /** Renders asked for, when the permission is `renders:write`. Default: 1. */
  units?: number
  /** In any spelling; what cannot be read is nobody's address. */
  ip?: string
  endpoint?: string
  method?: string
}

export type VerificationRequest = Presented & {
  /** Checks the key without counting a request; used for the management API. */
  authenticate?: boolean
  /** The service token that asks. One that is bound to accounts knows only their keys. */
  token?: KnownToken
  /** A request that may be repeated: the keyed hash of its Idempotency-Key, and its own. */
  once?: { name: string; requestHash: string }
}

export type Verification = {
  valid: boolean
  code: VerificationCode
  requestId: string
  /** Why a malformed value cannot be a key; only with NOT_FOUND. */
  hint?: string
  /** The key and its account, where one was found. */
  key?: KeyState
  account?: AccountState
  decision?: Decision
}

/** Each turn meets a state that changed under it; more than a few in a row are no longer chance. */
const MAX_RENEWALS = 4

export type VerifierHooks = {
  onBatch: (size: number) => void
  onVerified: (code: VerificationCode) => void
  /** Of keys that were not in memory. */
  onLookup?: (outcome: LookupOutcome) => void
}

/**
 * Answers "may this key do this now?". Key state is remembered, but each answer leaves only after the
 * region has confirmed, in the step that counts the request, that the state is of the current version:
 * validate, don't invalidate. A revocation that the region has confirmed is therefore seen by every
 * verification that starts after it: the script's execution is the linearisation point.
 */
export class Verifier {
  readonly #cache: StateCache
  readonly #loader: StateLoader
  readonly #commits: Commits
  readonly #parse: (value: string) => ParsedSecret
  readonly #mayBeImported: (value: string) => Promise<boolean>
  readonly #hooks: VerifierHooks
  /**
   * Rejects with ServiceTokenStale where the first shard has another version of the token, or with RegionUnavailable.
   */
  readonly confirmToken: (token: KnownToken) => Promise<void>
  readonly #unknown = new UnknownLimit()
  #open = 0
  #idle: (() => void)[] = []

  constructor(options: {
    /** Of the region in which this process verifies. */
    shards: Shards
    fillFromTruth: FillFromTruth
    /**
     * The forms of imported keys: a value of one of them may be a key although it is not of ours. Its answer is
     * remembered.
     */
    importedForms: () => Promise<Form[]>
    /** In a further region: where quotas are counted that are exact over all regions. */
    quotas?: Quotas
    keyPrefix: string
    maxCachedKeys: number
    hooks: VerifierHooks
  }) {
    this.#cache = new StateCache(options.maxCachedKeys)
    const { shards, fillFromTruth, hooks } = options
    this.#loader = new StateLoader(shards, this.#cache, fillFromTruth, hooks.onLookup)
    this.#commits = new Commits(shards, hooks.onBatch, options.quotas)
    this.#parse = createSecretParser(options.keyPrefix, ['live', 'test'])
    this.#mayBeImported = rememberForms(options.importedForms)
    this.#hooks = options.hooks
    this.confirmToken = createTokenConfirmation(shards[0])
  }

  /**
   * Rejects with RegionUnavailable when nothing can be decided now: answer 503, never "valid"; ServiceTokenStale where
   * the token has changed; and Failure `idempotency-conflict` for another request under the same Idempotency-Key.
   */
  verify(request: VerificationRequest): Promise<Verification> {
    const asked = readRequest(request)
    const cached = this.#cache.get(asked.digest)
    this.#open += 1
    if (!cached || isHidden(cached, request.token)) return this.#closing(this.#lookUp(asked))
    // The way of nearly every request: one promise more than that of its batch.
    return this.#commits.decide(ticketOf(cached, asked)).then((decision) => {
      if (decision.code === STALE) return this.#closing(this.#renew(asked, undefined))
      this.#close()
      return this.#reported(answer(cached, decision, asked.knows))
    }, this.#fail)
  }

  /** A key that is not in memory, or is another account's. */
  async #lookUp(asked: Asked): Promise<Verification> {
    const { digest, ip, request } = asked
    const { value, token } = request
    let hint: string | undefined
    const parsed = this.#parse(value)
    if ('hint' in parsed) {
      hint = parsed.hint
      // Where nobody can say, the region may know the key all the same.
      if (!mayBeImportedKey(value) || !(await this.#mayBeImported(value).catch(() => true)))
        return this.#undecided(notFound(hint), token)
    }
    // A server of some accounts may name any address: what it says counts against itself alone.
    const reporter = token?.accounts && token.id
    if (ip !== undefined && this.#unknown.isReached(ip, reporter))
      return this.#undecided(tooManyUnknown(), token)
    const key = await this.#loader.load(digest)
    // Another account's key is as unknown as one that does not exist.
    if (!key || isHidden(key, token)) {
      if (ip !== undefined) this.#unknown.add(ip, reporter)
      return this.#undecided(notFound(hint), token)
    }
    const decision = await this.#commits.decide(ticketOf(key, asked))
    if (decision.code === STALE) return this.#renew(asked, hint)
    return this.#reported(answer(key, decision, asked.knows))
  }

  /** The region has another version of the key or its account: reads it again. */
  async #renew(asked: Asked, hint: string | undefined): Promise<Verification> {
    for (let turn = 0; turn < MAX_RENEWALS; turn++) {
      this.#cache.drop(asked.digest)
      const key = await this.#loader.load(asked.digest)
      if (!key) return this.#undecided(notFound(hint), asked.request.token)
      const decision = await this.#commits.decide(ticketOf(key, asked))
      if (decision.code !== STALE) return this.#reported(answer(key, decision, asked.knows))
    }
    throw new RegionUnavailable('The key is changing faster than it can be read.')
  }

  /** An answer that no batch decides: the region confirms the token all the same. */
  async #undecided(verification: Verification, token: KnownToken | undefined): Promise<Verification> {
    if (token) await this.confirmToken(token)
    return this.#reported(verification)
  }

  #reported(verification: Verification): Verification {
    this.#hooks.onVerified(verification.code)
    return verification
  }

  async #closing(verification: Promise<Verification>): Promise<Verification> {
    try {
      return await verification
    } finally {
      this.#close()
    }
  }

  #close(): void {
    this.#open -= 1
    if (this.#open === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }

  readonly #fail = (error: unknown): never => {
    this.#close()
    throw error
  }

  /** Resolves when every answer on its way has been given. */
  async drain(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
    await this.#commits.drain()
  }

  get cachedKeys(): number {
    return this.#cache.size
  }
}

/** A request as its batch needs it, made once for all its turns. */
type Asked = {
  request: VerificationRequest
  digest: string
  /** In its one spelling. */
  ip: string | undefined
  units: number
  context: string
  knows: number
  once: Ticket['once']
}

function readRequest(request: VerificationRequest): Asked {
  const { value, permission, endpoint, method, once } = request
  const ip = request.ip === undefined ? undefined : canonicalAddress(request.ip)
  return {
    request,
    // A digest that is known needs no further look at the value; one too long for a key is not even hashed.
    digest: value.length <= MAX_VALUE ? digestOf(value) : '',
    ip,
    units: permission === 'renders:write' ? (request.units ?? 1) : 0,
    context: contextOf(ip, endpoint, method),
    knows: (ip === undefined ? 0 : KNOWS_IP) + (endpoint === undefined ? 0 : KNOWS_ENDPOINT),
    once: once && { ...once, tail: randomTail() },
  }
}

const ticketOf = (key: KnownKey, { request, units, context, once }: Asked): Ticket => ({
  key,
  verdict: verdictOf(key.state, key.account.state, request),
  units,
  context,
  once,
  token: request.token,
})

/** Whether the token must not know of the key: it is bound to other accounts. */
const isHidden = (key: KnownKey, token: KnownToken | undefined): boolean =>
  token?.accounts !== undefined && !token.accounts.has(key.state.accountId)

function notFound(hint: string | undefined): Verification {
  const verification: Verification = {
    valid: false,
    code: 'NOT_FOUND',
    requestId: newRequestId(Date.now(), false),
  }
  return hint === undefined ? verification : { ...verification, hint }
}

/** Without a key: so many unknown ones came from the address that this one was not looked up. */
function tooManyUnknown(): Verification {
  return { valid: false, code: 'RATE_LIMITED', requestId: newRequestId(Date.now(), false) }
}

function answer(key: KnownKey, decision: Decision, knows: number): Verification {
  const admitted = decision.code === ADMIT || decision.code === AUTHENTICATE
  return {
    valid: admitted,
    code: codeName(decision.code),
    requestId: newRequestId(decision.now, admitted, knows, decision.tail),
    key: key.state,
    account: key.account.state,
    decision,
  }
}

import type { IncomingMessage } from 'node:http'
import { ServiceTokenSchema } from '../domain/accounts/ServiceToken.ts'
import { createSecretParser, digestOf } from '../domain/keys/keyFormat.ts'
import { GroupedLookup } from '../platform/GroupedLookup.ts'
import type { Em } from '../platform/postgres.ts'
import { within } from '../platform/within.ts'
import { missingAuthorization, presentedSecret } from '../verifier/http/credentials.ts'
import { Problem } from './problems.ts'

/** How often the known tokens are checked again; a revoked one is refused after that. */
const CHECK_MS = 5_000
/** How long a check may take. Nobody waits for it. */
const CHECK_BOUND_MS = 2_000

/** How long a request with an unknown token waits for Postgres. */
const LOOKUP_MS = 2_000
/** Between two look-ups of unknown tokens: a flood of them costs twenty queries a second. */
const PAUSE_MS = 50

/** Longer than any token. */
const MAX_LENGTH = 128

export type ServiceTokens = {
  /**
   * The ID of the request's service token. Throws a Problem: 401 without a valid one, 503 where Postgres cannot say.
   */
  require: (request: IncomingMessage) => Promise<string> | string
  /** What a token that was required is called: the resource server that it is for. */
  nameOf: (id: string) => string
  /** Checks the known tokens again, as happens by itself every 5 s. */
  check: () => Promise<void>
  /** How long ago Postgres last confirmed the token for which that is longest ago, in ms; 0 without tokens. */
  uncheckedMs: () => number
  close: () => void
}

type Known = { id: string; checkedAt: number }

type Options = {
  em: () => Em
  prefix: string
  now: () => number
  /** How long a token is accepted that cannot be checked, in ms. */
  graceMs: number
  onLookup?: (outcome: 'found' | 'nowhere' | 'failed') => void
}

/**
 * Checks the tokens of resource servers. All known ones are checked again every few seconds, in one query and behind
 * the answers: a request with a known token never waits for Postgres. While Postgres is away, or hangs, what was
 * known stays accepted for `graceMs`. Unknown tokens are looked up together, one query at a time.
 */
export function createServiceTokens({ em, prefix, now, graceMs, onLookup }: Options): ServiceTokens {
  const parse = createSecretParser(prefix, ['service'])
  const known = new Map<string, Known>()
  const names = new Map<string, string>()

  const read = async (digests: string[]): Promise<Map<string, string>> => {
    const found = await em().find(
      ServiceTokenSchema,
      { digest: { $in: digests }, revokedAt: null },
      { fields: ['id', 'digest', 'name'], disableIdentityMap: true },
    )
    for (const { id, name } of found) names.set(id, name)
    return new Map(found.map(({ digest, id }) => [digest, id]))
  }
  // Nothing is remembered of unknown ones: a token may be presented before its creation is done, and is good after it.
  const lookup = new GroupedLookup(read, { waitMs: LOOKUP_MS, pauseMs: PAUSE_MS, giveUp: cannotCheck })

  const lookUp = async (digest: string): Promise<string> => {
    const asked = now()
    const id = await lookup.get(digest).catch((error) => {
      onLookup?.('failed')
      throw error
    })
    onLookup?.(id === undefined ? 'nowhere' : 'found')
    if (id === undefined) {
      known.delete(digest)
      throw refused()
    }
    known.set(digest, { id, checkedAt: asked })
    return id
  }

  const check = async () => {
    if (known.size === 0) return
    const asked = now()
    const digests = [...known.keys()]
    const found = await within(CHECK_BOUND_MS, read(digests)).catch(() => undefined)
    // Nobody can say: the next check is soon.
    if (!found) return
    for (const digest of digests) {
      const id = found.get(digest)
      if (id === undefined) known.delete(digest)
      else if (known.has(digest)) known.set(digest, { id, checkedAt: asked })
    }
  }
  const timer = setInterval(() => void check(), CHECK_MS).unref()

  return {
    require(request) {
      const value = presentedSecret(request)
      if (value === undefined) throw missingAuthorization()
      if (value.length > MAX_LENGTH) throw refused()
      // A digest that is known needs no further look at the value.
      const digest = digestOf(value)
      const token = known.get(digest)
      if (token && now() - token.checkedAt < graceMs) return token.id
      if (!token && 'hint' in parse(value)) throw refused()
      return lookUp(digest)
    },
    nameOf: (id) => names.get(id) ?? id,
    check,
    uncheckedMs: () => {
      const asked = now()
      return Math.max(0, ...[...known.values()].map(({ checkedAt }) => asked - checkedAt))
    },
    close: () => clearInterval(timer),
  }
}

function cannotCheck(): Problem {
  return new Problem('service-unavailable', {
    detail: 'The service token cannot be checked right now.',
    retryAfter: 1,
  })
}

function refused(): Problem {
  return new Problem(
    'invalid-service-token',
    { detail: 'This requires a valid service token.' },
    { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  )
}

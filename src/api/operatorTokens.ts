import type { IncomingMessage } from 'node:http'
import { ipAllowed } from '../domain/keys/allowedIps.ts'
import { createSecretParser } from '../domain/keys/keyFormat.ts'
import { type OperatorToken, OperatorTokenSchema } from '../domain/operators/OperatorToken.ts'
import { noteUse } from '../domain/operators/operatorTokenStore.ts'
import { GroupedLookup } from '../platform/GroupedLookup.ts'
import type { Em } from '../platform/postgres.ts'
import { missingAuthorization, presentedSecret } from '../verifier/http/credentials.ts'
import { verificationProblem } from '../verifier/http/verificationProblems.ts'
import { BoundedLookup } from './BoundedLookup.ts'
import { Problem } from './problems.ts'

/** How long a request waits for Postgres. */
const LOOKUP_MS = 2_000
/** Between two look-ups: a flood of unknown tokens costs a hundred queries a second. */
const PAUSE_MS = 10

export type OperatorTokens = {
  /** Whether a request presents what has the form of an operator token. */
  isPresented: (request: IncomingMessage) => boolean
  /**
   * The request's operator token. Throws a Problem: 401 without a valid one, 403 where it may not come from `ip`, 429
   * after too many unknown ones from there, 503 where Postgres cannot say.
   */
  require: (request: IncomingMessage, ip: string) => Promise<OperatorToken>
}

/**
 * Looks operator tokens up with every request: a revoked one is refused from the moment its revocation is answered.
 * What arrives together is looked up together.
 */
export function createOperatorTokens(
  em: () => Em,
  prefix: string,
  now: () => Date,
  bounded = new BoundedLookup({ what: 'operator tokens' }),
): OperatorTokens {
  const head = `${prefix}_operator_`
  const parse = createSecretParser(prefix, ['operator'])
  const read = async (digests: string[]) => {
    const found = await em().find(
      OperatorTokenSchema,
      { digest: { $in: digests }, revokedAt: null },
      { disableIdentityMap: true },
    )
    return new Map(found.map((token) => [token.digest, token]))
  }
  const lookup = new GroupedLookup<OperatorToken>(read, {
    waitMs: LOOKUP_MS,
    pauseMs: PAUSE_MS,
    giveUp: cannotCheck,
  })
  const find = async (digest: string) => {
    const token = await lookup.get(digest)
    return token?.expiresAt && token.expiresAt <= now() ? undefined : token
  }

  return {
    isPresented: (request) => presentedSecret(request)?.startsWith(head) ?? false,
    async require(request, ip) {
      const value = presentedSecret(request)
      if (value === undefined) throw missingAuthorization()
      const parsed = parse(value)
      if ('hint' in parsed) throw refused()
      const token = await bounded.find(ip, () => find(parsed.digest), parsed.digest)
      if (!token) throw refused()
      if (!ipAllowed(token.allowedIps, ip))
        throw verificationProblem('ip-not-allowed', {
          detail: 'This operator token may not be used from this address.',
        })
      noteUse(em(), token.id, now()).catch(() => {
        // When it was last used is for people to read: no call fails for that.
      })
      return token
    },
  }
}

function cannotCheck(): Problem {
  return new Problem('service-unavailable', {
    detail: 'The operator token cannot be checked right now.',
    retryAfter: 1,
  })
}

function refused(): Problem {
  return new Problem(
    'invalid-operator-token',
    { detail: 'This requires a valid operator token.' },
    { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  )
}

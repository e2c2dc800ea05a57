import type { IncomingMessage } from 'node:http'
import type { ServiceTokenPermission } from '../domain/accounts/ServiceToken.ts'
import { createSecretParser, digestOf } from '../domain/keys/keyFormat.ts'
import { missingAuthorization, presentedSecret } from '../verifier/http/credentials.ts'
import type { KnownToken, KnownTokens } from '../verifier/KnownTokens.ts'
import { withFreshToken } from '../verifier/withFreshToken.ts'
import { Problem } from './problems.ts'

/** How often tokens are compared with Postgres, and how long that may take. Nobody waits for it. */
const CHECK_MS = 5_000
const CHECK_BOUND_MS = 2_000

/** Longer than any token. */
const MAX_LENGTH = 128

export type ServiceTokens = {
  /**
   * The request's service token, as far as this process knows: use it by `confirming`. Throws a Problem: 401 without a
   * valid one, 403 without the permission, 503 when it cannot be checked.
   */
  find: (request: IncomingMessage, permission: ServiceTokenPermission) => Promise<KnownToken> | KnownToken
  /** Runs a task that has the region confirm the token; again, where the token has changed. */
  confirming: <Value>(token: KnownToken, task: (token: KnownToken) => Promise<Value>) => Promise<Value>
  /** The request's service token, which the region has confirmed. Throws as `find` does. */
  require: (request: IncomingMessage, permission: ServiceTokenPermission) => Promise<KnownToken>
  close: () => void
}

type Options = {
  tokens: KnownTokens
  /** Rejects with ServiceTokenStale, or RegionUnavailable. */
  confirm: (token: KnownToken) => Promise<void>
  prefix: string
  onLookup?: (outcome: 'found' | 'nowhere' | 'failed') => void
}

/** Checks the tokens of resource servers: see KnownTokens. */
export function createServiceTokens({ tokens, confirm, prefix, onLookup }: Options): ServiceTokens {
  const parse = createSecretParser(prefix, ['service'])

  const load = async (digest: string): Promise<KnownToken> => {
    const token = await tokens.load(digest).catch((error) => {
      onLookup?.('failed')
      throw error
    })
    onLookup?.(token ? 'found' : 'nowhere')
    if (!token) throw refused()
    return token
  }
  const find = (
    request: IncomingMessage,
    permission: ServiceTokenPermission,
  ): Promise<KnownToken> | KnownToken => {
    const value = presentedSecret(request)
    if (value === undefined) throw missingAuthorization()
    if (value.length > MAX_LENGTH) throw refused()
    // A digest that is known needs no further look at the value.
    const digest = digestOf(value)
    const token = tokens.get(digest)
    if (token) return allowed(token, permission)
    if ('hint' in parse(value)) throw refused()
    return load(digest).then((loaded) => allowed(loaded, permission))
  }
  const confirming: ServiceTokens['confirming'] = (token, task) => withFreshToken(token, load, task)
  const timer = setInterval(() => tokens.refresh(CHECK_BOUND_MS).catch(() => {}), CHECK_MS).unref()

  return {
    find,
    confirming,
    require: async (request, permission) =>
      confirming(await find(request, permission), async (token) => {
        await confirm(token)
        return token
      }),
    close: () => clearInterval(timer),
  }
}

function allowed(token: KnownToken, permission: ServiceTokenPermission): KnownToken {
  if (token.permissions.includes(permission)) return token
  throw new Problem('insufficient-permissions', {
    detail: `This requires a service token with the permission ${permission}.`,
    requiredPermission: permission,
  })
}

/** A service token cannot be looked up now. */
export function cannotCheck(): Problem {
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

import type { IncomingMessage } from 'node:http'
import { ServiceTokenSchema } from '../domain/accounts/ServiceToken.ts'
import { createSecretParser, digestOf } from '../domain/keys/keyFormat.ts'
import type { Em } from '../platform/postgres.ts'
import { missingAuthorization, presentedSecret } from '../verifier/http/credentials.ts'
import { Problem } from './problems.ts'

/** A token's word is believed for this long; a revoked one is refused after it. */
const FRESH_MS = 5_000

/** Longer than any token. */
const MAX_LENGTH = 128

/** `require` throws a 401 Problem unless the request carries a service token that is in force; it answers the token's ID. */
export type ServiceTokens = {
  require: (request: IncomingMessage) => Promise<string> | string
  /** What a token that was required is called: the resource server that it is for. */
  nameOf: (id: string) => string
}

/**
 * Checks the tokens of resource servers. A known token is checked again in Postgres every few seconds, behind the
 * answer; while Postgres is away what was known stays in force, so that verification does not depend on it.
 */
export function createServiceTokens(em: () => Em, prefix: string, now: () => number): ServiceTokens {
  const parse = createSecretParser(prefix, ['service'])
  const known = new Map<string, { id: string; checkedAt: number }>()
  const names = new Map<string, string>()
  const checking = new Map<string, Promise<string | undefined>>()

  const check = async (digest: string): Promise<string | undefined> => {
    const token = await em().findOne(ServiceTokenSchema, { digest, revokedAt: null })
    if (token) {
      known.set(digest, { id: token.id, checkedAt: now() })
      names.set(token.id, token.name)
    } else known.delete(digest)
    return token?.id
  }
  const checkOnce = (digest: string) => {
    let running = checking.get(digest)
    if (!running) {
      running = check(digest).finally(() => checking.delete(digest))
      checking.set(digest, running)
    }
    return running
  }

  return {
    nameOf: (id) => names.get(id) ?? id,
    require(request) {
      const value = presentedSecret(request)
      if (value === undefined) throw missingAuthorization()
      if (value.length > MAX_LENGTH) throw refused()
      // A digest that is known needs no further look at the value.
      const digest = digestOf(value)
      const token = known.get(digest)
      if (!token && 'hint' in parse(value)) throw refused()
      if (token && now() - token.checkedAt < FRESH_MS) return token.id
      if (token && now() - token.checkedAt < 2 * FRESH_MS) {
        checkOnce(digest).catch(() => {})
        return token.id
      }
      return checkOnce(digest).then(
        (id) => {
          if (id === undefined) throw refused()
          return id
        },
        (error) => {
          if (token) return token.id
          throw error
        },
      )
    },
  }
}

function refused(): Problem {
  return new Problem(
    'invalid-service-token',
    { detail: 'This takes a service token that is in force.' },
    { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  )
}

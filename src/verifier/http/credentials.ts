import type { HttpProblem } from './HttpProblem.ts'
import { verificationProblem } from './verificationProblems.ts'

/** The headers that may carry a secret, as `node:http` has them. */
export type CredentialHeaders = { authorization?: string; 'x-api-key'?: string | string[] }

/**
 * The secret that a request presents: `Authorization: Bearer …` or `X-API-Key`. Undefined where there is none.
 * Throws when both are there and differ. A query string is never looked at.
 */
export function presentedSecret({ headers }: { headers: CredentialHeaders }): string | undefined {
  const { authorization, 'x-api-key': apiKey } = headers
  const fromKey = typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined
  if (authorization === undefined || authorization === '') return fromKey
  const space = authorization.indexOf(' ')
  if (authorization.slice(0, space < 0 ? undefined : space).toLowerCase() !== 'bearer') return fromKey
  const bearer = space < 0 ? '' : authorization.slice(space + 1)
  if (fromKey !== undefined && fromKey !== bearer) {
    const message = 'Authorization and X-API-Key carry different values. Send one of them.'
    throw verificationProblem('validation-error', {
      detail: message,
      errors: [{ field: 'X-API-Key', message, code: 'invalid_format' }],
    })
  }
  return bearer
}

export function missingAuthorization(): HttpProblem {
  return verificationProblem(
    'missing-authorization',
    { detail: 'Send your API key as "Authorization: Bearer <key>".' },
    { 'WWW-Authenticate': 'Bearer' },
  )
}

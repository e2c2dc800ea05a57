import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { KeyState } from '../../../domain/keys/keyState.ts'
import { pathOnly } from '../../../domain/metering/pathOnly.ts'
import { remember } from '../../../domain/remember.ts'
import { missingAuthorization, presentedSecret } from '../../../verifier/http/credentials.ts'
import { headerLines } from '../../../verifier/http/headerLines.ts'
import { limitLines, limitsOf } from '../../../verifier/http/limitHeaders.ts'
import { refusal } from '../../../verifier/http/refusal.ts'
import type { HotRoute } from '../../hotRoute.ts'
import { Permission, whole } from '../../schemas.ts'
import { validate } from '../../validate.ts'

const Query = z.strictObject({
  permission: Permission.optional().describe('What the key must allow, such as `renders:write`'),
  units: whole(1, 1_000, 1).describe('How many renders the request is'),
  // nginx's auth_request reads the status and the headers of an answer, never its body.
  problem: z
    .literal('header')
    .optional()
    .describe('`header`: the problem is in the header `X-Problem`, because nginx does not read the body'),
})

/** Decides about the key of a request that a proxy holds back (nginx auth_request, Caddy, Traefik). */
export const forwardAuth: HotRoute = {
  spec: {
    method: 'all',
    path: '/forward-auth',
    operation: 'forwardAuth',
    summary: 'Authorise a request for a proxy',
    description:
      'For nginx `auth_request`, Caddy and Traefik. The key is the request’s own, as `Authorization: Bearer` or `X-API-Key`.',
    tag: 'Verification',
    auth: 'none',
    query: Query,
    responses: { 200: null },
    problems: [
      'missing-authorization',
      'invalid-api-key',
      'account-suspended',
      'insufficient-permissions',
      'ip-not-allowed',
      'rate-limit-exceeded',
      'test-quota-exceeded',
      'plan-limit-exceeded',
      'service-unavailable',
    ],
  },
  delaysRefusals: true,
  problemInHeader: (search) => new URLSearchParams(search).get('problem') === 'header',
  decide(api, request, search) {
    const value = presentedSecret(request)
    if (value === undefined) throw missingAuthorization()
    const { permission, units } = queryOf(search)
    return api.verifier.verify({
      value,
      permission,
      units,
      ip: api.clientIp(request),
      endpoint: pathOf(request),
      method: methodOf(request),
    })
  },
  present(verification, search) {
    const { key, valid } = verification
    if (!valid || !key) throw refusal(verification, queryOf(search).permission)
    return { lines: limitLines(verification, limitsOf(verification)) + linesOf(key), body: '' }
  },
}

const written = new WeakMap<KeyState, string>()

/** The headers that say whose key it is, as lines; kept as long as its state. */
function linesOf(key: KeyState): string {
  const known = written.get(key)
  if (known !== undefined) return known
  const lines = headerLines({
    'X-Key-Id': key.keyId,
    'X-Account-Id': key.accountId,
    'X-Key-Type': key.type,
    'X-Watermark': key.type === 'test' ? 'true' : 'false',
  })
  written.set(key, lines)
  return lines
}

/** Queries are few and come back with every request. */
const queryOf = remember(1_000, (search) => {
  const params = new URLSearchParams(search)
  const input = [...new Set(params.keys())].map((name) => {
    const values = params.getAll(name)
    return [name, values.length === 1 ? values[0] : values] as const
  })
  return validate(Query, Object.fromEntries(input))
})

/** The path that the proxy was asked for. */
function pathOf(request: IncomingMessage): string | undefined {
  const uri = request.headers['x-forwarded-uri'] ?? request.headers['x-original-uri']
  if (typeof uri !== 'string') return undefined
  return pathOnly(uri).slice(0, 256)
}

function methodOf(request: IncomingMessage): string | undefined {
  const method = request.headers['x-forwarded-method'] ?? request.headers['x-original-method']
  return typeof method === 'string' ? method.slice(0, 16) : undefined
}

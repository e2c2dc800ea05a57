import { z } from 'zod'
import { canonicalAddress, MAX_ADDRESS } from '../../../domain/addresses.ts'
import type { FieldFault } from '../../../domain/failure.ts'
import type { AccountState, KeyState } from '../../../domain/keys/keyState.ts'
import { pathOnly } from '../../../domain/metering/pathOnly.ts'
import { VERIFICATION_CODES } from '../../../domain/metering/verificationCode.ts'
import { ONCE_SECONDS } from '../../../region/scripts.ts'
import { type Limit, limitLines, limitsOf, retryAfterOf } from '../../../verifier/http/limitHeaders.ts'
import type { KnownToken } from '../../../verifier/KnownTokens.ts'
import type { Verification, VerificationRequest } from '../../../verifier/Verifier.ts'
import type { HotRoute } from '../../hotRoute.ts'
import { decidingOnce, idempotencyKeyOf, requestHashOf } from '../../idempotency.ts'
import { Problem } from '../../problems.ts'
import { readJson } from '../../readJson.ts'
import { Permission } from '../../schemas.ts'
import { compile, validate } from '../../validate.ts'

/** Compiled: this is the hot path. */
const Body = compile(
  z
    .strictObject({
      key: z.string().max(512).describe('The value that the client presented, unchanged'),
      permission: Permission.optional(),
      units: z
        .int()
        .min(1)
        .max(1_000)
        .optional()
        .describe('How many renders the request is, with `renders:write`. Default: 1'),
      ip: z.string().max(MAX_ADDRESS).optional().describe('The end user’s address, with or without a port'),
      endpoint: z.string().max(256).optional(),
      method: z.string().max(16).optional(),
    })
    .meta({ id: 'VerificationRequest' }),
)

const LimitState = z
  .object({ limit: z.int(), remaining: z.int(), reset: z.int().describe('Unix seconds') })
  .meta({ id: 'LimitState' })

const Answer = z
  .object({
    valid: z.boolean(),
    code: z.enum(VERIFICATION_CODES),
    requestId: z.string(),
    hint: z.string().optional(),
    keyId: z.string().optional(),
    accountId: z.string().optional(),
    name: z.string().optional(),
    type: z.enum(['live', 'test']).optional(),
    access: z.enum(['admin', 'full', 'read_only']).optional(),
    permissions: z.array(z.string()).optional(),
    plan: z.string().optional(),
    watermark: z.boolean().optional(),
    overage: z.boolean().optional().describe('The month’s renders are above the plan’s soft limit'),
    requestsToday: z.int().optional(),
    limits: z.record(z.string(), LimitState).optional(),
    retryAfter: z.int().optional(),
  })
  .meta({ id: 'Verification' })

/** Decides about one presented key, for a resource server. The answer is 200 whatever the decision. */
export const verify: HotRoute = {
  spec: {
    method: 'post',
    path: '/verify',
    operation: 'verifyApiKey',
    summary: 'Verify an API key',
    description:
      'Decides whether a key may make one request now, and counts the request. The answer is 200 for every key: `valid` and `code` say what was decided.',
    tag: 'Verification',
    auth: { service: 'verify' },
    body: Body,
    responses: { 200: Answer },
    idempotentFor: `${ONCE_SECONDS / 60} minutes`,
    problems: [
      'invalid-service-token',
      'insufficient-permissions',
      'idempotency-conflict',
      'service-unavailable',
    ],
  },
  async decide(api, request) {
    const found = api.serviceTokens.find(request, 'verify')
    const token = found instanceof Promise ? await found : found
    const asked = validate(Body, await readJson(request))
    if (asked.ip !== undefined && canonicalAddress(asked.ip) === undefined) throw badIp()
    const header = idempotencyKeyOf(request)
    if (header === undefined)
      return await api.serviceTokens.confirming(token, (current) =>
        api.verifier.verify(requestOf(asked, current)),
      )
    const key = { header, scope: token.id, requestHash: requestHashOf('POST', '/verify', asked) }
    // The script that counts the first request keeps its decision in the same step, and gives it to repeats as long as
    // the key may still do this. A revocation is never older news than an Idempotency-Key.
    return decidingOnce(api, key, (once) =>
      api.serviceTokens.confirming(token, (current) =>
        api.verifier.verify({ ...requestOf(asked, current), once }),
      ),
    )
  },
  present(verification) {
    const limits = limitsOf(verification)
    const retryAfter = retryAfterOf(verification, limits)
    let lines = limitLines(verification, limits)
    if (retryAfter !== undefined) lines += `Retry-After: ${retryAfter}\r\n`
    if (verification.decision?.repeated) lines += 'Idempotent-Replayed: true\r\n'
    return { lines, body: bodyOf(verification, limits, retryAfter) }
  },
}

function requestOf(asked: z.infer<typeof Body>, token: KnownToken): VerificationRequest {
  const { key: value, permission, units, ip, endpoint, method } = asked
  const path = endpoint === undefined ? undefined : pathOnly(endpoint)
  return { value, permission, units, ip, endpoint: path, method, token }
}

/**
 * The answer as JSON. Written by hand, as most of it is the key's description, which changes only with the key. No
 * guard checks it: `test/api/openapi.test.ts` compares it with the schema.
 */
function bodyOf(verification: Verification, limits: Limit[], retryAfter: number | undefined): string {
  const { valid, code, requestId, hint, key, account, decision } = verification
  if (!key || !account || !decision || code === 'NOT_FOUND')
    return JSON.stringify({ valid, code, requestId, hint, retryAfter } satisfies z.infer<typeof Answer>)
  let states = ''
  for (const { name, limit, remaining, reset } of limits)
    states += `${states === '' ? '' : ','}"${name}":{"limit":${limit},"remaining":${remaining},"reset":${reset}}`
  const overage =
    key.type === 'live' && account.rendersPerMonth >= 0 && decision.renders > account.rendersPerMonth
  return (
    `{"valid":${valid},"code":"${code}","requestId":"${requestId}",${describe(key, account)}` +
    `${overage ? ',"overage":true' : ''},"requestsToday":${decision.inDay},"limits":{${states}}` +
    `${retryAfter === undefined ? '' : `,"retryAfter":${retryAfter}`}}`
  )
}

const described = new WeakMap<KeyState, { account: AccountState; text: string }>()

/** What the answer says of the key itself, as the inside of a JSON object; kept as long as its state. */
function describe(key: KeyState, account: AccountState): string {
  const known = described.get(key)
  if (known?.account === account) return known.text
  const { keyId, accountId, name, type, access, permissions } = key
  const watermark = type === 'test'
  const facts = { keyId, accountId, name, type, access, permissions, plan: account.plan, watermark }
  const text = JSON.stringify(facts satisfies Partial<z.infer<typeof Answer>>).slice(1, -1)
  described.set(key, { account, text })
  return text
}

function badIp(): Problem {
  const fault: FieldFault = { field: 'ip', message: 'must be an IP address', code: 'invalid_format' }
  return new Problem('validation-error', { detail: `ip: ${fault.message}`, errors: [fault] })
}

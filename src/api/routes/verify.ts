import { Ajv2020 as Ajv } from 'ajv/dist/2020.js'
import { z } from 'zod'
import { canonicalAddress, MAX_ADDRESS } from '../../domain/addresses.ts'
import type { FieldFault } from '../../domain/failure.ts'
import type { AccountState, KeyState } from '../../domain/keys/keyState.ts'
import { pathOnly } from '../../domain/usage/pathOnly.ts'
import { type Limit, limitHeaders, limitsOf, retryAfterOf } from '../../verifier/http/limitHeaders.ts'
import type { Verification, VerificationRequest } from '../../verifier/Verifier.ts'
import type { ApiContext } from '../context.ts'
import type { HotAnswer, HotRoute } from '../hotRoute.ts'
import { answerOnce, idempotencyKeyOf, requestHashOf } from '../idempotency.ts'
import { Problem } from '../problems.ts'
import { readJson } from '../readJson.ts'
import { Permission } from '../schemas.ts'
import { validate } from '../validate.ts'

const Body = z.strictObject({
  key: z.string().max(512).describe('The presented value, as it came'),
  permission: Permission.optional(),
  units: z.int().min(1).max(1_000).optional().describe('Renders asked for with renders:write; 1 unless told'),
  ip: z.string().max(MAX_ADDRESS).optional().describe('The end user’s address, with or without a port'),
  endpoint: z.string().max(256).optional(),
  method: z.string().max(16).optional(),
})

const LimitState = z.object({ limit: z.int(), remaining: z.int(), reset: z.int().describe('Unix seconds') })

const Answer = z.object({
  valid: z.boolean(),
  code: z.enum([
    'VALID',
    'NOT_FOUND',
    'REVOKED',
    'EXPIRED',
    'FORBIDDEN',
    'IP_NOT_ALLOWED',
    'RATE_LIMITED',
    'QUOTA_EXCEEDED',
    'PLAN_LIMIT_EXCEEDED',
  ]),
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

/** Compiled once: zod describes the body, ajv decides on the hot path. */
const fits = new Ajv({ validateFormats: false, strict: false }).compile(z.toJSONSchema(Body))

/** Decides about one presented key, for a resource server. The answer is 200 whatever the decision. */
export const verify: HotRoute = {
  spec: {
    method: 'post',
    path: '/verify',
    summary: 'May this key do this now? Decides, counts and limits one request.',
    tag: 'Verification',
    auth: 'service',
    body: Body,
    responses: { 200: Answer },
    problems: [
      'invalid-service-token',
      'idempotency-conflict',
      'idempotency-in-flight',
      'service-unavailable',
    ],
  },
  async answer(api, request) {
    const required = api.serviceTokens.require(request)
    const token = typeof required === 'string' ? required : await required
    const body = await readJson(request)
    if (!fits(body)) validate(Body, body)
    const asked = body as z.infer<typeof Body>
    if (asked.ip !== undefined && canonicalAddress(asked.ip) === undefined) throw badIp()
    const header = idempotencyKeyOf(request)
    if (header === undefined) return decide(api, asked)
    const requestHash = () => requestHashOf('POST', '/verify', asked)
    const once = await answerOnce(api, { header, scope: token, requestHash }, () => decide(api, asked))
    return once.replayed ? stillTrue(api, asked, once.answer) : once.answer
  },
}

/**
 * A repeated answer is the first one only as long as the key may still do this: a revocation is never older news than an
 * Idempotency-Key. Asks for the key's state alone, so that nothing is counted again.
 */
async function stillTrue(api: ApiContext, asked: z.infer<typeof Body>, first: HotAnswer): Promise<HotAnswer> {
  const now = await api.verifier.verify({ ...requestOf(asked), authenticate: true })
  const answer = now.valid ? first : answerOf(now)
  return { ...answer, headers: { ...answer.headers, 'Idempotent-Replayed': 'true' } }
}

async function decide(api: ApiContext, asked: z.infer<typeof Body>): Promise<HotAnswer> {
  return answerOf(await api.verifier.verify(requestOf(asked)))
}

function requestOf({ key, endpoint, ...rest }: z.infer<typeof Body>): VerificationRequest {
  return { ...rest, value: key, endpoint: endpoint === undefined ? undefined : pathOnly(endpoint) }
}

function answerOf(verification: Verification): HotAnswer {
  const limits = limitsOf(verification)
  const headers = limitHeaders(verification, limits)
  const retryAfter = retryAfterOf(verification, limits)
  if (retryAfter !== undefined) headers['Retry-After'] = String(retryAfter)
  return {
    status: 200,
    headers,
    body: present(verification, limits, retryAfter),
    requestId: verification.requestId,
  }
}

/** The answer as JSON. Written by hand: most of it is the key's description, which changes only with the key. */
function present(verification: Verification, limits: Limit[], retryAfter: number | undefined): string {
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

import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { Problem } from './problem.ts'
import { reasonOf } from './reasonOf.ts'

const VERIFY_TIMEOUT_MS = 3000

const INVALID_KEY = 'The API key is not valid.'

/** What Pictify Keys tells the caller about limits; passed on untouched. */
const LIMIT_HEADERS = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit-Policy',
  'RateLimit',
  'X-Usage-Requests-Today',
  'Retry-After',
]

const refusalCodes = [
  'NOT_FOUND',
  'REVOKED',
  'EXPIRED',
  'FORBIDDEN',
  'IP_NOT_ALLOWED',
  'RATE_LIMITED',
  'QUOTA_EXCEEDED',
  'PLAN_LIMIT_EXCEEDED',
] as const

const AnswerSchema = z.discriminatedUnion('code', [
  z.object({ code: z.literal('VALID'), requestId: z.string(), keyId: z.string(), watermark: z.boolean() }),
  z.object({ code: z.enum(refusalCodes), requestId: z.string(), hint: z.string().optional() }),
])

export type Verification = z.infer<typeof AnswerSchema> & { limitHeaders: Record<string, string> }
type Refusal = Exclude<Verification, { code: 'VALID' }>

export type VerifyRequest = {
  key: string
  permission: string
  units: number
  ip: string
  endpoint: string
  method: string
}

export type KeysClient = { verify: (request: VerifyRequest) => Promise<Verification> }

/** Asks Pictify Keys whether a key may do something now. Node's fetch keeps the connections open. */
export function createKeysClient(keysUrl: string, serviceToken: string): KeysClient {
  const ask = async (request: VerifyRequest): Promise<Verification> => {
    // Never tried again: a lost answer may already have used up a render.
    const response = await fetch(`${keysUrl}/verify`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${serviceToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
      redirect: 'error',
      signal: AbortSignal.timeout(VERIFY_TIMEOUT_MS),
    })
    const body = await response.text()
    if (response.status !== 200) {
      console.error(`Pictify Keys answered ${response.status} to a verification`)
      throw unavailable(secondsOf(response.headers.get('Retry-After')))
    }
    const limitHeaders: Record<string, string> = {}
    for (const name of LIMIT_HEADERS) {
      const value = response.headers.get(name)
      if (value !== null) limitHeaders[name] = value
    }
    return { ...AnswerSchema.parse(JSON.parse(body)), limitHeaders }
  }

  return {
    verify: async (request) => {
      try {
        return await ask(request)
      } catch (error) {
        if (error instanceof Problem) throw error
        console.error(`a verification failed: ${reasonOf(error)}`)
        throw unavailable()
      }
    },
  }
}

/** The key of a request: a bearer token or X-API-Key; never part of the URL, because URLs end up in logs. */
export function presentedKey(headers: IncomingHttpHeaders): string {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
  const apiKey = headers['x-api-key']?.toString()
  if (bearer !== undefined && apiKey !== undefined && bearer !== apiKey) {
    const message = 'It differs from Authorization. Send one of the two.'
    const errors = [{ field: 'X-API-Key', message, code: 'invalid_format' }]
    throw new Problem('validation-error', 'Two different API keys were sent.', { errors })
  }
  const key = bearer ?? apiKey
  if (!key) throw new Problem('missing-authorization', 'Send an API key as `Authorization: Bearer <key>`.')
  return key
}

/** Unknown, revoked and expired keys get the same answer, so that nobody learns which strings once were keys. */
export function problemOf(refusal: Refusal): Problem {
  const retryAfter = secondsOf(refusal.limitHeaders['Retry-After'] ?? null)
  switch (refusal.code) {
    case 'NOT_FOUND':
      return new Problem('invalid-api-key', refusal.hint ?? INVALID_KEY)
    case 'REVOKED':
    case 'EXPIRED':
      return new Problem('invalid-api-key', INVALID_KEY)
    case 'FORBIDDEN':
      return new Problem('insufficient-permissions', 'The API key lacks the permission renders:write.')
    case 'IP_NOT_ALLOWED':
      return new Problem('ip-not-allowed', 'The API key may not be used from this address.')
    case 'RATE_LIMITED':
      return new Problem('rate-limit-exceeded', 'The API key was used too often.', { retryAfter })
    case 'QUOTA_EXCEEDED':
      return new Problem('test-quota-exceeded', "Today's renders of this test key are used up.", {
        retryAfter,
      })
    case 'PLAN_LIMIT_EXCEEDED':
      return new Problem('plan-limit-exceeded', "This month's renders are used up.", { retryAfter })
  }
}

const unavailable = (retryAfter = 1) =>
  new Problem('service-unavailable', 'API keys cannot be checked at the moment.', { retryAfter })

function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined
}

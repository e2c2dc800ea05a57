import type { FailureCode } from '../domain/failure.ts'

/** Every slug that callers can meet, with its status: the one place where codes become HTTP. */
export const problems = {
  'missing-authorization': { status: 401, title: 'Missing authorization' },
  'invalid-api-key': { status: 401, title: 'Invalid API key' },
  'invalid-service-token': { status: 401, title: 'Invalid service token' },
  'invalid-credentials': { status: 401, title: 'Invalid credentials' },
  'insufficient-permissions': { status: 403, title: 'Insufficient permissions' },
  'ip-not-allowed': { status: 403, title: 'IP address not allowed' },
  'key-limit-reached': { status: 403, title: 'Key limit reached' },
  'not-found': { status: 404, title: 'Not found' },
  'api-key-not-found': { status: 404, title: 'API key not found' },
  'account-not-found': { status: 404, title: 'Account not found' },
  'member-not-found': { status: 404, title: 'Member not found' },
  'operation-not-found': { status: 404, title: 'Operation not found' },
  'service-token-not-found': { status: 404, title: 'Service token not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'key-not-revoked': { status: 409, title: 'Key not revoked' },
  'key-not-active': { status: 409, title: 'Key not active' },
  'last-admin': { status: 409, title: 'Last admin' },
  'email-taken': { status: 409, title: 'Email taken' },
  'idempotency-in-flight': { status: 409, title: 'Request in flight' },
  'precondition-failed': { status: 412, title: 'Precondition failed' },
  'payload-too-large': { status: 413, title: 'Payload too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'idempotency-conflict': { status: 422, title: 'Idempotency conflict' },
  'request-timeout': { status: 408, title: 'Request timeout' },
  'headers-too-large': { status: 431, title: 'Headers too large' },
  'validation-error': { status: 400, title: 'Validation error' },
  'rate-limit-exceeded': { status: 429, title: 'Rate limit exceeded' },
  'test-quota-exceeded': { status: 429, title: 'Test quota exceeded' },
  'plan-limit-exceeded': { status: 429, title: 'Plan limit exceeded' },
  'internal-error': { status: 500, title: 'Internal error' },
  'service-unavailable': { status: 503, title: 'Service unavailable' },
} as const satisfies Record<FailureCode | (string & {}), { status: number; title: string }>

export type Slug = keyof typeof problems

/** An answer that is a problem (RFC 9457). `retryAfter`, in seconds, becomes the header too. */
export class Problem extends Error {
  readonly slug: Slug
  readonly facts: { detail: string; retryAfter?: number; [fact: string]: unknown }
  readonly headers: Record<string, string>

  constructor(slug: Slug, facts: Problem['facts'], headers: Record<string, string> = {}) {
    super(facts.detail)
    this.name = 'Problem'
    this.slug = slug
    this.facts = facts
    this.headers =
      facts.retryAfter === undefined ? headers : { ...headers, 'Retry-After': String(facts.retryAfter) }
  }

  get status(): number {
    return problems[this.slug].status
  }

  /** The body. `instance` is the path without its query, which may hold what should not be repeated. */
  body(base: string, instance: string, requestId: string): Record<string, unknown> {
    const { status, title } = problems[this.slug]
    return { type: `${base}/${this.slug}`, title, status, ...this.facts, instance, requestId }
  }
}

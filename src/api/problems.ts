import type { FailureCode } from '../domain/failure.ts'
import { HttpProblem, type ProblemFacts } from '../verifier/http/HttpProblem.ts'
import { verificationProblems } from '../verifier/http/verificationProblems.ts'

/** Every slug that callers can meet, with its status: the one place where codes become HTTP. */
export const problems = {
  ...verificationProblems,
  'invalid-service-token': { status: 401, title: 'Invalid service token' },
  'invalid-credentials': { status: 401, title: 'Invalid credentials' },
  'imports-not-allowed': { status: 403, title: 'Imports not allowed' },
  'key-limit-reached': { status: 403, title: 'Key limit reached' },
  'not-found': { status: 404, title: 'Not found' },
  'api-key-not-found': { status: 404, title: 'API key not found' },
  'imported-key-not-found': { status: 404, title: 'Imported key not found' },
  'account-not-found': { status: 404, title: 'Account not found' },
  'member-not-found': { status: 404, title: 'Member not found' },
  'invitation-not-found': { status: 404, title: 'Invitation not found' },
  'password-reset-not-found': { status: 404, title: 'Password reset not found' },
  'session-link-not-found': { status: 404, title: 'Session link not found' },
  'alert-not-found': { status: 404, title: 'Alert rule not found' },
  'channel-not-found': { status: 404, title: 'Channel not found' },
  'webhook-not-found': { status: 404, title: 'Webhook not found' },
  'notification-not-found': { status: 404, title: 'Notification not found' },
  'operation-not-found': { status: 404, title: 'Operation not found' },
  'invalid-operator-token': { status: 401, title: 'Invalid operator token' },
  'operator-token-not-found': { status: 404, title: 'Operator token not found' },
  'external-id-taken': { status: 409, title: 'External ID taken' },
  'plan-not-found': { status: 404, title: 'Plan not found' },
  'plan-change-in-progress': { status: 409, title: 'Plan change in progress' },
  'cursor-expired': { status: 410, title: 'Cursor expired' },
  'service-token-not-found': { status: 404, title: 'Service token not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'account-erasing': { status: 409, title: 'Account is being erased' },
  'key-not-revoked': { status: 409, title: 'Key not revoked' },
  'key-not-active': { status: 409, title: 'Key not active' },
  'key-already-rotated': { status: 409, title: 'Key already rotated' },
  'alert-limit-reached': { status: 409, title: 'Alert rule limit reached' },
  'channel-limit-reached': { status: 409, title: 'Channel limit reached' },
  'webhook-limit-reached': { status: 409, title: 'Webhook limit reached' },
  'channel-has-no-secret': { status: 409, title: 'Channel has no secret' },
  'member-limit-reached': { status: 409, title: 'Member limit reached' },
  'notification-not-redeliverable': { status: 409, title: 'Notification not redeliverable' },
  'last-admin': { status: 409, title: 'Last admin' },
  'already-signed-in': { status: 409, title: 'Already signed in' },
  'email-taken': { status: 409, title: 'Email taken' },
  'member-not-invited': { status: 409, title: 'Member not invited' },
  'password-is-personal': { status: 409, title: 'Password is personal' },
  'import-in-progress': { status: 409, title: 'Import in progress' },
  'idempotency-in-flight': { status: 409, title: 'Request in flight' },
  'precondition-failed': { status: 412, title: 'Precondition failed' },
  'payload-too-large': { status: 413, title: 'Payload too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'idempotency-conflict': { status: 422, title: 'Idempotency conflict' },
  'request-timeout': { status: 408, title: 'Request timeout' },
  'headers-too-large': { status: 431, title: 'Headers too large' },
} as const satisfies Record<FailureCode | (string & {}), { status: number; title: string }>

export type Slug = keyof typeof problems

/** A problem by its slug, with the facts of this case. */
export class Problem extends HttpProblem {
  constructor(slug: Slug, facts: ProblemFacts, headers?: Record<string, string>) {
    super({ slug, ...problems[slug] }, facts, headers)
    this.name = 'Problem'
  }
}

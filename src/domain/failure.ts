/**
 * What can go wrong by the rules, as a code with its facts. The HTTP statuses of the codes live in one
 * table at the edge; workers store failures in the command's row and never retry them.
 */
export type FailureCode =
  | 'validation-error'
  | 'insufficient-permissions'
  | 'key-limit-reached'
  | 'api-key-not-found'
  | 'account-not-found'
  | 'account-suspended'
  | 'account-erasing'
  | 'member-not-found'
  | 'operation-not-found'
  | 'alert-not-found'
  | 'alert-limit-reached'
  | 'channel-not-found'
  | 'notification-not-found'
  | 'notification-not-redeliverable'
  | 'rate-limit-exceeded'
  | 'channel-limit-reached'
  | 'channel-has-no-secret'
  | 'webhook-not-found'
  | 'webhook-limit-reached'
  | 'service-token-not-found'
  | 'operator-token-not-found'
  | 'external-id-taken'
  | 'plan-not-found'
  | 'plan-change-in-progress'
  | 'cursor-expired'
  | 'key-not-revoked'
  | 'key-not-active'
  | 'key-already-rotated'
  | 'last-admin'
  | 'member-limit-reached'
  | 'email-taken'
  | 'password-is-personal'
  | 'member-not-invited'
  | 'invitation-not-found'
  | 'password-reset-not-found'
  | 'session-link-not-found'
  | 'import-in-progress'
  | 'imports-not-allowed'
  | 'imported-key-not-found'
  | 'precondition-failed'
  | 'idempotency-conflict'
  | 'idempotency-in-flight'
  | 'rate-limit-exceeded'
  | 'internal-error'

/** One fault in the input: `field` as a path (`events[3].keyId`), `code` of the published list. */
export type FieldFault = {
  field: string
  message: string
  code: 'required' | 'invalid_type' | 'out_of_range' | 'invalid_format' | 'too_long' | 'unknown_field'
}

export type FailureDetails = { detail: string; errors?: FieldFault[]; [fact: string]: unknown }

export class Failure extends Error {
  readonly code: FailureCode
  readonly details: FailureDetails

  constructor(code: FailureCode, details: FailureDetails) {
    super(`${code}: ${details.detail}`)
    this.name = 'Failure'
    this.code = code
    this.details = details
  }
}

/** A validation failure of one field. */
export function invalid(field: string, code: FieldFault['code'], message: string): Failure {
  return new Failure('validation-error', {
    detail: `${field}: ${message}`,
    errors: [{ field, message, code }],
  })
}

/** Another request came under the same Idempotency-Key within `span`. */
export function idempotencyConflict(span = '24 hours'): Failure {
  return new Failure('idempotency-conflict', {
    detail: `This Idempotency-Key was used for another request within the last ${span}.`,
  })
}

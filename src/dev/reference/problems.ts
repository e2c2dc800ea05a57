import { problems, type Slug } from '../../api/problems.ts'
import { code, table } from './table.ts'

/** What happened, and what the caller can do. */
const MEANINGS: Record<Slug, string> = {
  'validation-error': 'The request is not valid. `errors` lists each field with what is wrong.',
  'missing-authorization': 'The request has no credentials. Send a key, a token or a session.',
  'invalid-api-key': 'The key is unknown, revoked or expired. Use another key.',
  'account-suspended': 'The account is suspended: its keys are refused, and its members can only read.',
  'account-erasing': 'The account is being erased. Until that is done, it can be read but not changed.',
  'insufficient-permissions': 'The key or the role lacks the permission. `detail` names it.',
  'ip-not-allowed': 'The key is bound to addresses, and the caller has another one.',
  'rate-limit-exceeded': 'Too many requests. Wait for `retryAfter` seconds.',
  'test-quota-exceeded': 'The test key has used its renders of this UTC day.',
  'plan-limit-exceeded': 'The account has used the renders of its month, and its plan refuses more.',
  'internal-error': 'The service has a fault. The log has it under `requestId`.',
  'service-unavailable':
    'A dependency is away, or the service is busy. Try again after `retryAfter` seconds.',
  'invalid-service-token': 'The service token is missing, unknown or revoked.',
  'invalid-credentials': 'The email address or the password is wrong.',
  'imports-not-allowed': 'The operator does not allow this account to import keys.',
  'key-limit-reached': 'The plan has no room for another active key. Revoke one, or change the plan.',
  'not-found': 'There is no such path.',
  'api-key-not-found': 'The account has no key with this ID.',
  'imported-key-not-found': 'No imported key has this hash.',
  'account-not-found': 'There is no such account, or the person is not a member of it.',
  'member-not-found': 'The account has no member with this ID.',
  'invitation-not-found': 'The link was used, has expired, or was replaced by another.',
  'password-reset-not-found': 'The link was used, has expired, or was replaced by another.',
  'session-link-not-found': 'The session link was used or has expired. Ask for another one.',
  'already-signed-in': 'Somebody else is signed in in this browser. Send `replace: true` to sign them out.',
  'alert-not-found': 'The account has no alert rule with this ID.',
  'channel-not-found':
    'The account has no channel with this ID, or its confirmation link is no longer valid.',
  'webhook-not-found': 'There is no webhook with this ID.',
  'webhook-limit-reached': 'The maximum number of webhooks exists already. Delete one.',
  'notification-not-found': 'The account, or the webhook, has no notification with this ID.',
  'operation-not-found': 'The account has no operation with this ID.',
  'invalid-operator-token': 'The operator token is missing, unknown, expired or revoked.',
  'operator-token-not-found': 'There is no operator token with this ID.',
  'external-id-taken': 'Another account, `accountId`, has this external ID.',
  'plan-not-found': 'There is no plan of this name. `GET /plans` lists them.',
  'plan-change-in-progress':
    'An earlier change of the plan, `operationId`, has not reached every account. Try again when it ends.',
  'cursor-expired':
    'Events after the cursor are no longer kept, or the database is older than the cursor. Read without `after`.',
  'service-token-not-found': 'There is no service token with this ID.',
  'method-not-allowed': 'The path has no such method. The header `Allow` lists the methods.',
  'key-not-revoked': 'The key is active. Revoke it before you delete it.',
  'key-not-active': 'The key is revoked or expired, and cannot be changed.',
  'key-already-rotated': 'The key has a successor, `successorId`. Rotate that one.',
  'alert-limit-reached': 'The account has the maximum number of alert rules. Delete one.',
  'channel-limit-reached': 'The account has the maximum number of channels. Delete one.',
  'channel-has-no-secret': 'Only webhooks have a signing secret.',
  'member-limit-reached': 'The account has the maximum number of members. Remove one.',
  'notification-not-redeliverable': 'The notification cannot be sent again. `detail` says why.',
  'last-admin': 'The account would have no admin. Make another member admin first.',
  'email-taken': 'The account has a member with this address.',
  'member-not-invited': 'The member has accepted already.',
  'password-is-personal': 'The member chose their own password. Nobody else can set it.',
  'import-in-progress': 'Another import of this account is running. Try again when it ends.',
  'idempotency-in-flight':
    'The first request with this `Idempotency-Key` is still running. Try again when it ends.',
  'precondition-failed': 'The resource has changed: read it again, then send its new ETag.',
  'payload-too-large': 'The body is too large. `detail` names the limit.',
  'unsupported-media-type': 'The route does not accept this `Content-Type`.',
  'idempotency-conflict': 'The `Idempotency-Key` was used for another request. Use a new one.',
  'request-timeout': 'The request did not arrive in time.',
  'headers-too-large': 'The headers are too large.',
}

export function problemTable(): string {
  const rows = Object.entries(problems)
    .toSorted(([, one], [, other]) => one.status - other.status)
    .map(([slug, { status, title }]) => [code(slug), String(status), title, MEANINGS[slug as Slug]])
  return table(['problem', 'status', 'title', 'meaning'], rows)
}

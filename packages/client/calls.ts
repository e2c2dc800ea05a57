// Generated from /openapi.json by src/dashboard/generateClient.ts: see CONTRIBUTING.md, "Add a route".
import type { Call } from './Call.ts'
import type { Method } from './callTypes.ts'

export const calls = {
  verifyApiKey: { method: 'POST', path: '/verify', once: true },
  createApiKey: { method: 'POST', path: '/api-keys', keyed: true, awaited: true },
  listApiKeys: { method: 'GET', path: '/api-keys', list: ['apiKeys', 'page'] },
  importApiKeys: { method: 'POST', path: '/api-keys/import', keyed: true, awaited: true, file: ['dryRun', 'prefix', 'length'] },
  getApiKey: { method: 'GET', path: '/api-keys/{id}' },
  updateApiKey: { method: 'PATCH', path: '/api-keys/{id}', awaited: true },
  deleteApiKey: { method: 'DELETE', path: '/api-keys/{id}', awaited: true },
  revokeApiKey: { method: 'POST', path: '/api-keys/{id}/revoke', keyed: true, awaited: true },
  rotateApiKey: { method: 'POST', path: '/api-keys/{id}/rotate', keyed: true, awaited: true },
  listApiKeyNames: { method: 'GET', path: '/api-key-names', list: ['apiKeys', 'page'] },
  getApiKeyUsage: { method: 'GET', path: '/api-keys/{id}/usage' },
  listApiKeyCallers: { method: 'GET', path: '/api-keys/{id}/callers' },
  getUsage: { method: 'GET', path: '/usage' },
  reportUsageEvents: { method: 'POST', path: '/usage/events', keyed: true },
  getAccount: { method: 'GET', path: '/account' },
  exportAccount: { method: 'GET', path: '/account/export' },
  listAuditEntries: { method: 'GET', path: '/audit-log', list: ['entries', 'cursor'] },
  getOperation: { method: 'GET', path: '/operations/{id}' },
  listMembers: { method: 'GET', path: '/members' },
  addMember: { method: 'POST', path: '/members', keyed: true, awaited: true },
  getMember: { method: 'GET', path: '/members/{id}' },
  updateMember: { method: 'PATCH', path: '/members/{id}', awaited: true },
  removeMember: { method: 'DELETE', path: '/members/{id}', awaited: true },
  resendInvitation: { method: 'POST', path: '/members/{id}/invite', keyed: true, awaited: true },
  listChannels: { method: 'GET', path: '/channels' },
  createChannel: { method: 'POST', path: '/channels', keyed: true, awaited: true },
  getChannel: { method: 'GET', path: '/channels/{id}' },
  updateChannel: { method: 'PATCH', path: '/channels/{id}', awaited: true },
  deleteChannel: { method: 'DELETE', path: '/channels/{id}', awaited: true },
  testChannel: { method: 'POST', path: '/channels/{id}/test', keyed: true, awaited: true },
  rotateChannelSecret: { method: 'POST', path: '/channels/{id}/rotate-secret', keyed: true, awaited: true },
  listNotifications: { method: 'GET', path: '/notifications', list: ['notifications', 'cursor'] },
  getNotification: { method: 'GET', path: '/notifications/{id}' },
  redeliverNotification: { method: 'POST', path: '/notifications/{id}/redeliver', keyed: true, awaited: true },
  listAlertRules: { method: 'GET', path: '/alerts' },
  createAlertRule: { method: 'POST', path: '/alerts', keyed: true, awaited: true },
  previewAlertRule: { method: 'POST', path: '/alerts/preview' },
  getAlertRule: { method: 'GET', path: '/alerts/{id}' },
  updateAlertRule: { method: 'PATCH', path: '/alerts/{id}', awaited: true },
  deleteAlertRule: { method: 'DELETE', path: '/alerts/{id}', awaited: true },
  testAlertRule: { method: 'POST', path: '/alerts/{id}/test', keyed: true, awaited: true },
  muteAlertRule: { method: 'POST', path: '/alerts/{id}/mute', keyed: true, awaited: true },
  listIncidents: { method: 'GET', path: '/alerts/{id}/incidents' },
  createAccount: { method: 'POST', path: '/accounts', keyed: true, awaited: true },
  listAccounts: { method: 'GET', path: '/accounts', list: ['accounts', 'cursor'] },
  readAccount: { method: 'GET', path: '/accounts/{id}' },
  updateAccount: { method: 'PATCH', path: '/accounts/{id}', awaited: true },
  eraseAccount: { method: 'DELETE', path: '/accounts/{id}' },
  suspendAccount: { method: 'POST', path: '/accounts/{id}/suspend', keyed: true, awaited: true },
  resumeAccount: { method: 'POST', path: '/accounts/{id}/resume', keyed: true, awaited: true },
  listPlans: { method: 'GET', path: '/plans' },
  getPlan: { method: 'GET', path: '/plans/{name}' },
  setPlan: { method: 'PUT', path: '/plans/{name}', keyed: true, awaited: true },
  createSessionLink: { method: 'POST', path: '/accounts/{id}/session-links' },
  createOperatorToken: { method: 'POST', path: '/operator-tokens', keyed: true, awaited: true },
  listOperatorTokens: { method: 'GET', path: '/operator-tokens' },
  revokeOperatorToken: { method: 'DELETE', path: '/operator-tokens/{id}', awaited: true },
  createServiceToken: { method: 'POST', path: '/service-tokens', keyed: true, awaited: true },
  listServiceTokens: { method: 'GET', path: '/service-tokens' },
  revokeServiceToken: { method: 'DELETE', path: '/service-tokens/{id}', awaited: true },
  listEvents: { method: 'GET', path: '/events', list: ['events', 'after'] },
  listWebhooks: { method: 'GET', path: '/webhooks' },
  createWebhook: { method: 'POST', path: '/webhooks', keyed: true, awaited: true },
  getWebhook: { method: 'GET', path: '/webhooks/{id}' },
  updateWebhook: { method: 'PATCH', path: '/webhooks/{id}', awaited: true },
  deleteWebhook: { method: 'DELETE', path: '/webhooks/{id}', awaited: true },
  testWebhook: { method: 'POST', path: '/webhooks/{id}/test', keyed: true, awaited: true },
  rotateWebhookSecret: { method: 'POST', path: '/webhooks/{id}/rotate-secret', keyed: true, awaited: true },
  listWebhookDeliveries: { method: 'GET', path: '/webhooks/{id}/deliveries', list: ['deliveries', 'cursor'] },
  getWebhookDelivery: { method: 'GET', path: '/webhooks/{id}/deliveries/{notificationId}' },
  redeliverWebhookDelivery: { method: 'POST', path: '/webhooks/{id}/deliveries/{notificationId}/redeliver', keyed: true, awaited: true },
} as const satisfies Record<string, Call>

export interface Calls {
  /**
   * Verify an API key
   *
   * Decides whether a key may make one request now, and counts the request. The answer is 200 for every key: `valid` and `code` say what was decided.
   *
   * Requires a service token with the permission `verify`.
   *
   * Problems: `invalid-service-token`, `insufficient-permissions`, `idempotency-conflict`, `service-unavailable`, `validation-error`, `internal-error`, `missing-authorization`, `payload-too-large`, `unsupported-media-type`.
   */
  verifyApiKey: Method<'verifyApiKey'>
  /**
   * Create a key
   *
   * The response shows the value of the key. It cannot be shown again.
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `key-limit-reached`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  createApiKey: Method<'createApiKey'>
  /**
   * List keys
   *
   * Newest first by default.
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listApiKeys: Method<'listApiKeys'>
  /**
   * Import keys by their SHA-256
   *
   * The file has JSON lines or CSV. An import that is sent again continues where it stopped.
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `imports-not-allowed`, `import-in-progress`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  importApiKeys: Method<'importApiKeys'>
  /**
   * Get a key
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `api-key-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getApiKey: Method<'getApiKey'>
  /**
   * Update a key
   *
   * Renames or edits the key. With `If-Match`, the update is refused if the key has changed since you read it.
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `api-key-not-found`, `key-not-active`, `precondition-failed`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  updateApiKey: Method<'updateApiKey'>
  /**
   * Delete a key
   *
   * Only a key that has been revoked or has expired can be deleted.
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `api-key-not-found`, `key-not-revoked`, `precondition-failed`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  deleteApiKey: Method<'deleteApiKey'>
  /**
   * Revoke a key
   *
   * After the 200, no verification that starts later is accepted, in any region.
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `api-key-not-found`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  revokeApiKey: Method<'revokeApiKey'>
  /**
   * Rotate a key
   *
   * Creates the successor of the key. The old key ends after the overlap, by default at once. A key has one successor.
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `api-key-not-found`, `key-not-active`, `key-already-rotated`, `key-limit-reached`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  rotateApiKey: Method<'rotateApiKey'>
  /**
   * List the names of keys
   *
   * Sorted by name.
   *
   * Requires the permission `account:read`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listApiKeyNames: Method<'listApiKeyNames'>
  /**
   * Get the usage of a key
   *
   * Requests, errors and latency in the last 24 hours, 7 days and 30 days.
   *
   * Requires the permission `usage:read`.
   *
   * Problems: `api-key-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getApiKeyUsage: Method<'getApiKeyUsage'>
  /**
   * List the callers of a key
   *
   * The number of addresses on each of the last UTC days, and the 100 addresses seen last.
   *
   * Requires the permission `keys:manage`.
   *
   * Problems: `api-key-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listApiKeyCallers: Method<'listApiKeyCallers'>
  /**
   * Get the account’s usage over time
   *
   * The response is streamed. Without `groupBy` it contains every bucket; with it, only buckets in which something happened.
   *
   * Requires the permission `usage:read`.
   *
   * Problems: `api-key-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getUsage: Method<'getUsage'>
  /**
   * Report usage events
   *
   * Up to 1,000 events, also as CloudEvents. An event `id` counts once in 35 days.
   *
   * Requires a service token with the permission `report`.
   *
   * Problems: `invalid-service-token`, `insufficient-permissions`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  reportUsageEvents: Method<'reportUsageEvents'>
  /**
   * Get the account
   *
   * Its plan, its limits, and how much of them is used.
   *
   * Requires the permission `account:read`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getAccount: Method<'getAccount'>
  /**
   * List audit entries
   *
   * Who did what, and from where. Newest first.
   *
   * Requires the permission `audit:read`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listAuditEntries: Method<'listAuditEntries'>
  /**
   * Get an operation
   *
   * The status and result of a command that returned 202.
   *
   * Requires the permission `account:read`.
   *
   * Problems: `operation-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getOperation: Method<'getOperation'>
  /**
   * List members
   *
   * Requires the permission `members:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listMembers: Method<'listMembers'>
  /**
   * Add a member
   *
   * Without a password, the member is invited by email. With a password, the member is added at once. That password opens this account only.
   *
   * Requires the permission `members:manage`.
   *
   * Problems: `email-taken`, `member-limit-reached`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
   */
  addMember: Method<'addMember'>
  /**
   * Get a member
   *
   * Requires the permission `members:manage`.
   *
   * Problems: `member-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getMember: Method<'getMember'>
  /**
   * Update a member
   *
   * Changes the role, name or password. A new password ends the member’s sessions.
   *
   * Requires the permission `members:manage`.
   *
   * Problems: `member-not-found`, `last-admin`, `password-is-personal`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  updateMember: Method<'updateMember'>
  /**
   * Remove a member
   *
   * Their sessions end.
   *
   * Requires the permission `members:manage`.
   *
   * Problems: `member-not-found`, `last-admin`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  removeMember: Method<'removeMember'>
  /**
   * Invite a member again
   *
   * For a member who has not accepted yet. The previous link ends.
   *
   * Requires the permission `members:manage`.
   *
   * Problems: `member-not-found`, `member-not-invited`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`.
   */
  resendInvitation: Method<'resendInvitation'>
  /**
   * List channels
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listChannels: Method<'listChannels'>
  /**
   * Create a channel
   *
   * An email address receives a link to confirm it. Slack and webhooks receive a test message; its arrival verifies the channel.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `channel-limit-reached`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
   */
  createChannel: Method<'createChannel'>
  /**
   * Get a channel
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `channel-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getChannel: Method<'getChannel'>
  /**
   * Update a channel
   *
   * Renames the channel, or changes its events or its address. A new address must be verified before it receives alerts or events. A webhook keeps its signing secret.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `channel-not-found`, `channel-limit-reached`, `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
   */
  updateChannel: Method<'updateChannel'>
  /**
   * Delete a channel
   *
   * Rules that used it continue without it.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `channel-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  deleteChannel: Method<'deleteChannel'>
  /**
   * Send a test message to a channel
   *
   * Its arrival verifies Slack and webhooks, and enables a disabled channel. An unconfirmed email address receives its link again.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `channel-not-found`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`.
   */
  testChannel: Method<'testChannel'>
  /**
   * Rotate the signing secret of a webhook
   *
   * For 24 hours, messages are signed with both secrets.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `channel-not-found`, `channel-has-no-secret`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  rotateChannelSecret: Method<'rotateChannelSecret'>
  /**
   * List notifications
   *
   * Newest first.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listNotifications: Method<'listNotifications'>
  /**
   * Get a notification
   *
   * With every attempt to deliver it.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `notification-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getNotification: Method<'getNotification'>
  /**
   * Send a notification again
   *
   * It keeps its ID. Its retry schedule starts over.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `notification-not-found`, `notification-not-redeliverable`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`.
   */
  redeliverNotification: Method<'redeliverNotification'>
  /**
   * List alert rules
   *
   * Oldest first.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listAlertRules: Method<'listAlertRules'>
  /**
   * Create an alert rule
   *
   * It is first evaluated within a minute.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `api-key-not-found`, `channel-not-found`, `alert-limit-reached`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  createAlertRule: Method<'createAlertRule'>
  /**
   * Preview an alert rule
   *
   * Returns when the rule would have fired in the last 7 days. Nothing is saved.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `api-key-not-found`, `channel-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  previewAlertRule: Method<'previewAlertRule'>
  /**
   * Get an alert rule
   *
   * With its current state, and the state of each key that is not `ok`.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `alert-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getAlertRule: Method<'getAlertRule'>
  /**
   * Update an alert rule
   *
   * Disabling the rule or changing its condition (threshold, window, `for`, scope or options) closes its open incidents. Their receivers get `alert.resolved` with a `reason`.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `alert-not-found`, `api-key-not-found`, `channel-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  updateAlertRule: Method<'updateAlertRule'>
  /**
   * Delete an alert rule
   *
   * Receivers of its open incidents get `alert.resolved` with the reason `deleted`.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `alert-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  deleteAlertRule: Method<'deleteAlertRule'>
  /**
   * Send a sample notification of an alert rule
   *
   * It goes to each of the rule’s channels.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `alert-not-found`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
   */
  testAlertRule: Method<'testAlertRule'>
  /**
   * Mute or unmute an alert rule
   *
   * Mutes the rule until the given time, or unmutes it with `null`. Receivers of open incidents get `alert.resolved` with the reason `muted`. An incident that still fires when the mute ends is sent again.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `alert-not-found`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  muteAlertRule: Method<'muteAlertRule'>
  /**
   * List the incidents of an alert rule
   *
   * Newest first.
   *
   * Requires the permission `alerts:manage`.
   *
   * Problems: `alert-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listIncidents: Method<'listIncidents'>
  /**
   * Create an account
   *
   * To repeat it safely, send an `externalId`: a second account with the same one is refused.
   *
   * Requires an operator token with the permission `accounts:write`.
   *
   * Problems: `plan-not-found`, `external-id-taken`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  createAccount: Method<'createAccount'>
  /**
   * List accounts
   *
   * Newest first.
   *
   * Requires an operator token with the permission `accounts:read`.
   *
   * Problems: `plan-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listAccounts: Method<'listAccounts'>
  /**
   * Get an account by its ID
   *
   * Requires an operator token with the permission `accounts:read`.
   *
   * Problems: `account-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  readAccount: Method<'readAccount'>
  /**
   * Change an account
   *
   * Returns when the new limits apply in every region. `limits` and `metadata` are replaced as a whole.
   *
   * Requires an operator token with the permission `accounts:write`.
   *
   * Problems: `account-not-found`, `account-erasing`, `plan-not-found`, `external-id-taken`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  updateAccount: Method<'updateAccount'>
  /**
   * Erase an account
   *
   * Permanently deletes members, keys, usage, alerts and logs. The 202 normally comes when every region refuses the keys, and earlier if one does not confirm within `COMMAND_WAIT_MS`. The operation succeeds when everything is deleted. The ID is then unknown, and the external ID can be used again.
   *
   * Requires an operator token with the permission `accounts:write`.
   *
   * Problems: `account-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  eraseAccount: Method<'eraseAccount'>
  /**
   * Suspend an account
   *
   * After the 200, no verification that starts later is accepted for any key of the account, in any region. Members can read but not change anything.
   *
   * Requires an operator token with the permission `accounts:write`.
   *
   * Problems: `account-not-found`, `account-erasing`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  suspendAccount: Method<'suspendAccount'>
  /**
   * Resume a suspended account
   *
   * Keys, limits and alert rules are as they were before. Returns when every region admits the keys again.
   *
   * Requires an operator token with the permission `accounts:write`.
   *
   * Problems: `account-not-found`, `account-erasing`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  resumeAccount: Method<'resumeAccount'>
  /**
   * List plans
   *
   * All plans, sorted by `order`.
   *
   * Requires an operator token with the permission `plans:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listPlans: Method<'listPlans'>
  /**
   * Get a plan by its name
   *
   * Requires an operator token with the permission `plans:manage`.
   *
   * Problems: `plan-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getPlan: Method<'getPlan'>
  /**
   * Create or change a plan
   *
   * Returns when the new limits apply to every account of the plan, in every region. An account’s own limits still replace those of the plan. Keys above a lower number of keys keep working, but the account cannot create another until it has room. `limits` is complete: name every limit, with `null` for unlimited.
   *
   * Requires an operator token with the permission `plans:manage`.
   *
   * Problems: `plan-change-in-progress`, `precondition-failed`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  setPlan: Method<'setPlan'>
  /**
   * Create a session link
   *
   * A URL that signs whoever opens it first in to the account, in the dashboard, without a member or a password. Redirect your user to it. It works once. A repeated call creates another link.
   *
   * Requires an operator token with the permission `sessions:create`.
   *
   * Problems: `account-not-found`, `account-erasing`, `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
   */
  createSessionLink: Method<'createSessionLink'>
  /**
   * Create an operator token
   *
   * The new token never has more permissions, more addresses or a later expiry than the token that creates it.
   *
   * Requires an operator token with the permission `tokens:manage`.
   *
   * Problems: `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  createOperatorToken: Method<'createOperatorToken'>
  /**
   * List operator tokens
   *
   * The latest 1,000, newest first, including revoked ones.
   *
   * Requires an operator token with the permission `tokens:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listOperatorTokens: Method<'listOperatorTokens'>
  /**
   * Revoke an operator token
   *
   * After the 204, the token is refused everywhere.
   *
   * Requires an operator token with the permission `tokens:manage`.
   *
   * Problems: `operator-token-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  revokeOperatorToken: Method<'revokeOperatorToken'>
  /**
   * Create a service token
   *
   * A resource server uses it to verify keys and to report usage. An operator token that is bound to addresses or expires cannot create one.
   *
   * Requires an operator token with the permission `tokens:manage`.
   *
   * Problems: `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  createServiceToken: Method<'createServiceToken'>
  /**
   * List service tokens
   *
   * The latest 1,000, newest first, including revoked ones.
   *
   * Requires an operator token with the permission `tokens:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listServiceTokens: Method<'listServiceTokens'>
  /**
   * Revoke a service token
   *
   * After the 204, the token is refused in every region.
   *
   * Requires an operator token with the permission `tokens:manage`.
   *
   * Problems: `service-token-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  revokeServiceToken: Method<'revokeServiceToken'>
  /**
   * Read lifecycle events
   *
   * In the order in which they were recorded; those of one account in the order of its changes. Kept for 30 days. Go on from `nextCursor`, now or later: it is never null, and at the end it stays the same.
   *
   * Requires an operator token with the permission `events:read`.
   *
   * Problems: `cursor-expired`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listEvents: Method<'listEvents'>
  /**
   * List webhooks
   *
   * Oldest first.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listWebhooks: Method<'listWebhooks'>
  /**
   * Create a webhook
   *
   * Lifecycle events of all accounts are posted to it, from the next one on. It receives a test message first.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-limit-reached`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  createWebhook: Method<'createWebhook'>
  /**
   * Get a webhook
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getWebhook: Method<'getWebhook'>
  /**
   * Update a webhook
   *
   * Renames it, or changes its URL or its events. A new URL receives a test message and enables the webhook. The signing secret stays the same.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
   */
  updateWebhook: Method<'updateWebhook'>
  /**
   * Delete a webhook
   *
   * Events that have not been delivered yet are dropped.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  deleteWebhook: Method<'deleteWebhook'>
  /**
   * Send a test message to a webhook
   *
   * Its arrival enables a disabled webhook. Events that waited follow.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-not-found`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  testWebhook: Method<'testWebhook'>
  /**
   * Rotate the signing secret of an operators’ webhook
   *
   * For 24 hours, messages are signed with both secrets.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-not-found`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  rotateWebhookSecret: Method<'rotateWebhookSecret'>
  /**
   * List what was sent to a webhook
   *
   * Newest first. Kept for 30 days.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  listWebhookDeliveries: Method<'listWebhookDeliveries'>
  /**
   * Get a delivery to a webhook
   *
   * With every attempt.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-not-found`, `notification-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  getWebhookDelivery: Method<'getWebhookDelivery'>
  /**
   * Send an event to a webhook again
   *
   * It keeps its ID. Its retry schedule starts over.
   *
   * Requires an operator token with the permission `webhooks:manage`.
   *
   * Problems: `webhook-not-found`, `notification-not-found`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-operator-token`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
   */
  redeliverWebhookDelivery: Method<'redeliverWebhookDelivery'>
}

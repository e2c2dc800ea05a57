// Generated from /openapi.json by generateClient.ts: see CONTRIBUTING.md, "Add a route".
export interface paths {
    "/verify": {
        /**
         * Verify an API key
         * @description Decides whether a key may make one request now, and counts the request. The answer is 200 for every key: `valid` and `code` say what was decided.
         *
         *     Requires a service token with the permission `verify`.
         *
         *     Problems: `invalid-service-token`, `insufficient-permissions`, `idempotency-conflict`, `service-unavailable`, `validation-error`, `internal-error`, `missing-authorization`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["verifyApiKey"];
    };
    "/forward-auth": {
        /**
         * Authorise a request for a proxy
         * @description For nginx `auth_request`, Caddy and Traefik. The key is the request’s own, as `Authorization: Bearer` or `X-API-Key`.
         *
         *     Problems: `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `test-quota-exceeded`, `plan-limit-exceeded`, `service-unavailable`, `validation-error`, `internal-error`.
         */
        get: operations["forwardAuth"];
        /**
         * Authorise a request for a proxy
         * @description For nginx `auth_request`, Caddy and Traefik. The key is the request’s own, as `Authorization: Bearer` or `X-API-Key`.
         *
         *     Problems: `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `test-quota-exceeded`, `plan-limit-exceeded`, `service-unavailable`, `validation-error`, `internal-error`.
         */
        post: operations["forwardAuthByPost"];
    };
    "/api-keys": {
        /**
         * List keys
         * @description Newest first by default.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listApiKeys"];
        /**
         * Create a key
         * @description The response shows the value of the key. It cannot be shown again.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `key-limit-reached`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["createApiKey"];
    };
    "/api-keys/import": {
        /**
         * Import keys by their SHA-256
         * @description The file has JSON lines or CSV. An import that is sent again continues where it stopped.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `imports-not-allowed`, `import-in-progress`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["importApiKeys"];
    };
    "/api-keys/{id}": {
        /**
         * Get a key
         * @description Requires the permission `keys:manage`.
         *
         *     Problems: `api-key-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getApiKey"];
        /**
         * Delete a key
         * @description Only a key that has been revoked or has expired can be deleted.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `api-key-not-found`, `key-not-revoked`, `precondition-failed`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        delete: operations["deleteApiKey"];
        /**
         * Update a key
         * @description Renames or edits the key. With `If-Match`, the update is refused if the key has changed since you read it.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `api-key-not-found`, `key-not-active`, `precondition-failed`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        patch: operations["updateApiKey"];
    };
    "/api-keys/{id}/revoke": {
        /**
         * Revoke a key
         * @description After the 200, no verification that starts later is accepted, in any region.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `api-key-not-found`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["revokeApiKey"];
    };
    "/api-keys/{id}/rotate": {
        /**
         * Rotate a key
         * @description Creates the successor of the key. The old key ends after the overlap, by default at once. A key has one successor.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `api-key-not-found`, `key-not-active`, `key-already-rotated`, `key-limit-reached`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["rotateApiKey"];
    };
    "/api-key-names": {
        /**
         * List the names of keys
         * @description Sorted by name.
         *
         *     Requires the permission `account:read`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listApiKeyNames"];
    };
    "/api-keys/{id}/usage": {
        /**
         * Get the usage of a key
         * @description Requests, errors and latency in the last 24 hours, 7 days and 30 days.
         *
         *     Requires the permission `usage:read`.
         *
         *     Problems: `api-key-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getApiKeyUsage"];
    };
    "/api-keys/{id}/callers": {
        /**
         * List the callers of a key
         * @description The number of addresses on each of the last UTC days, and the 100 addresses seen last.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `api-key-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listApiKeyCallers"];
    };
    "/usage": {
        /**
         * Get the account’s usage over time
         * @description The response is streamed. Without `groupBy` it contains every bucket; with it, only buckets in which something happened.
         *
         *     Requires the permission `usage:read`.
         *
         *     Problems: `api-key-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getUsage"];
    };
    "/usage/events": {
        /**
         * Report usage events
         * @description Up to 1,000 events, also as CloudEvents. An event `id` counts once in 35 days.
         *
         *     Requires a service token with the permission `report`.
         *
         *     Problems: `invalid-service-token`, `insufficient-permissions`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["reportUsageEvents"];
    };
    "/account": {
        /**
         * Get the account
         * @description Its plan, its limits, and how much of them is used.
         *
         *     Requires the permission `account:read`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getAccount"];
    };
    "/account/export": {
        /**
         * Export the account
         * @description Members, keys, channels, alert rules and their incidents, audit log and usage by day, as JSON lines. It contains no secrets. The response is streamed; its last line is `end`.
         *
         *     Requires the permission `keys:manage`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["exportAccount"];
    };
    "/audit-log": {
        /**
         * List audit entries
         * @description Who did what, and from where. Newest first.
         *
         *     Requires the permission `audit:read`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listAuditEntries"];
    };
    "/operations/{id}": {
        /**
         * Get an operation
         * @description The status and result of a command that returned 202.
         *
         *     Requires the permission `account:read`.
         *
         *     Problems: `operation-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getOperation"];
    };
    "/members": {
        /**
         * List members
         * @description Requires the permission `members:manage`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listMembers"];
        /**
         * Add a member
         * @description Without a password, the member is invited by email. With a password, the member is added at once. That password opens this account only.
         *
         *     Requires the permission `members:manage`.
         *
         *     Problems: `email-taken`, `member-limit-reached`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["addMember"];
    };
    "/members/{id}": {
        /**
         * Get a member
         * @description Requires the permission `members:manage`.
         *
         *     Problems: `member-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getMember"];
        /**
         * Remove a member
         * @description Their sessions end.
         *
         *     Requires the permission `members:manage`.
         *
         *     Problems: `member-not-found`, `last-admin`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        delete: operations["removeMember"];
        /**
         * Update a member
         * @description Changes the role, name or password. A new password ends the member’s sessions.
         *
         *     Requires the permission `members:manage`.
         *
         *     Problems: `member-not-found`, `last-admin`, `password-is-personal`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        patch: operations["updateMember"];
    };
    "/members/{id}/invite": {
        /**
         * Invite a member again
         * @description For a member who has not accepted yet. The previous link ends.
         *
         *     Requires the permission `members:manage`.
         *
         *     Problems: `member-not-found`, `member-not-invited`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`.
         */
        post: operations["resendInvitation"];
    };
    "/invitations/read": {
        /**
         * Get an invitation by the token of its link
         * @description Problems: `invitation-not-found`, `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["getInvitation"];
    };
    "/invitations/accept": {
        /**
         * Accept an invitation and sign in to its account
         * @description Problems: `invitation-not-found`, `account-suspended`, `invalid-credentials`, `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["acceptInvitation"];
    };
    "/channels": {
        /**
         * List channels
         * @description Requires the permission `alerts:manage`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listChannels"];
        /**
         * Create a channel
         * @description An email address receives a link to confirm it. Slack and webhooks receive a test message; its arrival verifies the channel.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `channel-limit-reached`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["createChannel"];
    };
    "/channel-confirmation": {
        /**
         * Get the page that confirms an email channel
         * @description The link in the email opens this page. Its button confirms the address.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`.
         */
        get: operations["getChannelConfirmation"];
        /**
         * Confirm the address of an email channel
         * @description Problems: `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`.
         */
        post: operations["confirmChannel"];
    };
    "/channels/{id}": {
        /**
         * Get a channel
         * @description Requires the permission `alerts:manage`.
         *
         *     Problems: `channel-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getChannel"];
        /**
         * Delete a channel
         * @description Rules that used it continue without it.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `channel-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        delete: operations["deleteChannel"];
        /**
         * Update a channel
         * @description Renames the channel, or changes its events or its address. A new address must be verified before it receives alerts or events. A webhook keeps its signing secret.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `channel-not-found`, `channel-limit-reached`, `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
         */
        patch: operations["updateChannel"];
    };
    "/channels/{id}/test": {
        /**
         * Send a test message to a channel
         * @description Its arrival verifies Slack and webhooks, and enables a disabled channel. An unconfirmed email address receives its link again.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `channel-not-found`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`.
         */
        post: operations["testChannel"];
    };
    "/channels/{id}/rotate-secret": {
        /**
         * Rotate the signing secret of a webhook
         * @description For 24 hours, messages are signed with both secrets.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `channel-not-found`, `channel-has-no-secret`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        post: operations["rotateChannelSecret"];
    };
    "/notifications": {
        /**
         * List notifications
         * @description Newest first.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listNotifications"];
    };
    "/notifications/{id}": {
        /**
         * Get a notification
         * @description With every attempt to deliver it.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `notification-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getNotification"];
    };
    "/notifications/{id}/redeliver": {
        /**
         * Send a notification again
         * @description It keeps its ID. Its retry schedule starts over.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `notification-not-found`, `notification-not-redeliverable`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`.
         */
        post: operations["redeliverNotification"];
    };
    "/alerts": {
        /**
         * List alert rules
         * @description Oldest first.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listAlertRules"];
        /**
         * Create an alert rule
         * @description It is first evaluated within a minute.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `api-key-not-found`, `channel-not-found`, `alert-limit-reached`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["createAlertRule"];
    };
    "/alerts/preview": {
        /**
         * Preview an alert rule
         * @description Returns when the rule would have fired in the last 7 days. Nothing is saved.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `api-key-not-found`, `channel-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["previewAlertRule"];
    };
    "/alerts/{id}": {
        /**
         * Get an alert rule
         * @description With its current state, and the state of each key that is not `ok`.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `alert-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["getAlertRule"];
        /**
         * Delete an alert rule
         * @description Receivers of its open incidents get `alert.resolved` with the reason `deleted`.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `alert-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        delete: operations["deleteAlertRule"];
        /**
         * Update an alert rule
         * @description Disabling the rule or changing its condition (threshold, window, `for`, scope or options) closes its open incidents. Their receivers get `alert.resolved` with a `reason`.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `alert-not-found`, `api-key-not-found`, `channel-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        patch: operations["updateAlertRule"];
    };
    "/alerts/{id}/test": {
        /**
         * Send a sample notification of an alert rule
         * @description It goes to each of the rule’s channels.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `alert-not-found`, `rate-limit-exceeded`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["testAlertRule"];
    };
    "/alerts/{id}/mute": {
        /**
         * Mute or unmute an alert rule
         * @description Mutes the rule until the given time, or unmutes it with `null`. Receivers of open incidents get `alert.resolved` with the reason `muted`. An incident that still fires when the mute ends is sent again.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `alert-not-found`, `idempotency-conflict`, `idempotency-in-flight`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["muteAlertRule"];
    };
    "/alerts/{id}/incidents": {
        /**
         * List the incidents of an alert rule
         * @description Newest first.
         *
         *     Requires the permission `alerts:manage`.
         *
         *     Problems: `alert-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `invalid-api-key`, `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `rate-limit-exceeded`.
         */
        get: operations["listIncidents"];
    };
    "/session": {
        /**
         * Get the session
         * @description Who is signed in.
         *
         *     Problems: `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `insufficient-permissions`, `rate-limit-exceeded`.
         */
        get: operations["getSession"];
        /**
         * Sign in
         * @description The session is a cookie. A password that opens several accounts requires an `accountId`.
         *
         *     Problems: `invalid-credentials`, `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["signIn"];
        /**
         * Sign out
         * @description Problems: `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`.
         */
        delete: operations["signOut"];
        /**
         * Change your password
         * @description All of your sessions end, including this one.
         *
         *     Problems: `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `insufficient-permissions`, `payload-too-large`, `unsupported-media-type`.
         */
        patch: operations["changePassword"];
    };
    "/session/account": {
        /**
         * Switch to another account of yours
         * @description Problems: `account-not-found`, `validation-error`, `internal-error`, `service-unavailable`, `missing-authorization`, `insufficient-permissions`, `rate-limit-exceeded`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["switchAccount"];
    };
    "/password-resets": {
        /**
         * Ask for a link to set a new password
         * @description The response is the same for every address.
         *
         *     Problems: `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["requestPasswordReset"];
    };
    "/password-resets/complete": {
        /**
         * Set a new password by the link of an email
         * @description The new password opens every account of the address. All sessions of the address end.
         *
         *     Problems: `password-reset-not-found`, `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["completePasswordReset"];
    };
    "/session-links/open": {
        /**
         * Sign in by a session link
         * @description The page of a session link calls this. If several browsers open one link, only one is signed in. The session is a cookie. It replaces any other session of that browser.
         *
         *     Problems: `session-link-not-found`, `already-signed-in`, `insufficient-permissions`, `rate-limit-exceeded`, `validation-error`, `internal-error`, `service-unavailable`, `payload-too-large`, `unsupported-media-type`.
         */
        post: operations["openSessionLink"];
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            requestId: string;
            errors?: {
                field: string;
                message: string;
                code: string;
            }[];
            retryAfter?: number;
        } & {
            [key: string]: unknown;
        };
        VerificationRequest: {
            /** @description The value that the client presented, unchanged */
            key: string;
            permission?: string;
            /** @description How many renders the request is, with `renders:write`. Default: 1 */
            units?: number;
            /** @description The end user’s address, with or without a port */
            ip?: string;
            endpoint?: string;
            method?: string;
        };
        Verification: {
            valid: boolean;
            /** @enum {string} */
            code: "VALID" | "NOT_FOUND" | "REVOKED" | "EXPIRED" | "ACCOUNT_SUSPENDED" | "FORBIDDEN" | "IP_NOT_ALLOWED" | "RATE_LIMITED" | "QUOTA_EXCEEDED" | "PLAN_LIMIT_EXCEEDED";
            requestId: string;
            hint?: string;
            keyId?: string;
            accountId?: string;
            name?: string;
            /** @enum {string} */
            type?: "live" | "test";
            /** @enum {string} */
            access?: "admin" | "full" | "read_only";
            permissions?: string[];
            plan?: string;
            watermark?: boolean;
            /** @description The month’s renders are above the plan’s soft limit */
            overage?: boolean;
            requestsToday?: number;
            limits?: {
                [key: string]: components["schemas"]["LimitState"];
            };
            retryAfter?: number;
        };
        LimitState: {
            limit: number;
            remaining: number;
            /** @description Unix seconds */
            reset: number;
        };
        NewApiKey: {
            name: string;
            /** @enum {string} */
            type: "live" | "test";
            /**
             * @default full
             * @enum {string}
             */
            access?: "admin" | "full" | "read_only";
            permissions?: string[];
            /** @default [] */
            allowedIps?: string[];
            /** @default null */
            expiresAt?: string | null;
            /** @default {} */
            metadata?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        JsonValue: string | number | boolean | null | components["schemas"]["JsonValue"][] | {
            [key: string]: components["schemas"]["JsonValue"];
        };
        ApiKeyWithValue: {
            id: string;
            name: string;
            /** @enum {string} */
            type: "live" | "test";
            /** @enum {string} */
            access: "admin" | "full" | "read_only";
            permissions: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired";
            /** @description The last 4 characters of the value; `????` where an import did not say */
            hint: string;
            createdAt: string;
            createdBy: string;
            lastUsedAt: string | null;
            expiresAt: string | null;
            revokedAt: string | null;
            revokedReason: string | null;
            rotatedFrom: string | null;
            allowedIps: string[];
            metadata: {
                [key: string]: unknown;
            };
            version: number;
            /** @description The value; only in this response */
            key?: string;
        };
        ListedApiKey: {
            id: string;
            name: string;
            /** @enum {string} */
            type: "live" | "test";
            /** @enum {string} */
            access: "admin" | "full" | "read_only";
            permissions: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired";
            /** @description The last 4 characters of the value; `????` where an import did not say */
            hint: string;
            createdAt: string;
            createdBy: string;
            lastUsedAt: string | null;
            expiresAt: string | null;
            revokedAt: string | null;
            revokedReason: string | null;
            rotatedFrom: string | null;
            allowedIps: string[];
            metadata: {
                [key: string]: unknown;
            };
            version: number;
            usage?: {
                "24h": components["schemas"]["UsageSummary"];
                "7d": components["schemas"]["UsageSummary"];
                "30d": components["schemas"]["UsageSummary"];
            };
            /** @description Requests of the current hour and of the 23 hours before it, oldest first */
            requestsByHour?: number[];
        };
        UsageSummary: {
            requests: number;
            refused: number;
            errors: number;
            errorRate: number;
            units: number;
            latencyMs: {
                mean: number | null;
            };
        };
        Pagination: {
            page: number;
            limit: number;
            total: number;
            totalPages: number;
            hasNext: boolean;
            hasPrev: boolean;
        };
        ImportOutcome: {
            dryRun: boolean;
            /** @description Lines with a key: imported, unchanged and failed */
            total: number;
            /** @description In a dry run: what would be imported */
            imported: number;
            /** @description Lines whose key the account already has, in any status */
            unchanged: number;
            /** @description Lines that were not imported */
            failed: number;
            /** @description The first 100, by line */
            errors: components["schemas"]["ImportLineError"][];
            /** @description Errors beyond those listed */
            furtherErrors: number;
            /** @description The imported keys */
            keys: {
                line: number;
                id: string;
            }[];
        };
        ImportLineError: {
            /** @description The number of the line, from 1 */
            line: number;
            field: string;
            message: string;
            /** @enum {string} */
            code: "required" | "invalid_type" | "out_of_range" | "invalid_format" | "too_long" | "unknown_field" | "duplicate" | "key-limit-reached" | "hash-not-importable" | "insufficient-permissions";
        };
        ApiKeyWithRegions: {
            id: string;
            name: string;
            /** @enum {string} */
            type: "live" | "test";
            /** @enum {string} */
            access: "admin" | "full" | "read_only";
            permissions: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired";
            /** @description The last 4 characters of the value; `????` where an import did not say */
            hint: string;
            createdAt: string;
            createdBy: string;
            lastUsedAt: string | null;
            expiresAt: string | null;
            revokedAt: string | null;
            revokedReason: string | null;
            rotatedFrom: string | null;
            allowedIps: string[];
            metadata: {
                [key: string]: unknown;
            };
            version: number;
            regions: components["schemas"]["KeyArrival"][];
        };
        KeyArrival: {
            region: string;
            /** @description When the current version arrived in the region. null: it has not arrived yet */
            arrivedAt: string | null;
        };
        ApiKeyChanges: {
            name?: string;
            /** @enum {string} */
            access?: "admin" | "full" | "read_only";
            permissions?: string[];
            allowedIps?: string[];
            expiresAt?: string | null;
            metadata?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        ApiKey: {
            id: string;
            name: string;
            /** @enum {string} */
            type: "live" | "test";
            /** @enum {string} */
            access: "admin" | "full" | "read_only";
            permissions: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired";
            /** @description The last 4 characters of the value; `????` where an import did not say */
            hint: string;
            createdAt: string;
            createdBy: string;
            lastUsedAt: string | null;
            expiresAt: string | null;
            revokedAt: string | null;
            revokedReason: string | null;
            rotatedFrom: string | null;
            allowedIps: string[];
            metadata: {
                [key: string]: unknown;
            };
            version: number;
        };
        FanOut: {
            tookMs: number;
            regions: {
                region: string;
                /** @enum {string} */
                outcome: "confirmed" | "lapsed";
                tookMs: number;
            }[];
        };
        ApiKeyName: {
            id: string;
            name: string;
            /** @enum {string} */
            type: "live" | "test";
            /** @enum {string} */
            status: "active" | "revoked" | "expired";
        };
        ApiKeyUsage: {
            keyId: string;
            asOf: string;
            windows: {
                "24h": components["schemas"]["WindowUsage"];
                "7d": components["schemas"]["WindowUsage"];
                "30d": components["schemas"]["WindowUsage"];
            };
        };
        WindowUsage: {
            requests: number;
            refused: number;
            refusedByCode: {
                [key: string]: number;
            };
            errors: number;
            clientErrors: number;
            serverErrors: number;
            errorRate: number;
            units: number;
            latencyMs: components["schemas"]["LatencyMs"];
        };
        LatencyMs: {
            mean: number | null;
            p50: number | null;
            p95: number | null;
            p99: number | null;
        };
        ApiKeyCallers: {
            keyId: string;
            asOf: string;
            days: {
                day: string;
                distinctIps: number;
            }[];
            ips: {
                /** @description An IPv4 address, an IPv6 /64 network, or `other`: callers beyond the day’s limit */
                ip: string;
                /** @description What one site usually has: the /24 of an IPv4 address, the /48 of IPv6; or `other` */
                network: string;
                requests: number;
                refused: number;
                firstSeenAt: string;
                lastSeenAt: string;
            }[];
        };
        UsageSeries: {
            asOf: string;
            /** @description The start of the first bucket */
            from: string;
            /** @description The end of the last bucket */
            to: string;
            /** @enum {string} */
            interval: "minute" | "hour" | "day";
            /** @enum {string} */
            groupBy: "none" | "key" | "status" | "endpoint";
            series: ({
                /** @description The start of the bucket */
                at: string;
                requests: number;
                refused: number;
                errors: number;
                clientErrors: number;
                serverErrors: number;
                errorRate: number;
                units: number;
                latencyMs: components["schemas"]["LatencyMs"];
            } | {
                /** @description The start of the bucket */
                at: string;
                keyId: string;
                name: string | null;
                requests: number;
                refused: number;
                errors: number;
                clientErrors: number;
                serverErrors: number;
                errorRate: number;
                units: number;
                latencyMs: components["schemas"]["LatencyMs"];
            } | {
                /** @description The start of the bucket */
                at: string;
                /** @enum {string} */
                status: "success" | "4xx" | "5xx" | "refused";
                requests: number;
            } | {
                /** @description The start of the bucket */
                at: string;
                /** @description `(other)`: endpoints beyond the first 200. `(none)`: reported without an endpoint */
                endpoint: string;
                method: string | null;
                requests: number;
                errors: number;
                clientErrors: number;
                serverErrors: number;
                errorRate: number;
                latencyMs: {
                    mean: number | null;
                };
            })[];
        };
        UsageEvent: {
            id: string;
            /** Format: date-time */
            at: string;
            keyId: string;
            status: number;
            latencyMs?: number;
            units?: number;
            /** @description The `requestId` of a verification: the report completes that request */
            requestId?: string;
            ip?: string;
            endpoint?: string;
            method?: string;
        };
        CloudEvent: {
            /** @constant */
            specversion: "1.0";
            /** @description Events with the same `id` and `source` count once in 35 days */
            id: string;
            source: string;
            type: string;
            /** @description Default: the time of receipt */
            time?: string | null;
            /** @description The key ID, where `data` has none */
            subject?: string | null;
            datacontenttype?: string | null;
            dataschema?: string | null;
            /** @description Alternatively `data_base64`: the same JSON in base64. In binary mode the body is the data, and attributes are `ce-` headers */
            data: {
                keyId?: string;
                status: number;
                latencyMs?: number;
                units?: number;
                /** @description The `requestId` of a verification: the report completes that request */
                requestId?: string;
                ip?: string;
                endpoint?: string;
                method?: string;
            };
        } & {
            [key: string]: unknown;
        };
        Account: {
            id: string;
            name: string;
            plan: string;
            /** @description The plan’s display name */
            planLabel: string;
            /**
             * @description `suspended`: its keys are refused, and members cannot change anything
             * @enum {string}
             */
            status: "active" | "suspended" | "erasing";
            suspendedAt: string | null;
            suspendedReason: string | null;
            createdAt: string;
            limits: components["schemas"]["Limits"];
            used: {
                liveKeys: number;
                testKeys: number;
                /** @description Renders of live keys in the current UTC month, overage included */
                rendersThisMonth: number;
            };
        };
        Limits: {
            /** @description null: unlimited */
            liveKeys: number | null;
            /** @description null: unlimited */
            testKeys: number | null;
            /** @description null: unlimited */
            requestsPerMinute: number | null;
            /** @description null: unlimited */
            requestsPerDay: number | null;
            /** @description null: unlimited */
            rendersPerMonth: number | null;
            rendersHard: boolean;
        };
        AuditEntry: {
            id: string;
            at: string;
            action: string;
            targetId: string | null;
            /** @description The latest name of the target. null: unknown */
            targetName: string | null;
            actor: {
                type: string;
                id: string;
                /** @description The latest name of a key or member, or the email address of a guest. null: unknown */
                name: string | null;
                /** @description Of a guest: the operator token, or the operator, that made the session link */
                madeBy?: string;
                /** @description The latest name of that operator token */
                madeByName?: string | null;
                ip?: string;
            } & {
                [key: string]: unknown;
            };
            details: {
                [key: string]: unknown;
            };
        };
        Operation: {
            id: string;
            kind: string;
            /** @enum {string} */
            status: "pending" | "succeeded" | "failed";
            createdAt: string;
            finishedAt: string | null;
            result: {
                [key: string]: unknown;
            } | null;
            problem: ({
                code: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description Of a change of a plan that is pending: how many accounts it has reached in every region */
            progress?: {
                done: number;
                total: number;
            } | null;
        };
        Member: {
            id: string;
            email: string;
            name: string | null;
            /** @enum {string} */
            role: "admin" | "editor" | "viewer";
            /** @enum {string} */
            status: "active" | "invited";
            createdAt: string;
        };
        NewMember: {
            /** Format: email */
            email: string;
            /** @enum {string} */
            role: "admin" | "editor" | "viewer";
            password?: string;
            /** @default null */
            name?: string | null;
        };
        InvitedMember: {
            id: string;
            email: string;
            name: string | null;
            /** @enum {string} */
            role: "admin" | "editor" | "viewer";
            /** @enum {string} */
            status: "active" | "invited";
            createdAt: string;
            invitation?: {
                expiresAt: string;
                /** @description false: this service sends no email; its operator can show the link */
                emailed: boolean;
            };
        };
        MemberChanges: {
            /** @enum {string} */
            role?: "admin" | "editor" | "viewer";
            name?: string | null;
            password?: string;
        };
        Invitation: {
            email: string;
            account: {
                name: string;
            };
            /** @enum {string} */
            role: "admin" | "editor" | "viewer";
            expiresAt: string;
            /** @description true: ask for the password of this address. false: the person chooses one */
            hasPassword: boolean;
        };
        Session: {
            /** @description null: a guest is signed in */
            member: components["schemas"]["Member"] | null;
            /** @description Whom a session link let in. null: a member is signed in */
            guest: {
                id: string;
                /** @enum {string} */
                role: "admin" | "editor" | "viewer";
                /** @description As whoever made the session link gave it */
                email: string | null;
                /** @description Where the guest came from */
                returnUrl: string | null;
                expiresAt: string;
            } | null;
            accountId: string;
            /** @description The accounts that a member can switch to, with the current one */
            accounts: components["schemas"]["AccountChoice"][];
            /** @description Of the current account. null: it is active */
            suspension: {
                since: string;
                reason: string | null;
            } | null;
        };
        AccountChoice: {
            accountId: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "editor" | "viewer";
        };
        Channel: {
            id: string;
            /** @enum {string} */
            type: "email" | "slack" | "webhook";
            name: string;
            verified: boolean;
            disabled: boolean;
            disabledReason: string | null;
            failingSince: string | null;
            /**
             * @description Of a webhook: the types of lifecycle events of the account that it gets, `api_key.*`, or `*`
             * @default []
             */
            events: string[];
            createdAt: string;
            /** @description The address of an email channel */
            to?: string;
            /** @description The URL of a webhook; of a Slack channel only its beginning and end */
            url?: string;
        };
        NewChannel: {
            /** @enum {string} */
            type: "email" | "slack" | "webhook";
            name: string;
            /**
             * Format: email
             * @description The address of an email channel
             */
            to?: string;
            /** @description The URL of a Slack channel or webhook */
            url?: string;
            /** @description Of a webhook: the types of lifecycle events of the account that it gets, beside alerts */
            events?: ("*" | "account.*" | "alert.*" | "api_key.*" | "member.*" | "usage.*" | "account.resumed" | "account.suspended" | "account.updated" | "alert.firing" | "alert.resolved" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed")[];
        };
        ChannelWithSecret: {
            id: string;
            /** @enum {string} */
            type: "email" | "slack" | "webhook";
            name: string;
            verified: boolean;
            disabled: boolean;
            disabledReason: string | null;
            failingSince: string | null;
            /**
             * @description Of a webhook: the types of lifecycle events of the account that it gets, `api_key.*`, or `*`
             * @default []
             */
            events: string[];
            createdAt: string;
            /** @description The address of an email channel */
            to?: string;
            /** @description The URL of a webhook; of a Slack channel only its beginning and end */
            url?: string;
            /** @description The signing secret of a webhook. Only this response shows it */
            secret?: string;
        };
        ChannelChanges: {
            name?: string;
            /**
             * Format: email
             * @description The address of an email channel
             */
            to?: string;
            /** @description The URL of a Slack channel or webhook */
            url?: string;
            /** @description Of a webhook: the types of lifecycle events that it gets; an empty list ends that */
            events?: ("*" | "account.*" | "alert.*" | "api_key.*" | "member.*" | "usage.*" | "account.resumed" | "account.suspended" | "account.updated" | "alert.firing" | "alert.resolved" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed")[];
        };
        ChannelWithRotatedSecret: {
            id: string;
            /** @enum {string} */
            type: "email" | "slack" | "webhook";
            name: string;
            verified: boolean;
            disabled: boolean;
            disabledReason: string | null;
            failingSince: string | null;
            /**
             * @description Of a webhook: the types of lifecycle events of the account that it gets, `api_key.*`, or `*`
             * @default []
             */
            events: string[];
            createdAt: string;
            /** @description The address of an email channel */
            to?: string;
            /** @description The URL of a webhook; of a Slack channel only its beginning and end */
            url?: string;
            secret?: string;
            formerUntil: string;
        };
        Notification: {
            id: string;
            /** @enum {string} */
            type: "alert.firing" | "alert.resolved" | "alert.test" | "webhook.test" | "channel.verify" | "channel.disabled" | "account.created" | "account.erased" | "account.resumed" | "account.suspended" | "account.updated" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed";
            channelId: string;
            alertId: string | null;
            incidentId: string | null;
            /**
             * @description The lifecycle event that it pushes
             * @default null
             */
            eventId: string | null;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            attempts: number;
            nextAttemptAt: string | null;
            createdAt: string;
            finishedAt: string | null;
        };
        NotificationWithAttempts: {
            id: string;
            /** @enum {string} */
            type: "alert.firing" | "alert.resolved" | "alert.test" | "webhook.test" | "channel.verify" | "channel.disabled" | "account.created" | "account.erased" | "account.resumed" | "account.suspended" | "account.updated" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed";
            channelId: string;
            alertId: string | null;
            incidentId: string | null;
            /**
             * @description The lifecycle event that it pushes
             * @default null
             */
            eventId: string | null;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            attempts: number;
            nextAttemptAt: string | null;
            createdAt: string;
            finishedAt: string | null;
            deliveryAttempts: components["schemas"]["DeliveryAttempt"][];
        };
        DeliveryAttempt: {
            number: number;
            at: string;
            durationMs: number;
            /** @enum {string} */
            outcome: "delivered" | "rejected" | "gone" | "timeout" | "unreachable" | "refused" | "not-sent";
            /** @description The HTTP or SMTP status */
            status: number | null;
            /** @description The start of the receiver’s response, or the error */
            response: string | null;
        };
        AlertRule: {
            id: string;
            name: string;
            /** @enum {string} */
            metric: "requests" | "error_rate" | "latency_mean" | "latency_p50" | "latency_p95" | "latency_p99" | "plan_usage" | "usage_spike" | "unknown_ip" | "unusual_errors" | "unusual_hours" | "key_expiring" | "key_unused" | "key_old";
            threshold: number | null;
            window: string;
            for: string;
            scope: {
                keyIds: string[];
            } | {
                /** @constant */
                account: true;
            };
            channelIds: string[];
            repeatInterval: string | null;
            /** @enum {string} */
            severity: "info" | "warning" | "critical";
            enabled: boolean;
            /** @enum {string} */
            state: "ok" | "pending" | "firing";
            minRequests?: number;
            notifyRecovery: boolean;
            allowedRanges?: string[];
            mutedUntil: string | null;
            createdAt: string;
            version: number;
        };
        NewAlertRule: {
            name: string;
            /** @enum {string} */
            metric: "requests" | "error_rate" | "latency_mean" | "latency_p50" | "latency_p95" | "latency_p99" | "plan_usage" | "usage_spike" | "unknown_ip" | "unusual_errors" | "unusual_hours" | "key_expiring" | "key_unused" | "key_old";
            threshold?: number | null;
            /**
             * @default 15m
             * @enum {string}
             */
            window?: "5m" | "15m" | "1h" | "6h" | "24h";
            /** @default 0m */
            for?: string;
            /**
             * @default {
             *       "account": true
             *     }
             */
            scope?: components["schemas"]["AlertScope"];
            /** @default [] */
            channelIds?: string[];
            repeatInterval?: string | null;
            /**
             * @default warning
             * @enum {string}
             */
            severity?: "info" | "warning" | "critical";
            /** @default true */
            enabled?: boolean;
            minRequests?: number;
            notifyRecovery?: boolean;
            allowedRanges?: string[];
        };
        AlertScope: {
            /** @constant */
            account: true;
        } | {
            keyIds: string[];
        };
        AlertPreview: {
            /** @enum {string} */
            metric: "requests" | "error_rate" | "latency_mean" | "latency_p50" | "latency_p95" | "latency_p99" | "plan_usage" | "usage_spike" | "unknown_ip" | "unusual_errors" | "unusual_hours" | "key_expiring" | "key_unused" | "key_old";
            threshold: number | null;
            from: string;
            to: string;
            /** @description The intervals at which the rule was evaluated. Empty: this metric has no preview */
            grains: {
                /** @enum {string} */
                grain: "hour" | "minute";
                from: string;
                to: string;
            }[];
            /** @description What this preview leaves out */
            note: string;
            /** @description Messages to each channel */
            notifications: number;
            /** @description Oldest first */
            incidents: {
                /** @description null: the account */
                keyId: string | null;
                startedAt: string;
                resolvedAt: string | null;
                measured: number | null;
                worst: number | null;
                /** @description Messages to each channel: firing, repeated and resolved */
                notifications: number;
            }[];
            /** @description About 700 points in all, at most */
            series: {
                /** @description null: the account */
                keyId: string | null;
                points: {
                    at: string;
                    /** @description The highest value since the previous point. null: nothing was measured */
                    value: number | null;
                    /** @description The threshold. A detector computes its own */
                    threshold: number | null;
                    /**
                     * @description The worst state since the previous point
                     * @enum {string}
                     */
                    state: "ok" | "pending" | "firing";
                }[];
            }[];
        };
        AlertRuleWithStates: {
            id: string;
            name: string;
            /** @enum {string} */
            metric: "requests" | "error_rate" | "latency_mean" | "latency_p50" | "latency_p95" | "latency_p99" | "plan_usage" | "usage_spike" | "unknown_ip" | "unusual_errors" | "unusual_hours" | "key_expiring" | "key_unused" | "key_old";
            threshold: number | null;
            window: string;
            for: string;
            scope: {
                keyIds: string[];
            } | {
                /** @constant */
                account: true;
            };
            channelIds: string[];
            repeatInterval: string | null;
            /** @enum {string} */
            severity: "info" | "warning" | "critical";
            enabled: boolean;
            /** @enum {string} */
            state: "ok" | "pending" | "firing";
            minRequests?: number;
            notifyRecovery: boolean;
            allowedRanges?: string[];
            mutedUntil: string | null;
            createdAt: string;
            version: number;
            /** @description The instant of the last evaluation */
            evaluatedAt: string | null;
            states: {
                /** @description null: the account */
                keyId: string | null;
                /** @enum {string} */
                state: "ok" | "pending" | "firing";
                since: string;
            }[];
        };
        AlertRuleChanges: {
            name?: string;
            threshold?: number | null;
            /** @enum {string} */
            window?: "5m" | "15m" | "1h" | "6h" | "24h";
            for?: string;
            scope?: components["schemas"]["AlertScope"];
            channelIds?: string[];
            repeatInterval?: string | null;
            /** @enum {string} */
            severity?: "info" | "warning" | "critical";
            enabled?: boolean;
            minRequests?: number;
            notifyRecovery?: boolean;
            allowedRanges?: string[];
        };
        Incident: {
            id: string;
            alertId: string;
            keyId: string | null;
            startedAt: string;
            resolvedAt: string | null;
            threshold: number | null;
            measured: number | null;
            worst: number | null;
        };
        Credentials: {
            email: string;
            password: string;
            /** @description One of the accounts that a 200 lists */
            accountId?: string;
        };
        SessionLinkToken: {
            token: string;
            /**
             * @description Sign out a member, or the guest of another account, who is signed in in this browser
             * @default false
             */
            replace?: boolean;
        };
        NewAccount: {
            name: string;
            /** @default free */
            plan?: string;
            /** @description The company’s own ID of the account, which is unique */
            externalId?: string;
            /**
             * @description Limits that replace those of the plan; null: unlimited
             * @default {}
             */
            limits?: {
                liveKeys?: number | null;
                testKeys?: number | null;
                requestsPerMinute?: number | null;
                requestsPerDay?: number | null;
                rendersPerMonth?: number | null;
                rendersHard?: boolean;
            };
            /** @default {} */
            metadata?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * @description Whether to create a first admin key, shown once
             * @default false
             */
            adminKey?: boolean;
        };
        OperatorAccount: {
            id: string;
            /** @description The company’s own ID of the account */
            externalId: string | null;
            name: string;
            plan: string;
            /** @enum {string} */
            status: "active" | "suspended" | "erasing";
            suspendedAt: string | null;
            suspendedReason: string | null;
            /** @description The limits that apply: the account’s own, else its plan’s */
            limits: components["schemas"]["Limits"];
            /** @description The account’s own limits */
            customLimits: {
                liveKeys?: number | null;
                testKeys?: number | null;
                requestsPerMinute?: number | null;
                requestsPerDay?: number | null;
                rendersPerMonth?: number | null;
                rendersHard?: boolean;
            };
            counts: {
                liveKeys: number;
                testKeys: number;
                members: number;
            };
            /** @description Of live keys in the current UTC month, overage included */
            rendersThisMonth: number;
            metadata: {
                [key: string]: unknown;
            };
            createdAt: string;
        };
        AccountChanges: {
            name?: string;
            plan?: string;
            externalId?: string | null;
            /** @description Limits that replace those of the plan; `{}` goes back to the plan’s */
            limits?: {
                liveKeys?: number | null;
                testKeys?: number | null;
                requestsPerMinute?: number | null;
                requestsPerDay?: number | null;
                rendersPerMonth?: number | null;
                rendersHard?: boolean;
            };
            metadata?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        Plan: {
            name: string;
            /** @description Its display name */
            label: string;
            limits: components["schemas"]["Limits"];
            /** @description How many accounts are on it */
            accounts: number;
            /** @description Plans are listed by it, lowest first */
            order: number;
        };
        PlanFields: {
            /** @description Its display name. Default: unchanged */
            label?: string;
            limits: {
                liveKeys: number | null;
                testKeys: number | null;
                requestsPerMinute: number | null;
                requestsPerDay: number | null;
                rendersPerMonth: number | null;
                rendersHard: boolean;
            };
            /** @description Plans are listed by it, lowest first; by default it stays, and a new plan is the last */
            order?: number;
            /** @description As `GET /plans` returns it: the same name as in the path */
            name?: string;
            /** @description As `GET /plans` returns it; ignored */
            accounts?: unknown;
        };
        NewSessionLink: {
            /**
             * @description A lower role than before ends what the same `email` has in this account
             * @enum {string}
             */
            role: "admin" | "editor" | "viewer";
            /**
             * @description Your user, for the audit log and the dashboard
             * @default null
             */
            email?: string | null;
            /**
             * @description Where the dashboard links back to. `RETURN_URLS` must allow it
             * @default null
             */
            returnUrl?: string | null;
            /** @default 60 */
            expiresInSeconds?: number;
        };
        NewOperatorToken: {
            name: string;
            /** @description Default: those of the token that creates it */
            permissions?: ("accounts:read" | "accounts:write" | "plans:manage" | "tokens:manage" | "sessions:create" | "events:read" | "webhooks:manage" | "act")[];
            /** @description Default: those of the token that creates it. An empty list: all */
            allowedIps?: string[];
            /** @description Default: when the token that creates it expires */
            expiresAt?: string | null;
        };
        OperatorToken: {
            id: string;
            name: string;
            permissions: string[];
            allowedIps: string[];
            /** @description The last 4 characters of the token */
            hint: string;
            createdAt: string;
            /** @description The operator token that made it, or the operator’s login name */
            createdBy: string;
            expiresAt: string | null;
            /** @description To the minute */
            lastUsedAt: string | null;
            revokedAt: string | null;
        };
        NewServiceToken: {
            name: string;
            /** @description By default all of them */
            permissions?: ("verify" | "report")[];
            /** @description The accounts whose keys it knows. For this token, other keys do not exist. Default: all accounts */
            accountIds?: string[];
        };
        ServiceToken: {
            id: string;
            name: string;
            permissions: ("verify" | "report")[];
            /** @description The accounts whose keys it knows; null: all */
            accountIds: string[] | null;
            /** @description The last 4 characters of the token */
            hint: string;
            createdAt: string;
            revokedAt: string | null;
        };
        LifecycleEvent: {
            /** @constant */
            specversion: "1.0";
            /** @description The same wherever and however often the event is read or sent */
            id: string;
            /** @description `/accounts/` and the ID of the account */
            source: string;
            /** @enum {string} */
            type: "account.created" | "account.erased" | "account.resumed" | "account.suspended" | "account.updated" | "alert.firing" | "alert.resolved" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed";
            /** @description The ID of what the event is about */
            subject: string;
            /** @description When it happened */
            time: string;
            /** @constant */
            datacontenttype: "application/json";
            accountid: string;
            /** @description Counts the events of the account from 1, without gaps. Padded with zeros to sort as text. */
            sequence: string;
            data: {
                [key: string]: unknown;
            };
        };
        Webhook: {
            id: string;
            name: string;
            /** @description The types of events that it gets, `api_key.*`, or `*` for all */
            events: string[];
            /** @description Whether a message has arrived at this URL */
            verified: boolean;
            /** @description It gets nothing until a test message arrives. Its events wait */
            disabled: boolean;
            disabledReason: string | null;
            failingSince: string | null;
            /** @description Events up to here have their deliveries: `GET /events?after=` lists those that are to come */
            cursor: string;
            createdAt: string;
            url: string;
        };
        NewWebhook: {
            url: string;
            events: ("*" | "account.*" | "alert.*" | "api_key.*" | "member.*" | "usage.*" | "account.created" | "account.erased" | "account.resumed" | "account.suspended" | "account.updated" | "alert.firing" | "alert.resolved" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed")[];
            /** @description Default: the host of the URL */
            name?: string;
        };
        WebhookWithSecret: {
            id: string;
            name: string;
            /** @description The types of events that it gets, `api_key.*`, or `*` for all */
            events: string[];
            /** @description Whether a message has arrived at this URL */
            verified: boolean;
            /** @description It gets nothing until a test message arrives. Its events wait */
            disabled: boolean;
            disabledReason: string | null;
            failingSince: string | null;
            /** @description Events up to here have their deliveries: `GET /events?after=` lists those that are to come */
            cursor: string;
            createdAt: string;
            url: string;
            /** @description The signing secret. Only this response shows it */
            secret?: string;
        };
        WebhookChanges: {
            url?: string;
            events?: ("*" | "account.*" | "alert.*" | "api_key.*" | "member.*" | "usage.*" | "account.created" | "account.erased" | "account.resumed" | "account.suspended" | "account.updated" | "alert.firing" | "alert.resolved" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed")[];
            name?: string;
        };
        WebhookWithRotatedSecret: {
            id: string;
            name: string;
            /** @description The types of events that it gets, `api_key.*`, or `*` for all */
            events: string[];
            /** @description Whether a message has arrived at this URL */
            verified: boolean;
            /** @description It gets nothing until a test message arrives. Its events wait */
            disabled: boolean;
            disabledReason: string | null;
            failingSince: string | null;
            /** @description Events up to here have their deliveries: `GET /events?after=` lists those that are to come */
            cursor: string;
            createdAt: string;
            url?: string;
            secret?: string;
            formerUntil: string;
        };
        WebhookDelivery: {
            id: string;
            /** @enum {string} */
            type: "alert.firing" | "alert.resolved" | "alert.test" | "webhook.test" | "channel.verify" | "channel.disabled" | "account.created" | "account.erased" | "account.resumed" | "account.suspended" | "account.updated" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed";
            /**
             * @description The lifecycle event that it pushes
             * @default null
             */
            eventId: string | null;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            attempts: number;
            nextAttemptAt: string | null;
            createdAt: string;
            finishedAt: string | null;
            webhookId: string;
            /** @description The account of the event */
            accountId: string | null;
        };
        WebhookDeliveryWithAttempts: {
            id: string;
            /** @enum {string} */
            type: "alert.firing" | "alert.resolved" | "alert.test" | "webhook.test" | "channel.verify" | "channel.disabled" | "account.created" | "account.erased" | "account.resumed" | "account.suspended" | "account.updated" | "api_key.created" | "api_key.deleted" | "api_key.expired" | "api_key.expiring" | "api_key.quota_reached" | "api_key.revoked" | "api_key.rotated" | "api_key.updated" | "member.added" | "member.invited" | "member.joined" | "member.removed" | "member.updated" | "usage.day_closed";
            /**
             * @description The lifecycle event that it pushes
             * @default null
             */
            eventId: string | null;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            attempts: number;
            nextAttemptAt: string | null;
            createdAt: string;
            finishedAt: string | null;
            webhookId: string;
            /** @description The account of the event */
            accountId: string | null;
            deliveryAttempts: components["schemas"]["DeliveryAttempt"][];
        };
        Accepted: {
            operation: {
                id: string;
                kind: string;
                status: string;
            } & {
                [key: string]: unknown;
            };
            key?: string;
        };
        AcceptedWithSecret: {
            operation: {
                id: string;
                kind: string;
                status: string;
            } & {
                [key: string]: unknown;
            };
            secret?: string;
        };
    };
    responses: {
        /** @description Accepted, but not done yet: see `Location` */
        Accepted: {
            headers: {
                /** @description The operation to ask for */
                Location?: string;
                /** @description After so many seconds */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Accepted"];
            };
        };
        /** @description Accepted, but not done yet: see `Location` */
        AcceptedWithSecret: {
            headers: {
                /** @description The operation to ask for */
                Location?: string;
                /** @description After so many seconds */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AcceptedWithSecret"];
            };
        };
        /** @description `validation-error` */
        BadRequest: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `missing-authorization`, `invalid-api-key`, `invalid-service-token`, `invalid-credentials`, `invalid-operator-token` */
        Unauthorized: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `account-suspended`, `insufficient-permissions`, `ip-not-allowed`, `imports-not-allowed`, `key-limit-reached` */
        Forbidden: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-found`, `api-key-not-found`, `imported-key-not-found`, `account-not-found`, `member-not-found`, `invitation-not-found`, `password-reset-not-found`, `session-link-not-found`, `alert-not-found`, `channel-not-found`, `webhook-not-found`, `notification-not-found`, `operation-not-found`, `operator-token-not-found`, `plan-not-found`, `service-token-not-found` */
        NotFound: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `external-id-taken`, `plan-change-in-progress`, `account-erasing`, `key-not-revoked`, `key-not-active`, `key-already-rotated`, `alert-limit-reached`, `channel-limit-reached`, `webhook-limit-reached`, `channel-has-no-secret`, `member-limit-reached`, `notification-not-redeliverable`, `last-admin`, `already-signed-in`, `email-taken`, `member-not-invited`, `password-is-personal`, `import-in-progress`, `idempotency-in-flight` */
        Conflict: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `cursor-expired` */
        Gone: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `precondition-failed` */
        PreconditionFailed: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `payload-too-large` */
        PayloadTooLarge: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported-media-type` */
        UnsupportedMediaType: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency-conflict` */
        UnprocessableContent: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate-limit-exceeded`, `test-quota-exceeded`, `plan-limit-exceeded` */
        TooManyRequests: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal-error` */
        InternalServerError: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `service-unavailable` */
        ServiceUnavailable: {
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    verifyApiKey: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 10 minutes */
                "Idempotency-Key"?: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerificationRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    forwardAuth: {
        parameters: {
            query?: {
                /** @description What the key must allow, such as `renders:write` */
                permission?: string;
                /** @description How many renders the request is */
                units?: string;
                /** @description `header`: the problem is in the header `X-Problem`, because nginx does not read the body */
                problem?: "header";
            };
        };
        responses: {
            /** @description Done */
            200: {
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    forwardAuthByPost: {
        parameters: {
            query?: {
                /** @description What the key must allow, such as `renders:write` */
                permission?: string;
                /** @description How many renders the request is */
                units?: string;
                /** @description `header`: the problem is in the header `X-Problem`, because nginx does not read the body */
                problem?: "header";
            };
        };
        responses: {
            /** @description Done */
            200: {
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description The number of the page */
                page?: string;
                /** @description The number of entries on a page */
                limit?: string;
                /** @description Only keys of this type */
                type?: "live" | "test";
                /** @description Only keys with this status */
                status?: "active" | "revoked" | "expired";
                /** @description Part of the name or the ID, or the last 4 characters */
                q?: string;
                /** @description Only keys that this key, member or operator created */
                createdBy?: string;
                /** @description `-` before it: descending */
                sort?: "name" | "-name" | "createdAt" | "-createdAt" | "lastUsedAt" | "-lastUsedAt";
                /** @description `usage`: what each key of the page was used for */
                include?: "usage";
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        apiKeys: components["schemas"]["ListedApiKey"][];
                        pagination: components["schemas"]["Pagination"];
                        /** @description The instant for which the usage was read, where it is included */
                        asOf?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createApiKey: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["ApiKeyWithValue"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    importApiKeys: {
        parameters: {
            query?: {
                /** @description `true`: returns what an import would do, and changes nothing */
                dryRun?: "true" | "false";
                /** @description The prefix of every key in the file, such as `sk_old_` */
                prefix?: string;
                /** @description The length of every key in the file, in characters. 0: lengths differ */
                length?: string;
            };
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
        };
        requestBody: {
            content: {
                "application/x-ndjson": {
                    /** @description SHA-256 of the whole key: hex or base64, also behind "sha256:", "sha256-" or "sha256$" */
                    hash: string;
                    name: string;
                    type?: ("live" | "test") | null;
                    /** @description Default: `full` */
                    access?: ("admin" | "full" | "read_only") | null;
                    permissions?: string[] | null;
                    allowedIps?: string[] | null;
                    expiresAt?: string | null;
                    metadata?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    } | null;
                    hint?: string | null;
                    /** @description When the old system created the key */
                    createdAt?: string | null;
                    /** @description Its ID in the old system. Kept in `metadata` as `externalId` */
                    externalId?: string | null;
                };
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["ImportOutcome"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getApiKey: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["ApiKeyWithRegions"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteApiKey: {
        parameters: {
            header?: {
                /** @description Refuses the change unless this is the current ETag */
                "If-Match"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            202: components["responses"]["Accepted"];
            /** @description Done */
            204: {
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateApiKey: {
        parameters: {
            header?: {
                /** @description Refuses the change unless this is the current ETag */
                "If-Match"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyChanges"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    revokeApiKey: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default null */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        apiKey: components["schemas"]["ApiKey"];
                        fanOut: components["schemas"]["FanOut"];
                    };
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    rotateApiKey: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 0 */
                    overlapSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["ApiKeyWithValue"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listApiKeyNames: {
        parameters: {
            query?: {
                /** @description The number of the page */
                page?: string;
                /** @description The number of entries on a page */
                limit?: string;
                /** @description Only these keys: up to 100 IDs, separated by commas */
                id?: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        apiKeys: components["schemas"]["ApiKeyName"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getApiKeyUsage: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["ApiKeyUsage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listApiKeyCallers: {
        parameters: {
            query?: {
                /** @description How many UTC days, today included */
                days?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["ApiKeyCallers"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description The start of the range, rounded down to the interval. Default: 24 hours before `to` */
                from?: string;
                /** @description The end of the range, exclusive, rounded up to the interval. Default: now */
                to?: string;
                /** @description Minutes are kept for 48 hours, hours for 35 days, days for 400 days */
                interval?: "minute" | "hour" | "day";
                /** @description Returns one series for each key, status or endpoint */
                groupBy?: "none" | "key" | "status" | "endpoint";
                /** @description Only the usage of this key */
                keyId?: string;
                /** @description The media type of the response */
                format?: "json" | "csv";
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["UsageSeries"];
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    reportUsageEvents: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    events: components["schemas"]["UsageEvent"][];
                };
                "application/cloudevents-batch+json": components["schemas"]["CloudEvent"][];
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                content: {
                    "application/json": {
                        accepted: number;
                        duplicates: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getAccount: {
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    exportAccount: {
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/x-ndjson": ({
                        /** @constant */
                        record: "account";
                        asOf: string;
                    } & {
                        [key: string]: unknown;
                    }) | {
                        id: string;
                        email: string;
                        name: string | null;
                        /** @enum {string} */
                        role: "admin" | "editor" | "viewer";
                        /** @enum {string} */
                        status: "active" | "invited";
                        createdAt: string;
                        /** @constant */
                        record: "member";
                    } | {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        type: "live" | "test";
                        /** @enum {string} */
                        access: "admin" | "full" | "read_only";
                        permissions: string[];
                        /** @enum {string} */
                        status: "active" | "revoked" | "expired";
                        /** @description The last 4 characters of the value; `????` where an import did not say */
                        hint: string;
                        createdAt: string;
                        createdBy: string;
                        lastUsedAt: string | null;
                        expiresAt: string | null;
                        revokedAt: string | null;
                        revokedReason: string | null;
                        rotatedFrom: string | null;
                        allowedIps: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        version: number;
                        /** @constant */
                        record: "api-key";
                        importedAt: string | null;
                    } | {
                        id: string;
                        /** @enum {string} */
                        type: "email" | "slack" | "webhook";
                        name: string;
                        verified: boolean;
                        disabled: boolean;
                        disabledReason: string | null;
                        failingSince: string | null;
                        /**
                         * @description Of a webhook: the types of lifecycle events of the account that it gets, `api_key.*`, or `*`
                         * @default []
                         */
                        events: string[];
                        createdAt: string;
                        /** @description The address of an email channel */
                        to?: string;
                        /** @description The URL of a webhook; of a Slack channel only its beginning and end */
                        url?: string;
                        /** @constant */
                        record: "channel";
                    } | {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        metric: "requests" | "error_rate" | "latency_mean" | "latency_p50" | "latency_p95" | "latency_p99" | "plan_usage" | "usage_spike" | "unknown_ip" | "unusual_errors" | "unusual_hours" | "key_expiring" | "key_unused" | "key_old";
                        threshold: number | null;
                        window: string;
                        for: string;
                        scope: {
                            keyIds: string[];
                        } | {
                            /** @constant */
                            account: true;
                        };
                        channelIds: string[];
                        repeatInterval: string | null;
                        /** @enum {string} */
                        severity: "info" | "warning" | "critical";
                        enabled: boolean;
                        /** @enum {string} */
                        state: "ok" | "pending" | "firing";
                        minRequests?: number;
                        notifyRecovery: boolean;
                        allowedRanges?: string[];
                        mutedUntil: string | null;
                        createdAt: string;
                        version: number;
                        /** @constant */
                        record: "alert";
                    } | {
                        id: string;
                        alertId: string;
                        keyId: string | null;
                        startedAt: string;
                        resolvedAt: string | null;
                        threshold: number | null;
                        measured: number | null;
                        worst: number | null;
                        /** @constant */
                        record: "incident";
                    } | ({
                        /** @constant */
                        record: "audit-entry";
                        id: string;
                        at: string;
                        action: string;
                    } & {
                        [key: string]: unknown;
                    }) | {
                        /** @description The start of the bucket */
                        at: string;
                        keyId: string;
                        name: string | null;
                        requests: number;
                        refused: number;
                        errors: number;
                        clientErrors: number;
                        serverErrors: number;
                        errorRate: number;
                        units: number;
                        latencyMs: components["schemas"]["LatencyMs"];
                        /** @constant */
                        record: "usage-day";
                    } | {
                        /** @description The start of the bucket */
                        at: string;
                        /** @description `(other)`: endpoints beyond the first 200. `(none)`: reported without an endpoint */
                        endpoint: string;
                        method: string | null;
                        requests: number;
                        errors: number;
                        clientErrors: number;
                        serverErrors: number;
                        errorRate: number;
                        latencyMs: {
                            mean: number | null;
                        };
                        /** @constant */
                        record: "usage-day-of-endpoint";
                    } | ({
                        /** @constant */
                        record: "caller-day";
                        keyId: string;
                        at: string;
                        ip: string;
                    } & {
                        [key: string]: unknown;
                    }) | {
                        /** @constant */
                        record: "end";
                        records: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listAuditEntries: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page */
                cursor?: string;
                /** @description The number of entries on a page */
                limit?: string;
                /** @description Only what was done to this key, member, rule or channel */
                targetId?: string;
                /** @description Only this action, such as `api-key.revoked` */
                action?: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        entries: components["schemas"]["AuditEntry"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getOperation: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listMembers: {
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        members: components["schemas"]["Member"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    addMember: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMember"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["InvitedMember"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getMember: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    removeMember: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            202: components["responses"]["Accepted"];
            /** @description Done */
            204: {
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateMember: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberChanges"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    resendInvitation: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["InvitedMember"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getInvitation: {
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    acceptInvitation: {
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    /** @description A new password, or the current password of this address. Not needed by a person who is signed in with it. */
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listChannels: {
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        channels: components["schemas"]["Channel"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createChannel: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewChannel"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["ChannelWithSecret"];
                };
            };
            202: components["responses"]["AcceptedWithSecret"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getChannelConfirmation: {
        parameters: {
            query?: {
                /** @description The token of the link */
                token?: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    confirmChannel: {
        parameters: {
            query?: {
                /** @description The token of the link */
                token?: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description Done */
            403: {
                content: {
                    "text/html": string;
                };
            };
            /** @description Done */
            410: {
                content: {
                    "text/html": string;
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getChannel: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteChannel: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            202: components["responses"]["Accepted"];
            /** @description Done */
            204: {
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateChannel: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChannelChanges"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    testChannel: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": {
                        notificationId: string;
                        /** @constant */
                        status: "pending";
                    };
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    rotateChannelSecret: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["ChannelWithRotatedSecret"];
                };
            };
            202: components["responses"]["AcceptedWithSecret"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listNotifications: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page */
                cursor?: string;
                /** @description The number of entries on a page */
                limit?: string;
                /** @description Only these */
                status?: "pending" | "delivered" | "failed";
                /** @description Only notifications to this channel */
                channelId?: string;
                /** @description Only notifications of this alert rule */
                alertId?: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        notifications: components["schemas"]["Notification"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getNotification: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["NotificationWithAttempts"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    redeliverNotification: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Notification"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listAlertRules: {
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        alerts: components["schemas"]["AlertRule"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createAlertRule: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAlertRule"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    previewAlertRule: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAlertRule"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["AlertPreview"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getAlertRule: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["AlertRuleWithStates"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteAlertRule: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            202: components["responses"]["Accepted"];
            /** @description Done */
            204: {
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateAlertRule: {
        parameters: {
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertRuleChanges"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    testAlertRule: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        notificationIds: string[];
                    };
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    muteAlertRule: {
        parameters: {
            header?: {
                /** @description A repeated request gets the first one’s response, for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    until: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listIncidents: {
        parameters: {
            query?: {
                /** @description The number of entries on a page */
                limit?: string;
                /** @description The last ID of the previous page */
                before?: string;
            };
            path: {
                /** @description The ID of the resource */
                id: string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        incidents: components["schemas"]["Incident"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getSession: {
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    signIn: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": {
                        accounts: components["schemas"]["AccountChoice"][];
                    };
                };
            };
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    signOut: {
        responses: {
            /** @description Done */
            204: {
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    changePassword: {
        requestBody: {
            content: {
                "application/json": {
                    currentPassword: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    switchAccount: {
        requestBody: {
            content: {
                "application/json": {
                    accountId: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    requestPasswordReset: {
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                content: {
                    "application/json": {
                        /** @description false: this service sends no email */
                        emailed: boolean;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    completePasswordReset: {
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done */
            204: {
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    openSessionLink: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionLinkToken"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}

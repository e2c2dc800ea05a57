// Generated from /openapi.json by generateClient.ts: see the README, "Add a route".
export interface paths {
    "/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** May this key do this now? Decides, counts and limits one request. */
        post: operations["postVerify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forward-auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lets a proxy ask whether to pass a request on; the key is the request’s own */
        get: operations["getForwardAuth"];
        put?: never;
        /** Lets a proxy ask whether to pass a request on; the key is the request’s own */
        post: operations["postForwardAuth"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys, newest first unless told
         * @description Takes the permission `keys:manage`.
         */
        get: operations["getApiKeys"];
        put?: never;
        /**
         * Create a key. Its value is shown once, in this answer.
         * @description Takes the permission `keys:manage`.
         */
        post: operations["postApiKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import keys by their SHA-256, from JSON lines or CSV. Sent again, it continues where it stopped.
         * @description Takes the permission `keys:manage`.
         */
        post: operations["postApiKeysImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a key
         * @description Takes the permission `keys:manage`.
         */
        get: operations["getApiKeysId"];
        put?: never;
        post?: never;
        /**
         * Delete a revoked key
         * @description Takes the permission `keys:manage`.
         */
        delete: operations["deleteApiKeysId"];
        options?: never;
        head?: never;
        /**
         * Rename or edit a key; If-Match is honoured
         * @description Takes the permission `keys:manage`.
         */
        patch: operations["patchApiKeysId"];
        trace?: never;
    };
    "/api-keys/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a key. After the 200 no verification that starts later is accepted, in any region.
         * @description Takes the permission `keys:manage`.
         */
        post: operations["postApiKeysIdRevoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create the successor of a key, which ends after the overlap (default: at once). A key has one successor.
         * @description Takes the permission `keys:manage`.
         */
        post: operations["postApiKeysIdRotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-key-names": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the names of the account’s keys, by name
         * @description Takes the permission `account:read`.
         */
        get: operations["getApiKeyNames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Requests, errors and latency of a key in the last 24 hours, 7 and 30 days
         * @description Takes the permission `usage:read`.
         */
        get: operations["getApiKeysIdUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/{id}/callers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * From which addresses a key was used in the last UTC days: how many each day, and the latest 100
         * @description Takes the permission `keys:manage`.
         */
        get: operations["getApiKeysIdCallers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The account’s usage over time, streamed. Without groupBy every bucket is there; grouped, only those in which something happened.
         * @description Takes the permission `usage:read`.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report what happened to up to 1,000 requests, also as CloudEvents. The same id counts once within 35 days. */
        post: operations["postUsageEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The account, its plan, the limits in force and what is in use
         * @description Takes the permission `account:read`.
         */
        get: operations["getAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything the account has, as JSON lines, streamed: members, keys, channels, alert rules and their incidents, audit log, usage by day. No secrets. The last line is `end`.
         * @description Takes the permission `keys:manage`.
         */
        get: operations["getAccountExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, from where, newest first
         * @description Takes the permission `audit:read`.
         */
        get: operations["getAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a command that was answered with 202
         * @description Takes the permission `account:read`.
         */
        get: operations["getOperationsId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the account’s members
         * @description Takes the permission `members:manage`.
         */
        get: operations["getMembers"];
        put?: never;
        /**
         * Invite a member by email. With a password they are added at once: it opens this account alone, whoever has the address.
         * @description Takes the permission `members:manage`.
         */
        post: operations["postMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a member
         * @description Takes the permission `members:manage`.
         */
        get: operations["getMembersId"];
        put?: never;
        post?: never;
        /**
         * Remove a member and end their sessions
         * @description Takes the permission `members:manage`.
         */
        delete: operations["deleteMembersId"];
        options?: never;
        head?: never;
        /**
         * Change a member’s role, name or password. A new password ends their sessions.
         * @description Takes the permission `members:manage`.
         */
        patch: operations["patchMembersId"];
        trace?: never;
    };
    "/members/{id}/invite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Invite a member who has not accepted yet again. The former link ends.
         * @description Takes the permission `members:manage`.
         */
        post: operations["postMembersIdInvite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What an invitation’s link is for */
        post: operations["postInvitationsRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept an invitation and sign in to its account */
        post: operations["postInvitationsAccept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the account’s channels
         * @description Takes the permission `alerts:manage`.
         */
        get: operations["getChannels"];
        put?: never;
        /**
         * Create a channel. An email address gets a link to confirm it; Slack and webhooks a test message, whose arrival verifies them.
         * @description Takes the permission `alerts:manage`.
         */
        post: operations["postChannels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channel-confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page behind the link of an email: its button confirms the address */
        get: operations["getChannelConfirmation"];
        put?: never;
        /** Confirm the address of an email channel by its token */
        post: operations["postChannelConfirmation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a channel
         * @description Takes the permission `alerts:manage`.
         */
        get: operations["getChannelsId"];
        put?: never;
        post?: never;
        /**
         * Delete a channel. Rules that used it go on without it.
         * @description Takes the permission `alerts:manage`.
         */
        delete: operations["deleteChannelsId"];
        options?: never;
        head?: never;
        /**
         * Rename a channel, or let it lead elsewhere: it is then verified anew, as if it were created, and alerts wait for that. A webhook keeps its signing secret.
         * @description Takes the permission `alerts:manage`.
         */
        patch: operations["patchChannelsId"];
        trace?: never;
    };
    "/channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message; its arrival verifies Slack and webhooks, and switches a disabled channel on again. An address that is not confirmed gets its link again.
         * @description Takes the permission `alerts:manage`.
         */
        post: operations["postChannelsIdTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook another signing secret. For 24 hours the former one signs, too.
         * @description Takes the permission `alerts:manage`.
         */
        post: operations["postChannelsIdRotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List notifications, newest first
         * @description Takes the permission `alerts:manage`.
         */
        get: operations["getNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A notification with every attempt to deliver it
         * @description Takes the permission `alerts:manage`.
         */
        get: operations["getNotificationsId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a notification again under the same ID. Its retry schedule starts over.
         * @description Takes the permission `alerts:manage`.
         */
        post: operations["postNotificationsIdRedeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the account’s alert rules, oldest first
         * @description Takes the permission `alerts:manage`.
         */
        get: operations["getAlerts"];
        put?: never;
        /**
         * Create an alert rule. It is evaluated within the next minute.
         * @description Takes the permission `alerts:manage`.
         */
        post: operations["postAlerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a rule would have done over the last 7 days, before it is saved
         * @description Takes the permission `alerts:manage`.
         */
        post: operations["postAlertsPreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an alert rule, with its present state, and that of each key that is not ok
         * @description Takes the permission `alerts:manage`.
         */
        get: operations["getAlertsId"];
        put?: never;
        post?: never;
        /**
         * Delete an alert rule. Receivers of its open incidents get `alert.resolved` with the reason `deleted`.
         * @description Takes the permission `alerts:manage`.
         */
        delete: operations["deleteAlertsId"];
        options?: never;
        head?: never;
        /**
         * Edit an alert rule. Changing its condition (threshold, window, `for`, scope or options) or disabling it closes its open incidents: their receivers get `alert.resolved` with a `reason`.
         * @description Takes the permission `alerts:manage`.
         */
        patch: operations["patchAlertsId"];
        trace?: never;
    };
    "/alerts/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a sample notification of the rule to each of its channels
         * @description Takes the permission `alerts:manage`.
         */
        post: operations["postAlertsIdTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/{id}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mute the rule until the given time, or unmute it with `null`. Open incidents close for their receivers with the reason `muted`; one that still fires when the mute ends is sent again.
         * @description Takes the permission `alerts:manage`.
         */
        post: operations["postAlertsIdMute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/{id}/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The crossings of an alert rule, newest first; `before` is the last ID of the page before
         * @description Takes the permission `alerts:manage`.
         */
        get: operations["getAlertsIdIncidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["getSession"];
        put?: never;
        /** Sign in; the session is a cookie. A password that opens several accounts takes an accountId */
        post: operations["postSession"];
        /** Sign out */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        /** Change your password. It ends all of your sessions, this one included. */
        patch: operations["patchSession"];
        trace?: never;
    };
    "/session/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on in another account of yours */
        post: operations["postSessionAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a link to set another password. The answer is the same for every address */
        post: operations["postPasswordResets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-resets/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set another password by the link of an email. It opens every account of the address, and ends all of its sessions */
        post: operations["postPasswordResetsComplete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
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
        __schema0: string | number | boolean | null | components["schemas"]["__schema0"][] | {
            [key: string]: components["schemas"]["__schema0"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    postVerify: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 10 minutes get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The presented value, as it came */
                    key: string;
                    permission?: string;
                    /** @description Renders asked for with renders:write; 1 unless told */
                    units?: number;
                    /** @description The end user’s address, with or without a port */
                    ip?: string;
                    endpoint?: string;
                    method?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        valid: boolean;
                        /** @enum {string} */
                        code: "VALID" | "NOT_FOUND" | "REVOKED" | "EXPIRED" | "FORBIDDEN" | "IP_NOT_ALLOWED" | "RATE_LIMITED" | "QUOTA_EXCEEDED" | "PLAN_LIMIT_EXCEEDED";
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
                            [key: string]: {
                                limit: number;
                                remaining: number;
                                /** @description Unix seconds */
                                reset: number;
                            };
                        };
                        retryAfter?: number;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid-service-token` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getForwardAuth: {
        parameters: {
            query?: {
                permission?: string;
                units?: string;
                problem?: "header";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded`, `test-quota-exceeded`, `plan-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postForwardAuth: {
        parameters: {
            query?: {
                permission?: string;
                units?: string;
                problem?: "header";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded`, `test-quota-exceeded`, `plan-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiKeys: {
        parameters: {
            query?: {
                page?: string;
                limit?: string;
                type?: "live" | "test";
                status?: "active" | "revoked" | "expired";
                q?: string;
                sort?: "name" | "-name" | "createdAt" | "-createdAt" | "lastUsedAt" | "-lastUsedAt";
                include?: "usage";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        apiKeys: {
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
                                "24h": {
                                    requests: number;
                                    refused: number;
                                    errors: number;
                                    errorRate: number;
                                    units: number;
                                    latencyMs: {
                                        mean: number | null;
                                    };
                                };
                                "7d": {
                                    requests: number;
                                    refused: number;
                                    errors: number;
                                    errorRate: number;
                                    units: number;
                                    latencyMs: {
                                        mean: number | null;
                                    };
                                };
                                "30d": {
                                    requests: number;
                                    refused: number;
                                    errors: number;
                                    errorRate: number;
                                    units: number;
                                    latencyMs: {
                                        mean: number | null;
                                    };
                                };
                            };
                            /** @description The present hour of the clock, so far, and the 23 before it, oldest first */
                            requestsByHour?: number[];
                        }[];
                        pagination: {
                            page: number;
                            limit: number;
                            total: number;
                            totalPages: number;
                            hasNext: boolean;
                            hasPrev: boolean;
                        };
                        /** @description The instant of the usage, where it is included */
                        asOf?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiKeys: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
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
                        [key: string]: components["schemas"]["__schema0"];
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                        /** @description The value; only in this answer */
                        key?: string;
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key-limit-reached`, `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiKeysImport: {
        parameters: {
            query?: {
                dryRun?: "true" | "false";
                prefix?: string;
                length?: string;
            };
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": {
                    /** @description SHA-256 of the whole key: hex or base64, also behind "sha256:", "sha256-" or "sha256$" */
                    hash: string;
                    name: string;
                    type?: ("live" | "test") | null;
                    /** @description `full` unless told */
                    access?: ("admin" | "full" | "read_only") | null;
                    permissions?: string[] | null;
                    allowedIps?: string[] | null;
                    expiresAt?: string | null;
                    metadata?: {
                        [key: string]: components["schemas"]["__schema0"];
                    } | null;
                    hint?: string | null;
                    /** @description When the key was made where it comes from */
                    createdAt?: string | null;
                    /** @description Its ID where it comes from; kept in metadata as externalId */
                    externalId?: string | null;
                };
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dryRun: boolean;
                        /** @description Lines with a key: imported, unchanged and failed */
                        total: number;
                        /** @description In a dry run: what would be imported */
                        imported: number;
                        /** @description The account has this key already, whatever has become of it since */
                        unchanged: number;
                        /** @description Lines that were not imported */
                        failed: number;
                        /** @description The first 100, by line */
                        errors: {
                            /** @description From 1, as editors count */
                            line: number;
                            field: string;
                            message: string;
                            /** @enum {string} */
                            code: "required" | "invalid_type" | "out_of_range" | "invalid_format" | "too_long" | "unknown_field" | "duplicate" | "key-limit-reached" | "hash-not-importable" | "insufficient-permissions";
                        }[];
                        /** @description Errors beyond those listed */
                        furtherErrors: number;
                        /** @description The imported keys */
                        keys: {
                            line: number;
                            id: string;
                        }[];
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `imports-not-allowed`, `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `import-in-progress`, `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiKeysId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                        regions: {
                            region: string;
                            /** @description When the present version arrived there; null: on its way */
                            arrivedAt: string | null;
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteApiKeysId: {
        parameters: {
            query?: never;
            header?: {
                /** @description Refuses the change unless this is the present ETag */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key-not-revoked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition-failed` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchApiKeysId: {
        parameters: {
            query?: never;
            header?: {
                /** @description Refuses the change unless this is the present ETag */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /** @enum {string} */
                    access?: "admin" | "full" | "read_only";
                    permissions?: string[];
                    allowedIps?: string[];
                    expiresAt?: string | null;
                    metadata?: {
                        [key: string]: components["schemas"]["__schema0"];
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key-not-active` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition-failed` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiKeysIdRevoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
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
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        apiKey: {
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
                        fanOut: {
                            tookMs: number;
                            regions: {
                                region: string;
                                /** @enum {string} */
                                outcome: "confirmed" | "lapsed";
                                tookMs: number;
                            }[];
                        };
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiKeysIdRotate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
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
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                        key?: string;
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key-limit-reached`, `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key-not-active`, `key-already-rotated`, `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiKeyNames: {
        parameters: {
            query?: {
                page?: string;
                limit?: string;
                id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        apiKeys: {
                            id: string;
                            name: string;
                            /** @enum {string} */
                            type: "live" | "test";
                            /** @enum {string} */
                            status: "active" | "revoked" | "expired";
                        }[];
                        pagination: {
                            page: number;
                            limit: number;
                            total: number;
                            totalPages: number;
                            hasNext: boolean;
                            hasPrev: boolean;
                        };
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiKeysIdUsage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keyId: string;
                        asOf: string;
                        windows: {
                            "24h": {
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
                                latencyMs: {
                                    mean: number | null;
                                    p50: number | null;
                                    p95: number | null;
                                    p99: number | null;
                                };
                            };
                            "7d": {
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
                                latencyMs: {
                                    mean: number | null;
                                    p50: number | null;
                                    p95: number | null;
                                    p99: number | null;
                                };
                            };
                            "30d": {
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
                                latencyMs: {
                                    mean: number | null;
                                    p50: number | null;
                                    p95: number | null;
                                    p99: number | null;
                                };
                            };
                        };
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiKeysIdCallers: {
        parameters: {
            query?: {
                days?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keyId: string;
                        asOf: string;
                        days: {
                            day: string;
                            distinctIps: number;
                        }[];
                        ips: {
                            /** @description An IPv4 address, an IPv6 /64 network, or `other` for callers beyond those told apart */
                            ip: string;
                            requests: number;
                            refused: number;
                            firstSeenAt: string;
                            lastSeenAt: string;
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUsage: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                interval?: "minute" | "hour" | "day";
                groupBy?: "none" | "key" | "status" | "endpoint";
                keyId?: string;
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                            latencyMs: {
                                mean: number | null;
                                p50: number | null;
                                p95: number | null;
                                p99: number | null;
                            };
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
                            latencyMs: {
                                mean: number | null;
                                p50: number | null;
                                p95: number | null;
                                p99: number | null;
                            };
                        } | {
                            /** @description The start of the bucket */
                            at: string;
                            /** @enum {string} */
                            status: "success" | "4xx" | "5xx" | "refused";
                            requests: number;
                        } | {
                            /** @description The start of the bucket */
                            at: string;
                            /** @description `(other)`: one past the first 200; `(none)`: reported without an endpoint */
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
                    "text/csv": string;
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postUsageEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    events: {
                        id: string;
                        /** Format: date-time */
                        at: string;
                        keyId: string;
                        status: number;
                        latencyMs?: number;
                        units?: number;
                        /** @description Of a verification: this report completes that request */
                        requestId?: string;
                        ip?: string;
                        endpoint?: string;
                        method?: string;
                    }[];
                };
                "application/cloudevents-batch+json": ({
                    /** @constant */
                    specversion: "1.0";
                    /** @description With `source`: the same two count once within 35 days */
                    id: string;
                    source: string;
                    type: string;
                    /** @description The time of receipt unless given */
                    time?: string | null;
                    /** @description The key ID, where `data` has none */
                    subject?: string | null;
                    datacontenttype?: string | null;
                    dataschema?: string | null;
                    /** @description Or `data_base64`: the same JSON in base64. In binary mode this is the body, and attributes are `ce-` headers */
                    data: {
                        keyId?: string;
                        status: number;
                        latencyMs?: number;
                        units?: number;
                        /** @description Of a verification: this report completes that request */
                        requestId?: string;
                        ip?: string;
                        endpoint?: string;
                        method?: string;
                    };
                } & {
                    [key: string]: unknown;
                })[];
                "application/cloudevents+json": {
                    /** @constant */
                    specversion: "1.0";
                    /** @description With `source`: the same two count once within 35 days */
                    id: string;
                    source: string;
                    type: string;
                    /** @description The time of receipt unless given */
                    time?: string | null;
                    /** @description The key ID, where `data` has none */
                    subject?: string | null;
                    datacontenttype?: string | null;
                    dataschema?: string | null;
                    /** @description Or `data_base64`: the same JSON in base64. In binary mode this is the body, and attributes are `ce-` headers */
                    data: {
                        keyId?: string;
                        status: number;
                        latencyMs?: number;
                        units?: number;
                        /** @description Of a verification: this report completes that request */
                        requestId?: string;
                        ip?: string;
                        endpoint?: string;
                        method?: string;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accepted: number;
                        duplicates: number;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid-service-token` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        plan: "free" | "pro" | "business" | "enterprise";
                        createdAt: string;
                        limits: {
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
                        used: {
                            liveKeys: number;
                            testKeys: number;
                            /** @description Of live keys in the present UTC month, overage included */
                            rendersThisMonth: number;
                        };
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAccountExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
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
                        latencyMs: {
                            mean: number | null;
                            p50: number | null;
                            p95: number | null;
                            p99: number | null;
                        };
                        /** @constant */
                        record: "usage-day";
                    } | {
                        /** @description The start of the bucket */
                        at: string;
                        /** @description `(other)`: one past the first 200; `(none)`: reported without an endpoint */
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
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAuditLog: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: string;
                targetId?: string;
                action?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: {
                            id: string;
                            at: string;
                            action: string;
                            targetId: string | null;
                            /** @description Its latest name; null when that is not known any more */
                            targetName: string | null;
                            actor: {
                                type: string;
                                id: string;
                                /** @description The same of a key or a member */
                                name: string | null;
                                ip?: string;
                            } & {
                                [key: string]: unknown;
                            };
                            details: {
                                [key: string]: unknown;
                            };
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperationsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `operation-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMembers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        members: {
                            id: string;
                            email: string;
                            name: string | null;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                            /** @enum {string} */
                            status: "active" | "invited";
                            createdAt: string;
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postMembers: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    /** @enum {string} */
                    role: "admin" | "editor" | "viewer";
                    password?: string;
                    /** @default null */
                    name?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `email-taken`, `member-limit-reached`, `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMembersId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        email: string;
                        name: string | null;
                        /** @enum {string} */
                        role: "admin" | "editor" | "viewer";
                        /** @enum {string} */
                        status: "active" | "invited";
                        createdAt: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `member-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMembersId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `member-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last-admin` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchMembersId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role?: "admin" | "editor" | "viewer";
                    name?: string | null;
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        email: string;
                        name: string | null;
                        /** @enum {string} */
                        role: "admin" | "editor" | "viewer";
                        /** @enum {string} */
                        status: "active" | "invited";
                        createdAt: string;
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `member-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last-admin`, `password-is-personal` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postMembersIdInvite: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        email: string;
                        name: string | null;
                        /** @enum {string} */
                        role: "admin" | "editor" | "viewer";
                        /** @enum {string} */
                        status: "active" | "invited";
                        createdAt: string;
                        invitation: {
                            expiresAt: string;
                            /** @description false: this service sends no email; its operator can show the link */
                            emailed: boolean;
                        };
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `member-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `member-not-invited`, `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postInvitationsRead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
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
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        email: string;
                        account: {
                            name: string;
                        };
                        /** @enum {string} */
                        role: "admin" | "editor" | "viewer";
                        expiresAt: string;
                        /** @description Whether this address has a password, to be asked for; else it chooses one */
                        hasPassword: boolean;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invitation-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postInvitationsAccept: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    /** @description A new one, or the one of this address. Whoever is signed in with this address needs none. */
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: {
                            id: string;
                            email: string;
                            name: string | null;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                            /** @enum {string} */
                            status: "active" | "invited";
                            createdAt: string;
                        };
                        accountId: string;
                        /** @description Those between which this person can switch, this one among them */
                        accounts: {
                            accountId: string;
                            name: string;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid-credentials` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invitation-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getChannels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        channels: {
                            id: string;
                            /** @enum {string} */
                            type: "email" | "slack" | "webhook";
                            name: string;
                            verified: boolean;
                            disabled: boolean;
                            disabledReason: string | null;
                            failingSince: string | null;
                            createdAt: string;
                            /** @description The address of an email channel */
                            to?: string;
                            /** @description The URL of a webhook; of a Slack channel only its beginning and end */
                            url?: string;
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postChannels: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
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
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        type: "email" | "slack" | "webhook";
                        name: string;
                        verified: boolean;
                        disabled: boolean;
                        disabledReason: string | null;
                        failingSince: string | null;
                        createdAt: string;
                        /** @description The address of an email channel */
                        to?: string;
                        /** @description The URL of a webhook; of a Slack channel only its beginning and end */
                        url?: string;
                        /** @description A webhook’s signing secret: the only time it is shown */
                        secret?: string;
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `channel-limit-reached`, `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getChannelConfirmation: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postChannelConfirmation: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Done */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getChannelsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        type: "email" | "slack" | "webhook";
                        name: string;
                        verified: boolean;
                        disabled: boolean;
                        disabledReason: string | null;
                        failingSince: string | null;
                        createdAt: string;
                        /** @description The address of an email channel */
                        to?: string;
                        /** @description The URL of a webhook; of a Slack channel only its beginning and end */
                        url?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `channel-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteChannelsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `channel-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchChannelsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /**
                     * Format: email
                     * @description The address of an email channel
                     */
                    to?: string;
                    /** @description The URL of a Slack channel or webhook */
                    url?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        type: "email" | "slack" | "webhook";
                        name: string;
                        verified: boolean;
                        disabled: boolean;
                        disabledReason: string | null;
                        failingSince: string | null;
                        createdAt: string;
                        /** @description The address of an email channel */
                        to?: string;
                        /** @description The URL of a webhook; of a Slack channel only its beginning and end */
                        url?: string;
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `channel-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postChannelsIdTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        notificationId: string;
                        /** @constant */
                        status: "pending";
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `channel-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postChannelsIdRotateSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        type: "email" | "slack" | "webhook";
                        name: string;
                        verified: boolean;
                        disabled: boolean;
                        disabledReason: string | null;
                        failingSince: string | null;
                        createdAt: string;
                        /** @description The address of an email channel */
                        to?: string;
                        /** @description The URL of a webhook; of a Slack channel only its beginning and end */
                        url?: string;
                        secret?: string;
                        formerUntil: string;
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `channel-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `channel-has-no-secret`, `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getNotifications: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: string;
                status?: "pending" | "delivered" | "failed";
                channelId?: string;
                alertId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        notifications: {
                            id: string;
                            /** @enum {string} */
                            type: "alert.firing" | "alert.resolved" | "alert.test" | "channel.verify" | "channel.disabled";
                            channelId: string;
                            alertId: string | null;
                            incidentId: string | null;
                            /** @enum {string} */
                            status: "pending" | "delivered" | "failed";
                            attempts: number;
                            nextAttemptAt: string | null;
                            createdAt: string;
                            finishedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getNotificationsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        type: "alert.firing" | "alert.resolved" | "alert.test" | "channel.verify" | "channel.disabled";
                        channelId: string;
                        alertId: string | null;
                        incidentId: string | null;
                        /** @enum {string} */
                        status: "pending" | "delivered" | "failed";
                        attempts: number;
                        nextAttemptAt: string | null;
                        createdAt: string;
                        finishedAt: string | null;
                        deliveryAttempts: {
                            number: number;
                            at: string;
                            durationMs: number;
                            /** @enum {string} */
                            outcome: "delivered" | "rejected" | "gone" | "timeout" | "unreachable" | "refused" | "not-sent";
                            /** @description The status by HTTP or SMTP */
                            status: number | null;
                            /** @description The beginning of what the receiver said, or what went wrong */
                            response: string | null;
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `notification-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postNotificationsIdRedeliver: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        type: "alert.firing" | "alert.resolved" | "alert.test" | "channel.verify" | "channel.disabled";
                        channelId: string;
                        alertId: string | null;
                        incidentId: string | null;
                        /** @enum {string} */
                        status: "pending" | "delivered" | "failed";
                        attempts: number;
                        nextAttemptAt: string | null;
                        createdAt: string;
                        finishedAt: string | null;
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `notification-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `notification-not-redeliverable`, `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alerts: {
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
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAlerts: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
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
                    scope?: {
                        /** @constant */
                        account: true;
                    } | {
                        keyIds: string[];
                    };
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
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found`, `channel-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `alert-limit-reached`, `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAlertsPreview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
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
                    scope?: {
                        /** @constant */
                        account: true;
                    } | {
                        keyIds: string[];
                    };
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
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        metric: "requests" | "error_rate" | "latency_mean" | "latency_p50" | "latency_p95" | "latency_p99" | "plan_usage" | "usage_spike" | "unknown_ip" | "unusual_errors" | "unusual_hours" | "key_expiring" | "key_unused" | "key_old";
                        threshold: number | null;
                        from: string;
                        to: string;
                        /** @description How often the rule was run; empty: this metric cannot be run over the past */
                        grains: {
                            /** @enum {string} */
                            grain: "hour" | "minute";
                            from: string;
                            to: string;
                        }[];
                        /** @description What this preview cannot tell */
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
                            /** @description Messages of it to each channel: its beginning, repeats, its end */
                            notifications: number;
                        }[];
                        /** @description At most some 700 points in all */
                        series: {
                            /** @description null: the account */
                            keyId: string | null;
                            points: {
                                at: string;
                                /** @description The highest since the point before; null: nothing was measured */
                                value: number | null;
                                /** @description What it was held against; a detector finds its own */
                                threshold: number | null;
                                /**
                                 * @description The worst since the point before
                                 * @enum {string}
                                 */
                                state: "ok" | "pending" | "firing";
                            }[];
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `api-key-not-found`, `channel-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlertsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                        /** @description As of when it was evaluated last */
                        evaluatedAt: string | null;
                        states: {
                            /** @description null: the account */
                            keyId: string | null;
                            /** @enum {string} */
                            state: "ok" | "pending" | "firing";
                            since: string;
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `alert-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAlertsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `alert-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchAlertsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    threshold?: number | null;
                    /** @enum {string} */
                    window?: "5m" | "15m" | "1h" | "6h" | "24h";
                    for?: string;
                    scope?: {
                        /** @constant */
                        account: true;
                    } | {
                        keyIds: string[];
                    };
                    channelIds?: string[];
                    repeatInterval?: string | null;
                    /** @enum {string} */
                    severity?: "info" | "warning" | "critical";
                    enabled?: boolean;
                    minRequests?: number;
                    notifyRecovery?: boolean;
                    allowedRanges?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `alert-not-found`, `api-key-not-found`, `channel-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAlertsIdTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        notificationIds: string[];
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `alert-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAlertsIdMute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request within 24 hours get the first one’s answer */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
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
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `alert-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-in-flight` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-conflict` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlertsIdIncidents: {
        parameters: {
            query?: {
                limit?: string;
                before?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        incidents: {
                            id: string;
                            alertId: string;
                            keyId: string | null;
                            startedAt: string;
                            resolvedAt: string | null;
                            threshold: number | null;
                            measured: number | null;
                            worst: number | null;
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization`, `invalid-api-key` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions`, `ip-not-allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `alert-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: {
                            id: string;
                            email: string;
                            name: string | null;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                            /** @enum {string} */
                            status: "active" | "invited";
                            createdAt: string;
                        };
                        accountId: string;
                        /** @description Those between which this person can switch, this one among them */
                        accounts: {
                            accountId: string;
                            name: string;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    password: string;
                    /** @description One of those that the answer 200 lists */
                    accountId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accounts: {
                            accountId: string;
                            name: string;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                        }[];
                    };
                };
            };
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: {
                            id: string;
                            email: string;
                            name: string | null;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                            /** @enum {string} */
                            status: "active" | "invited";
                            createdAt: string;
                        };
                        accountId: string;
                        /** @description Those between which this person can switch, this one among them */
                        accounts: {
                            accountId: string;
                            name: string;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid-credentials` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
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
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        email: string;
                        name: string | null;
                        /** @enum {string} */
                        role: "admin" | "editor" | "viewer";
                        /** @enum {string} */
                        status: "active" | "invited";
                        createdAt: string;
                    };
                };
            };
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operation: {
                            id: string;
                            kind: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                        key?: string;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postSessionAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
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
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: {
                            id: string;
                            email: string;
                            name: string | null;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                            /** @enum {string} */
                            status: "active" | "invited";
                            createdAt: string;
                        };
                        accountId: string;
                        /** @description Those between which this person can switch, this one among them */
                        accounts: {
                            accountId: string;
                            name: string;
                            /** @enum {string} */
                            role: "admin" | "editor" | "viewer";
                        }[];
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `missing-authorization` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient-permissions` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `account-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postPasswordResets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                };
            };
        };
        responses: {
            /** @description Not done yet: see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description false: this service sends no email to anybody */
                        emailed: boolean;
                    };
                };
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limit-exceeded` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postPasswordResetsComplete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
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
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation-error` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password-reset-not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `service-unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}

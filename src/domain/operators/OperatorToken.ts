import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** What an operator token may do, and what that means. */
export const OPERATOR_PERMISSIONS = {
  'accounts:read': 'Find and read accounts.',
  'accounts:write': 'Create, change, suspend, resume and erase accounts.',
  'plans:manage': 'List, create and change plans.',
  'tokens:manage': 'Create, list and revoke operator tokens and service tokens.',
  'sessions:create': 'Create session links, which sign somebody in to an account.',
  'events:read': 'Read lifecycle events.',
  'webhooks:manage': 'Create, change and delete webhooks that lifecycle events are pushed to.',
  act: 'Act for any account, as its admin would.',
} as const

export type OperatorPermission = keyof typeof OPERATOR_PERMISSIONS
export const OPERATOR_PERMISSION_NAMES = Object.keys(OPERATOR_PERMISSIONS) as OperatorPermission[]

/** A machine of the company: it acts for any account, within its permissions. */
export const OperatorTokenSchema = defineEntity({
  name: 'OperatorToken',
  tableName: 'operator_token',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    digest: p.text(),
    hint: p.text(),
    permissions: p.json().$type<OperatorPermission[]>(),
    /** Addresses and ranges it may come from; an empty list allows all. */
    allowedIps: p.json().$type<string[]>(),
    createdAt: p.datetime(),
    /** The operator token or the operator that made it. */
    createdBy: p.text(),
    expiresAt: p.datetime().nullable(),
    /** To the minute. */
    lastUsedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
})

export type OperatorToken = InferEntity<typeof OperatorTokenSchema>

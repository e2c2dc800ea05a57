import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { Access } from './access.ts'
import type { KeyType } from './keyFormat.ts'

export const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    id: p.text().primary(),
    accountId: p.text(),
    name: p.text(),
    type: p.text().$type<KeyType>(),
    access: p.text().$type<Access>(),
    permissions: p.json().$type<string[]>(),
    /** `deleted` rows answer like none; they stay so that an old Redis can never bring the key back. */
    status: p.text().$type<'active' | 'revoked' | 'deleted'>(),
    digest: p.text(),
    hint: p.text(),
    allowedIps: p.json().$type<string[]>(),
    metadata: p.json().$type<Record<string, unknown>>(),
    /** Grows by one with every change; verifiers compare it, `ETag` shows it. */
    version: p.integer(),
    createdAt: p.datetime(),
    createdBy: p.text(),
    expiresAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    revokedReason: p.text().nullable(),
    rotatedFrom: p.text().nullable(),
    /** Set on keys that came by their hash: their value may be of any form. */
    importedAt: p.datetime().nullable(),
  },
})

export type ApiKey = InferEntity<typeof ApiKeySchema>

import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { Actor } from '../commands/Command.ts'

export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    id: p.bigint('string').primary().autoincrement(),
    accountId: p.text(),
    at: p.datetime(),
    /** `api-key.created`, `api-key.revoked`, `account.plan-changed`, … */
    action: p.text(),
    targetId: p.text().nullable(),
    actor: p.json().$type<Actor>(),
    details: p.json().$type<Record<string, unknown>>(),
  },
})

export type AuditEntry = InferEntity<typeof AuditEntrySchema>

import { defineEntity, p } from '@mikro-orm/core'
import type { Actor } from '../commands/Command.ts'

/** One entry of the operators' audit log: what changed the service, and no account. */
export const OperatorAuditEntrySchema = defineEntity({
  name: 'OperatorAuditEntry',
  tableName: 'operator_audit_entry',
  properties: {
    id: p.bigint('string').primary().autoincrement(),
    at: p.datetime(),
    action: p.text(),
    targetId: p.text().nullable(),
    actor: p.json().$type<Actor>(),
    details: p.json().$type<Record<string, unknown>>(),
  },
})

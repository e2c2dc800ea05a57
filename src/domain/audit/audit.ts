import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Command } from '../commands/Command.ts'
import { executeBound } from '../sql.ts'
import { AuditEntrySchema } from './AuditEntry.ts'
import type { AuditAction, OperatorAction } from './actions.ts'
import { OperatorAuditEntrySchema } from './OperatorAuditEntry.ts'

/** Records, in the transaction of the change, who did what and from where. */
export function audit(
  em: SqlEntityManager,
  command: Pick<Command, 'accountId' | 'actor'>,
  entry: {
    at: Date
    action: AuditAction
    targetId: string
    details?: Record<string, unknown>
    accountId?: string
  },
): void {
  const accountId = entry.accountId ?? command.accountId
  if (!accountId) return
  em.persist(
    em.create(AuditEntrySchema, {
      accountId,
      at: entry.at,
      action: entry.action,
      targetId: entry.targetId,
      actor: command.actor,
      details: entry.details ?? {},
    }),
  )
}

/** The same for what a command has done to many, in one statement: an entity for each takes much longer. */
export async function auditEach(
  em: SqlEntityManager,
  { accountId, actor }: Pick<Command, 'accountId' | 'actor'>,
  { at, action }: { at: Date; action: AuditAction },
  targets: { targetId: string; details: Record<string, unknown> }[],
): Promise<void> {
  await executeBound(
    em,
    `insert into audit_entry (account_id, at, action, target_id, actor, details)
     select $1, $2::timestamptz, $3, target ->> 'targetId', $4::jsonb, target -> 'details'
     from jsonb_array_elements($5::jsonb) with ordinality as t (target, n) order by n`,
    [accountId, at, action, JSON.stringify(actor), JSON.stringify(targets)],
  )
}

/** The same for what changes the service and no account: in the operators' audit log. */
export function auditOperators(
  em: SqlEntityManager,
  { actor }: Pick<Command, 'actor'>,
  entry: { at: Date; action: OperatorAction; targetId: string; details?: Record<string, unknown> },
): void {
  em.persist(em.create(OperatorAuditEntrySchema, { ...entry, actor, details: entry.details ?? {} }))
}

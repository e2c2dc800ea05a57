import { Command as Cli } from 'commander'
import { OperatorAuditEntrySchema } from '../domain/audit/OperatorAuditEntry.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

/** `audit-log`: the operators' own audit log. Those of accounts are at `GET /audit-log`. */
export function auditLogCommand(): Cli {
  return new Cli('audit-log')
    .description('show the operators’ audit log, newest first: changes that belong to no account')
    .option(
      '--limit <number>',
      'how many entries',
      (text) => Math.min(Math.max(1, Number(text) || 1), 10_000),
      100,
    )
    .action(async ({ limit }: { limit: number }, command: Cli) => {
      const rows = await withService(({ em }) =>
        em.find(OperatorAuditEntrySchema, {}, { orderBy: { id: 'desc' }, limit }),
      )
      print(
        command,
        rows.map(({ at, action, targetId, actor, details }) => ({
          at: at.toISOString(),
          action,
          targetId,
          actor,
          details,
        })),
      )
    })
}

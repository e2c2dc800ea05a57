import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { AuditAction } from '../../domain/audit/actions.ts'
import { audit, auditOperators } from '../../domain/audit/audit.ts'
import type { Command } from '../../domain/commands/Command.ts'
import type { CommandRegion } from '../../domain/regions.ts'

/** Puts into the answer which regions confirmed a change, which lapsed, and when. */
export function addFanOut(row: Command, outcomes: CommandRegion[], now: Date): void {
  const since = (row.appliedAt ?? row.createdAt).getTime()
  const regions = outcomes.map(({ region, outcome, at }) => ({
    region,
    outcome,
    tookMs: Math.max(0, (at ?? now).getTime() - since),
  }))
  row.result = {
    ...row.result,
    fanOut: { tookMs: Math.max(0, ...regions.map(({ tookMs }) => tookMs)), regions },
  }
}

/** The same, and puts it into the audit log under this action. */
export const recordFanOut =
  (action: AuditAction) =>
  (em: SqlEntityManager, row: Command, outcomes: CommandRegion[], now: Date): void => {
    addFanOut(row, outcomes, now)
    audit(em, row, { at: now, action, targetId: row.targetId ?? '', details: { regions: outcomes } })
  }

/** The same for a service token, in the operators' audit log. */
export function recordTokenFanOut(
  em: SqlEntityManager,
  row: Command,
  outcomes: CommandRegion[],
  now: Date,
): void {
  addFanOut(row, outcomes, now)
  const targetId = String(row.result?.serviceTokenId ?? '')
  const details = { regions: outcomes }
  auditOperators(em, row, { at: now, action: 'service-token.revocation-complete', targetId, details })
}

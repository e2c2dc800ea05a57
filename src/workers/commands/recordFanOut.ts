import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { audit } from '../../domain/audit/audit.ts'
import type { Command } from '../../domain/commands/Command.ts'
import type { CommandRegion } from '../../domain/regions.ts'

/** Puts into the answer and the audit log which regions confirmed a revocation, which lapsed, and when. */
export function recordFanOut(em: SqlEntityManager, row: Command, outcomes: CommandRegion[], now: Date): void {
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
  audit(em, row, {
    at: now,
    action: 'api-key.revocation-complete',
    targetId: row.targetId ?? '',
    details: { regions: outcomes },
  })
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { audit } from '../../domain/audit/audit.ts'
import type { Command } from '../../domain/commands/Command.ts'
import type { JobData } from '../../domain/jobs.ts'
import { type CommandRegion, readOutcomes } from '../../domain/regions.ts'
import { announceCommand, claimCommand } from '../commands/claimCommand.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Marks a command as done; BullMQ starts it when every region's child is done, and the rows have the last word on that.
 * Safe to run twice or late: only an applied command is finished, under its row's lock.
 */
export async function finishCommand(
  context: WorkerContext,
  { commandId }: JobData<'finish-command'>,
): Promise<void> {
  const command = await context.orm.em.fork().transactional((em) => finish(em, commandId, context.now()))
  if (command) await announceCommand(context, command)
}

/** Marks a command as done, in a transaction. Throws where a region has neither confirmed nor lapsed. */
export async function finish(em: SqlEntityManager, commandId: string, now: Date): Promise<Command | null> {
  const row = await claimCommand(em, commandId)
  if (row?.status !== 'applied') return row
  const outcomes = await readOutcomes(em, row.id)
  const open = outcomes.filter(({ outcome }) => outcome === null).map(({ region }) => region)
  if (open.length > 0) throw new Error(`The command ${row.id} has not reached ${open.join(', ')}.`)
  if (row.kind === 'revoke-api-key') recordFanOut(em, row, outcomes, now)
  row.status = 'succeeded'
  row.payload = {}
  row.finishedAt = now
  return row
}

/** Puts into the answer and the audit log which regions confirmed a revocation, which lapsed, and when. */
function recordFanOut(em: SqlEntityManager, row: Command, outcomes: CommandRegion[], now: Date): void {
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

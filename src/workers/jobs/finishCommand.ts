import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { audit } from '../../domain/audit/audit.ts'
import type { Command } from '../../domain/commands/Command.ts'
import type { JobData } from '../../domain/jobs.ts'
import { readOutcomes } from '../../domain/regions.ts'
import { announce, claim } from '../commandJob.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Marks a command as done; BullMQ starts it when every region's child is done. Safe to run twice or late: only an
 * applied command is finished, under its row's lock.
 */
export async function finishCommand(
  context: WorkerContext,
  { commandId }: JobData<'finish-command'>,
): Promise<void> {
  const command = await context.orm.em.fork().transactional(async (em) => {
    const row = await claim(em, commandId)
    if (row?.status !== 'applied') return row
    if (row.kind === 'revoke-api-key') await tellRegions(em, row, context.now())
    row.status = 'succeeded'
    row.finishedAt = context.now()
    return row
  })
  if (command) await announce(context, command)
}

/** Puts into the answer and the audit log which regions confirmed a revocation, which lapsed, and when. */
async function tellRegions(em: SqlEntityManager, row: Command, now: Date): Promise<void> {
  const since = (row.appliedAt ?? row.createdAt).getTime()
  const outcomes = await readOutcomes(em, row.id)
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

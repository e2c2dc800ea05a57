import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Command } from '../../domain/commands/Command.ts'
import type { CommandKind } from '../../domain/commands/catalogue.ts'
import type { JobData } from '../../domain/jobs.ts'
import { readOutcomes } from '../../domain/regions.ts'
import { announceCommand, lockCommand } from '../commands/commandRow.ts'
import { whenFinished } from '../commands/whenFinished.ts'
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
  const row = await lockCommand(em, commandId)
  if (row?.status !== 'applied') return row
  const outcomes = await readOutcomes(em, row.id)
  const open = outcomes.filter(({ outcome }) => outcome === null).map(({ region }) => region)
  if (open.length > 0) throw new Error(`The command ${row.id} has not reached ${open.join(', ')}.`)
  whenFinished[row.kind as CommandKind]?.(em, row, outcomes, now)
  row.status = 'succeeded'
  row.payload = {}
  row.finishedAt = now
  return row
}

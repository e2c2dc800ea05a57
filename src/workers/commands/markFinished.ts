import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Command } from '../../domain/commands/Command.ts'
import type { CommandKind } from '../../domain/commands/catalogue.ts'
import { readOutcomes } from '../../domain/regions.ts'
import { writeOutbox } from '../../platform/outbox.ts'
import { lockCommand } from './commandRow.ts'
import { continueWith, whenFinished } from './whenFinished.ts'

/**
 * Marks a command as done, in a transaction; one that continues stays applied, and its job is in the outbox. Throws
 * where a region has neither confirmed nor lapsed.
 */
export async function markFinished(
  em: SqlEntityManager,
  commandId: string,
  now: Date,
): Promise<Command | null> {
  const row = await lockCommand(em, commandId)
  if (row?.status !== 'applied') return row
  const outcomes = await readOutcomes(em, row.id)
  const open = outcomes.filter(({ outcome }) => outcome === null).map(({ region }) => region)
  if (open.length > 0) throw new Error(`The command ${row.id} has not reached ${open.join(', ')}.`)
  whenFinished[row.kind as CommandKind]?.(em, row, outcomes, now)
  const next = continueWith[row.kind as CommandKind]?.(row)
  if (next) {
    await writeOutbox(em, next)
    return row
  }
  row.status = 'succeeded'
  row.payload = {}
  row.finishedAt = now
  return row
}

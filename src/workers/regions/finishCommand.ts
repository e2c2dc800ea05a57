import type { CommandKind } from '../../domain/commands/catalogue.ts'
import type { JobData } from '../../domain/jobs.ts'
import { relayOutbox } from '../../platform/outbox.ts'
import { announceCommand } from '../commands/commandRow.ts'
import { markFinished } from '../commands/markFinished.ts'
import { afterFinished } from '../commands/whenFinished.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Marks a command as done. BullMQ starts it when the job of every region is done; the rows decide whether that is so.
 * Safe to run twice or late: only an applied command is finished, under its row's lock.
 */
export async function finishCommand(
  context: WorkerContext,
  { commandId }: JobData<'finish-command'>,
): Promise<void> {
  const command = await context.orm.em
    .fork()
    .transactional((em) => markFinished(em, commandId, context.now()))
  if (!command) return
  await announceCommand(context, command)
  if (command.status === 'applied') await relayOutbox(context.orm.em, context.queues.send)
  await afterFinished[command.kind as CommandKind]?.(context, command)
}

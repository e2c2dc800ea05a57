import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type Command, CommandSchema } from '../../domain/commands/Command.ts'
import type { Failure } from '../../domain/failure.ts'
import type { WorkerContext } from '../context.ts'

/** The command's row, locked until the transaction ends; null where there is none. */
export function lockCommand(em: SqlEntityManager, commandId: string): Promise<Command | null> {
  return em.findOne(CommandSchema, { id: commandId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
}

/**
 * Logs a command's outcome under the ID of the request that asked for it, and wakes whoever waits. Twice does no
 * harm.
 */
export async function announceCommand(context: WorkerContext, command: Command): Promise<void> {
  const { id, kind, status, accountId, actor } = command
  context.log.info(
    { commandId: id, kind, status, accountId, requestId: actor.requestId },
    'a command is done',
  )
  await context.reply(command.replyTo ?? null, id)
}

/** Ends a pending command with a problem. */
export async function refuse(context: WorkerContext, commandId: string, refusal: Failure, now: Date) {
  return context.orm.em.fork().transactional(async (em) => {
    const command = await lockCommand(em, commandId)
    if (command?.status !== 'pending') return command
    command.status = 'failed'
    command.payload = {}
    command.problem = { code: refusal.code, details: refusal.details }
    command.finishedAt = now
    return command
  })
}

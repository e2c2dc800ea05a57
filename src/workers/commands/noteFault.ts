import type { CommandKind } from '../../domain/commands/catalogue.ts'
import { isHopeless } from '../../domain/commands/giveUp.ts'
import { Failure } from '../../domain/failure.ts'
import type { WorkerContext } from '../context.ts'
import { faultOf } from './faultOf.ts'

/**
 * Counts a failed try in the command's row, unless something was only away. Returns the problem the command ends with
 * once it can never succeed; undefined while it is worth another try.
 */
export async function noteFault(
  context: WorkerContext,
  { commandId, kind }: { commandId: string; kind: CommandKind },
  error: unknown,
  now: Date,
): Promise<Failure | undefined> {
  const fault = faultOf(error)
  if (fault === 'away') return undefined
  const [row] = await context.orm.em.fork().execute<{ tries: number; failing_since: string }[]>(
    `update command set tries = tries + 1, failing_since = coalesce(failing_since, ?)
     where id = ? and status = 'pending' returning tries, failing_since`,
    [now, commandId],
  )
  if (!row) return undefined
  const failed = { tries: row.tries, since: new Date(row.failing_since) }
  const entry = { commandId, kind, fault, tries: failed.tries, err: error }
  if (!isHopeless(fault, failed, now)) {
    context.log.error(entry, 'a command failed; it will be tried again')
    return undefined
  }
  context.log.error(entry, 'a command is given up: it can never succeed')
  context.metrics.commandsGivenUp.inc({ kind })
  return givenUp(commandId)
}

export const givenUp = (operationId: string) =>
  new Failure('internal-error', {
    detail:
      'Something is wrong with this command on our side, so nothing was changed. Its ID finds it in our logs.',
    operationId,
  })

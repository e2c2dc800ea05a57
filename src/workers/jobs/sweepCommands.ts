import { CommandSchema } from '../../domain/commands/Command.ts'
import type { CommandKind } from '../../domain/jobs.ts'
import { readOutcomes } from '../../domain/regions.ts'
import { fanOut } from '../commandJob.ts'
import type { WorkerContext } from '../context.ts'

/** From 10 s on, doubled with each sweep up to 5 minutes: a backlog is not made longer by asking again. */
const nextSweepMs = (sweeps: number) => Math.min(10_000 * 2 ** sweeps, 300_000)

/**
 * Sends again the jobs of commands that are not finished: their queue was away when they were written, or a
 * worker died. Safe to run twice: jobs only act on what their row still asks for.
 */
export async function sweepCommands(context: WorkerContext): Promise<void> {
  const now = context.now()
  const unfinished = await context.orm.em.fork().transactional(async (em) => {
    const commands = await em.find(
      CommandSchema,
      { status: { $in: ['pending', 'applied'] }, sweepAt: { $lte: now } },
      { orderBy: { sweepAt: 'asc' }, limit: 200 },
    )
    for (const command of commands) {
      command.sweeps += 1
      command.sweepAt = new Date(now.getTime() + nextSweepMs(command.sweeps))
    }
    return commands
  })
  for (const command of unfinished) {
    context.log.warn(
      { commandId: command.id, kind: command.kind, status: command.status },
      'sweeping a command',
    )
    const outcomes = await readOutcomes(context.orm.em.fork(), command.id)
    const again = fanOut(
      command,
      outcomes.map(({ region }) => region),
    )
    if (command.status === 'applied' && again) await context.queues.send(again)
    else
      await context.queues.add(
        command.kind as CommandKind,
        { commandId: command.id },
        `${command.id}-${command.sweeps}`,
      )
  }
}

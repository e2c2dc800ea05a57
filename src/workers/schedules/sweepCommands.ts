import { type Swept, takeUnfinished } from '../../domain/commands/commandStore.ts'
import { UNCLEAR_HOURS } from '../../domain/commands/giveUp.ts'
import { priorityBehind } from '../../domain/commands/limits.ts'
import { jobs } from '../../domain/jobs.ts'
import { readOutcomes } from '../../domain/regions.ts'
import { HOUR_MS } from '../../domain/time.ts'
import { refuse } from '../commands/commandRow.ts'
import { fanOut } from '../commands/fanOut.ts'
import { givenUp } from '../commands/noteFault.ts'
import type { WorkerContext } from '../context.ts'
import { finishCommand } from '../regions/finishCommand.ts'

/** Commands per statement, and statements per run: the next run continues. */
const AT_ONCE = 200
const ROUNDS = 10

/**
 * Sends again the jobs of commands that are not finished: their queue was away when they were written, BullMQ has
 * dropped them, or a worker died. Each command has one job by its ID, so that sending again adds none to those there
 * are. Safe to run twice: jobs only act on what their row still asks for.
 */
export async function sweepCommands(context: WorkerContext): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const swept = await takeUnfinished(context.orm.em.fork(), context.now(), AT_ONCE)
    const failures = await sendAll(context, swept)
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} commands could not be sent`)
    if (swept.length < AT_ONCE) return
  }
}

/** Sends each; one that fails keeps no other from being sent. Returns what went wrong. */
async function sendAll(context: WorkerContext, swept: Swept[]): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const command of swept) {
    const { id, kind, status } = command
    context.log.warn({ commandId: id, kind, status }, 'sweeping a command')
    await sendAgain(context, command).catch((error) => failures.push(error))
  }
  return failures
}

async function sendAgain(context: WorkerContext, command: Swept): Promise<void> {
  const { id, kind, status, accountId, ahead } = command
  if (!Object.hasOwn(jobs, kind)) return endUnknown(context, command)
  if (status === 'applied') {
    const outcomes = await readOutcomes(context.orm.em.fork(), id)
    // A flow sent again would still wait for the job of a region that was removed: no worker takes it any more.
    if (outcomes.length > 0 && outcomes.every(({ outcome }) => outcome !== null))
      return finishCommand(context, { commandId: id })
    const regions = outcomes.map(({ region }) => region)
    const flow = fanOut(command, regions)
    if (flow) return context.queues.sendAgain(flow)
  }
  const data = { commandId: id, accountId: accountId ?? undefined }
  await context.queues.sendAgain({ kind: 'job', name: kind, data, id, priority: priorityBehind(ahead) })
}

/** Another release may know the kind: until it has had a day, the command waits for that. */
async function endUnknown(context: WorkerContext, { id, kind, createdAt }: Swept): Promise<void> {
  const now = context.now()
  if (now.getTime() - new Date(createdAt).getTime() < UNCLEAR_HOURS * HOUR_MS) return
  context.log.error({ commandId: id, kind }, 'a command is given up: no worker knows its kind')
  context.metrics.commandsGivenUp.inc({ kind: 'unknown' })
  await refuse(context, id, givenUp(id), now)
}

import type { Job } from 'bullmq'
import { type CommandKind, commands, isEnding } from '../../domain/commands/catalogue.ts'
import {
  DEATHS,
  isDeadly,
  noteRun,
  noteSurvived,
  pauseAfterDeaths,
  readDeaths,
} from '../../domain/commands/deaths.ts'
import { Failure } from '../../domain/failure.ts'
import type { WorkerContext } from '../context.ts'
import { Postponed } from '../Postponed.ts'

import { announceCommand, refuse } from './commandRow.ts'

type Suspect = Pick<Job, 'name' | 'data' | 'stalledCounter'>

/**
 * Runs a job. If it is that of a command whose worker died in an earlier run, its runs are counted in the command's
 * row, and the next one comes later each time. A command that no worker survives ends as failed: as long as it is
 * tried, it takes every worker down that tries it, with all that is in hand there. Deaths with another cause (a
 * deploy, a machine that fails) end an innocent command only if one befalls each of ten runs in a row, at times that
 * differ by chance, over an hour.
 *
 * The first run of a job is not counted: whether its worker dies, the next one knows from BullMQ. Throws Postponed.
 */
export async function runSuspect<Value>(
  context: WorkerContext,
  job: Suspect,
  run: () => Promise<Value>,
  random = Math.random,
): Promise<Value | undefined> {
  const { commandId } = job.data as { commandId?: string }
  if (job.stalledCounter === 0 || commandId === undefined || !Object.hasOwn(commands, job.name)) return run()
  const kind = job.name as CommandKind
  const ending = isEnding(kind)
  const em = context.orm.em.fork()
  const deaths = await readDeaths(em, commandId)
  if (!deaths) return run()
  const now = context.now()
  if (isDeadly(deaths, ending, now)) {
    await giveUp(context, { commandId, kind }, deaths.count)
    return undefined
  }
  const rested = now.getTime() - deaths.last.getTime()
  if (rested < pauseAfterDeaths(deaths.count, ending, 0))
    throw new Postponed(pauseAfterDeaths(deaths.count, ending, random()) - rested)
  await noteRun(em, commandId, now)
  try {
    return await run()
  } finally {
    // What cannot be noted now is noted by a later run.
    await noteSurvived(em, commandId).catch(() => {})
  }
}

async function giveUp(
  context: WorkerContext,
  { commandId, kind }: { commandId: string; kind: CommandKind },
  deaths: number,
): Promise<void> {
  context.log.error({ commandId, kind, deaths }, 'a command is given up: no worker survived it')
  context.metrics.commandsGivenUp.inc({ kind })
  const command = await refuse(context, commandId, noWorkerSurvived(commandId), context.now())
  if (command) await announceCommand(context, command)
}

const noWorkerSurvived = (operationId: string) =>
  new Failure('internal-error', {
    detail:
      `Our workers stopped unexpectedly at least ${DEATHS} times in a row while they ran this command, so we gave it up. ` +
      'Nothing was changed. Its ID finds it in our logs.',
    operationId,
  })

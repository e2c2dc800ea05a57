import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Command } from '../../domain/commands/Command.ts'
import { type CommandPayload, payloads } from '../../domain/commands/payloads.ts'
import { requireActor, requireSameActor } from '../../domain/commands/requireActor.ts'
import { Failure } from '../../domain/failure.ts'
import { type CommandKind, isEnding, jobs, type OutboxMessage } from '../../domain/jobs.ts'
import { expectConfirmations, regionsToReach } from '../../domain/regions.ts'
import { relayOutbox, writeOutbox } from '../../platform/outbox.ts'
import type { WorkerContext } from '../context.ts'
import { type AppliedCommand, finishDirectly } from '../regions/finishDirectly.ts'
import { announceCommand, claimCommand } from './claimCommand.ts'
import { noteFault } from './noteFault.ts'

/** What a command has changed: the result to show, and whose state every region must learn before it is done. */
export type Applied = {
  result: Record<string, unknown>
  keyIds?: string[]
  accountIds?: string[]
  /** Jobs that follow once the change is committed; nobody waits for them. */
  follow?: OutboxMessage[]
}

export type CommandInput<Kind extends CommandKind> = {
  em: SqlEntityManager
  command: Command
  payload: CommandPayload<Kind>
  now: Date
}

/**
 * Runs a command's job: claim, load and decide (`apply`), write, enqueue next, in one transaction. Then the regions
 * learn of it, here if they answer, else by the flow that was enqueued.
 *
 * Safe to run twice: the row is locked while it is applied and applied only while it is pending, and what follows
 * leaves through the outbox of the same transaction. A rule's refusal is the command's outcome. Anything else is
 * thrown, rolls everything back, and the job is retried, unless the command can never succeed (`noteFault`).
 */
export function commandJob<Kind extends CommandKind>(
  kind: Kind,
  apply: (input: CommandInput<Kind>) => Promise<Applied>,
) {
  return async (context: WorkerContext, { commandId }: { commandId: string }): Promise<void> => {
    const now = context.now()
    let command: Command | null = null
    let refusal: Failure | undefined
    let follows = false
    let applied: AppliedCommand | undefined
    try {
      command = await context.orm.em.fork().transactional(async (em) => {
        const claimed = await claimCommand(em, commandId)
        if (claimed?.status !== 'pending') return claimed
        const payload = payloads[kind].parse(claimed.payload) as CommandPayload<Kind>
        const held = await requireActor(em, claimed, now)
        const { follow = [], ...change } = await apply({ em, command: claimed, payload, now })
        applied = await record(em, claimed, change, now)
        for (const message of follow) await writeOutbox(em, message)
        follows = follow.length > 0
        if (mustStillHold(kind, claimed)) await requireSameActor(em, claimed, now, held)
        return claimed
      })
    } catch (error) {
      refusal = error instanceof Failure ? error : await noteFault(context, { commandId, kind }, error, now)
      if (!refusal) throw error
      applied = undefined
      follows = false
    }
    if (refusal) command = await refuse(context, commandId, refusal, now)
    if (applied) command = (await finishDirectly(context, applied)) ?? command
    if (!command) return
    if (command.status === 'applied') await relayOutbox(context.orm.em, context.queues.send)
    else await announceCommand(context, command)
    // What is left, or cannot be sent now, the schedule sends: the command is done.
    if (follows && command.status === 'succeeded')
      await relayOutbox(context.orm.em, context.queues.send).catch(() => {})
  }
}

/**
 * Whether the actor must hold at the commit what the command was decided by. A revocation waits for no lock of its
 * actor's. Who changes themselves has had their own row locked.
 */
function mustStillHold(kind: CommandKind, { targetId, actor }: Command): boolean {
  return (!isEnding(kind) || kind === 'remove-member') && targetId !== actor.id
}

/** Records a change in its command's row, and which regions must learn of it before the command is done, if any. */
async function record(
  em: SqlEntityManager,
  command: Command,
  { result, keyIds = [], accountIds = [] }: Applied,
  now: Date,
): Promise<AppliedCommand | undefined> {
  Object.assign(command, { result, appliedAt: now, propagate: { keyIds, accountIds }, payload: {} })
  const regions = await regionsToReach(em)
  const next = fanOut(command, regions)
  if (!next) {
    Object.assign(command, { status: 'succeeded', finishedAt: now })
    return undefined
  }
  command.status = 'applied'
  await expectConfirmations(em, command.id, regions)
  return { command, regions, outboxId: await writeOutbox(em, next) }
}

/**
 * The flow that ends an applied command: its parent waits for one child per region. None where no region is
 * concerned.
 */
export function fanOut(
  command: Pick<Command, 'id' | 'kind' | 'propagate'>,
  regions: string[],
): OutboxMessage | undefined {
  const { keyIds, accountIds } = command.propagate ?? { keyIds: [], accountIds: [] }
  if (keyIds.length + accountIds.length === 0) return undefined
  const { queue } = jobs[command.kind as CommandKind]
  // Of the jobs for a region, those that end something go first.
  const priority = queue === 'revocations' ? 0 : 1
  return {
    kind: 'flow',
    parent: { name: 'finish-command', data: { commandId: command.id }, id: `${command.id}-finish`, queue },
    children: regions.map((region) => ({
      name: 'propagate-state' as const,
      data: { commandId: command.id, region, keyIds, accountIds },
      id: `${command.id}-${region}`,
      priority,
    })),
  }
}

/** Ends a pending command with a problem. */
export async function refuse(context: WorkerContext, commandId: string, refusal: Failure, now: Date) {
  return context.orm.em.fork().transactional(async (em) => {
    const command = await claimCommand(em, commandId)
    if (command?.status !== 'pending') return command
    command.status = 'failed'
    command.payload = {}
    command.problem = { code: refusal.code, details: refusal.details }
    command.finishedAt = now
    return command
  })
}

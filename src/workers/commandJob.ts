import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type Command, CommandSchema } from '../domain/commands/Command.ts'
import { type CommandPayload, payloads } from '../domain/commands/payloads.ts'
import { Failure } from '../domain/failure.ts'
import type { CommandKind, OutboxMessage } from '../domain/jobs.ts'
import { expectConfirmations, regionsToReach } from '../domain/regions.ts'
import { relayOutbox, writeOutbox } from '../platform/outbox.ts'
import type { WorkerContext } from './context.ts'

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
 * Runs a command's job: claim, load and decide (`apply`), write, enqueue next, in one transaction.
 *
 * Safe to run twice: the row is locked while it is applied and applied only while it is pending, and what
 * follows leaves through the outbox of the same transaction. A rule's refusal is the command's outcome;
 * anything else is thrown, rolls everything back, and the job is retried.
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
    try {
      command = await context.orm.em.fork().transactional(async (em) => {
        const claimed = await claim(em, commandId)
        if (claimed?.status !== 'pending') return claimed
        const payload = payloads[kind].parse(claimed.payload) as CommandPayload<Kind>
        const applied = await apply({ em, command: claimed, payload, now })
        claimed.result = applied.result
        claimed.appliedAt = now
        claimed.propagate = { keyIds: applied.keyIds ?? [], accountIds: applied.accountIds ?? [] }
        const regions = await regionsToReach(em)
        const next = fanOut(claimed, regions)
        if (next) await expectConfirmations(em, claimed.id, regions)
        claimed.status = next ? 'applied' : 'succeeded'
        claimed.finishedAt = next ? null : now
        if (next) await writeOutbox(em, next)
        for (const message of applied.follow ?? []) await writeOutbox(em, message)
        follows = (applied.follow ?? []).length > 0
        return claimed
      })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      refusal = error
    }
    if (refusal) command = await refuse(context, commandId, refusal, now)
    if (!command) return
    if (command.status === 'applied') await relayOutbox(context.orm.em, context.queues.send)
    else await announce(context, command)
    // What is left, or cannot be sent now, the schedule sends: the command is done.
    if (follows && command.status === 'succeeded')
      await relayOutbox(context.orm.em, context.queues.send).catch(() => {})
  }
}

/** The flow that ends an applied command: its parent waits for one child per region. None where no region is concerned. */
export function fanOut(
  command: Pick<Command, 'id' | 'sweeps' | 'propagate'>,
  regions: string[],
): OutboxMessage | undefined {
  const { keyIds, accountIds } = command.propagate ?? { keyIds: [], accountIds: [] }
  if (keyIds.length + accountIds.length === 0) return undefined
  const run = `${command.id}-${command.sweeps}`
  return {
    kind: 'flow',
    parent: { name: 'finish-command', data: { commandId: command.id }, id: `${run}-finish` },
    children: regions.map((region) => ({
      name: 'propagate-state' as const,
      data: { commandId: command.id, region, keyIds, accountIds },
      id: `${run}-${region}`,
    })),
  }
}

/** The command's row, locked until the transaction ends; null where there is none. */
export function claim(em: SqlEntityManager, commandId: string): Promise<Command | null> {
  return em.findOne(CommandSchema, { id: commandId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
}

/** Logs a command's outcome under the ID of the request that asked for it, and wakes whoever waits. Twice does no harm. */
export async function announce(context: WorkerContext, command: Command): Promise<void> {
  const { id, kind, status, accountId, actor } = command
  context.log.info(
    { commandId: id, kind, status, accountId, requestId: actor.requestId },
    'a command is done',
  )
  await context.reply(command.replyTo ?? null, id)
}

async function refuse(context: WorkerContext, commandId: string, refusal: Failure, now: Date) {
  return context.orm.em.fork().transactional(async (em) => {
    const command = await claim(em, commandId)
    if (command?.status !== 'pending') return command
    command.status = 'failed'
    command.problem = { code: refusal.code, details: refusal.details }
    command.finishedAt = now
    return command
  })
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { requireStillActive } from '../../domain/accounts/accountStatus.ts'
import { type Command, isCompany, type Propagated } from '../../domain/commands/Command.ts'
import {
  type AccountIdOf,
  type CommandKind,
  type CommandPayload,
  commands,
  isEnding,
} from '../../domain/commands/catalogue.ts'
import { requireActor, requireSameActor } from '../../domain/commands/requireActor.ts'
import { requireNotErasing } from '../../domain/erasure/erasing.ts'
import { Failure } from '../../domain/failure.ts'
import type { OutboxMessage } from '../../domain/jobs.ts'
import type { Ended, JournalEntry } from '../../domain/journal/JournalEntry.ts'
import { appendToJournal, findInJournal } from '../../domain/journal/journalStore.ts'
import { expectConfirmations, shardsToReach } from '../../domain/regions.ts'
import { outboxRow, relayOutbox, writeOutbox } from '../../platform/outbox.ts'
import type { WorkerContext } from '../context.ts'
import { carryStates, prepareRegions } from '../regions/carryStates.ts'
import { type AppliedCommand, finishDirectly } from '../regions/finishDirectly.ts'
import { announceCommand, lockCommand, refuse } from './commandRow.ts'
import { fanOut } from './fanOut.ts'
import { noteFault } from './noteFault.ts'

/** What a command has changed: the result to show, and whose state every region must learn before it is done. */
export type Applied = {
  result: Record<string, unknown>
  keyIds?: string[]
  accountIds?: string[]
  serviceTokenIds?: string[]
  /** What it ended: regions remember that for the day on which an old backup is restored. */
  ended?: Ended
  /** It had ended before: regions get the entry that the journal has, so that repeats fill nothing up. */
  repeats?: boolean
  /** Other commands do the rest, and finish this one. */
  continues?: boolean
  /** Jobs that follow once the change is committed; nobody waits for them. */
  follow?: OutboxMessage[]
}

/** A command's row. Unless the command is one of the service, it names an account. */
type CommandOf<Kind extends CommandKind> = Command & { accountId: AccountIdOf<Kind> }

type CommandInput<Kind extends CommandKind> = {
  em: SqlEntityManager
  command: CommandOf<Kind>
  payload: CommandPayload<Kind>
  now: Date
}

type Apply<Kind extends CommandKind> = (input: CommandInput<Kind>) => Promise<Applied>

/**
 * Runs a command's job: lock, load and decide (`apply`), write, enqueue next, in one transaction. Then the regions
 * learn of it, here if they answer, else by the flow that was enqueued.
 *
 * Safe to run twice: the row is locked while it is applied and applied only while it is pending, and what follows
 * leaves through the outbox of the same transaction. A rule's refusal is the command's outcome. Anything else is
 * thrown, rolls everything back, and the job is retried, unless the command can never succeed (`noteFault`).
 */
export function commandJob<Kind extends CommandKind>(kind: Kind, apply: Apply<Kind>) {
  return async (context: WorkerContext, { commandId }: { commandId: string }): Promise<void> => {
    const now = context.now()
    let run: Run
    try {
      run = await runOnce(context, { kind, commandId }, apply, now)
    } catch (error) {
      const refusal =
        error instanceof Failure ? error : await noteFault(context, { commandId, kind }, error, now)
      if (!refusal) throw error
      run = { command: await refuse(context, commandId, refusal, now), follows: false }
    }
    context.endTurn?.()
    const finished = run.applied && (await finishDirectly(context, run.applied))
    const command = finished ?? run.command
    if (!command) return
    // When a command continues after its regions have confirmed, its caller waits for the regions only.
    if (finished || command.status !== 'applied') await announceCommand(context, command)
    // After whoever waits: their answer is read from the same Postgres.
    context.events.soon()
    if (command.status === 'applied') await relayOutbox(context.orm.em, context.queues.send)
    // What is left, or cannot be sent now, the schedule sends: the command is done.
    if (run.follows && command.status === 'succeeded')
      await relayOutbox(context.orm.em, context.queues.send).catch(() => {})
  }
}

/** `applied`: what regions must learn of. `follows`: whether the outbox has jobs for which nobody waits. */
type Run = { command: Command | null; applied?: AppliedCommand | undefined; follows: boolean }

/** Applies a command that is pending, in one transaction. Any other row is returned as it is. */
function runOnce<Kind extends CommandKind>(
  context: WorkerContext,
  { kind, commandId }: { kind: Kind; commandId: string },
  apply: Apply<Kind>,
  now: Date,
): Promise<Run> {
  return context.orm.em.fork().transactional(async (em) => {
    const row = await lockCommand(em, commandId)
    if (row?.status !== 'pending') return { command: row, follows: false }
    const command = ofItsAccount(kind, row)
    if (command.accountId !== null && kind !== 'erase-account') await requireNotErasing(em, command.accountId)
    const payload = commands[kind].payload.parse(command.payload) as CommandPayload<Kind>
    const held = await requireActor(em, command, now)
    const { follow = [], ...change } = await apply({ em, command, payload, now })
    const earlier = change.repeats && change.ended ? await findInJournal(em, change.ended) : undefined
    const applied = await record(context, em, command, { ...change, earlier }, now)
    for (const message of follow) await writeOutbox(em, message)
    if (mustStillHold(kind, command)) await requireSameActor(em, command, now, held)
    if (mustBeActive(kind, command)) await requireStillActive(em, command.accountId)
    if (applied && change.ended)
      applied.entries.push(earlier ?? (await appendToJournal(em, command.id, change.ended)))
    return { command, applied, follows: follow.length > 0 }
  })
}

/** Refuses the row of an account's command that names no account. Nothing of ours writes one. */
function ofItsAccount<Kind extends CommandKind>(kind: Kind, row: Command): CommandOf<Kind> {
  if (commands[kind].ofAccount && !row.accountId)
    throw new Failure('account-not-found', { detail: 'This command names no account.' })
  return row as CommandOf<Kind>
}

/**
 * Whether the actor must hold at the commit what the command was decided by. A revocation waits for no lock of its
 * actor's. Who changes themselves has had their own row locked.
 */
function mustStillHold(kind: CommandKind, { targetId, actor }: Command): boolean {
  return (!isEnding(kind) || kind === 'remove-member') && targetId !== actor.id
}

/**
 * Whether a suspension refuses the command. The company may change what is suspended, and what ends something may end.
 * Who changes themselves has changed their password.
 */
function mustBeActive<Kind extends CommandKind>(
  kind: Kind,
  command: Command,
): command is Command & { accountId: string } {
  const { accountId, actor } = command
  return accountId !== null && !isCompany(actor) && mustStillHold(kind, command)
}

/** The accounts that a change concerns; undefined: all of them, as with service tokens. */
function accountsOf(
  { accountId }: Command,
  { keyIds, accountIds, serviceTokenIds = [] }: Propagated,
): string[] | undefined {
  if (keyIds.length === 0 && serviceTokenIds.length === 0) return accountIds
  return serviceTokenIds.length > 0 || !accountId ? undefined : [accountId, ...accountIds]
}

/** `earlier`: the entry of the journal that the command repeats. */
type Recorded = Applied & { earlier: JournalEntry | undefined }

/**
 * Records a change in its command's row, and which regions must learn of it before the command is done, if any; reads
 * what they must learn. Every change of the command is made by now.
 */
async function record(
  context: WorkerContext,
  em: SqlEntityManager,
  command: Command,
  { result, keyIds = [], accountIds = [], serviceTokenIds = [], continues = false, earlier }: Recorded,
  now: Date,
): Promise<AppliedCommand | undefined> {
  const propagate = { keyIds, accountIds, serviceTokenIds, ...(earlier && { repeats: earlier.id }) }
  Object.assign(command, { result, appliedAt: now, propagate, payload: {} })
  const regions = await shardsToReach(em, context.shards, accountsOf(command, propagate))
  const next = fanOut(command, regions)
  if (!next) {
    Object.assign(command, continues ? { status: 'applied' } : { status: 'succeeded', finishedAt: now })
    return undefined
  }
  command.status = 'applied'
  const prepared = prepareRegions(context, regions)
  const outboxId = await expectConfirmations(em, command.id, regions, outboxRow(next))
  await em.flush()
  const carried = await carryStates(em, prepared, propagate, now)
  return { command, regions, outboxId, carried, entries: [] }
}

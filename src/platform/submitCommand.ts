import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type Actor, type Command, CommandSchema, isCompany } from '../domain/commands/Command.ts'
import type { AccountIdOf, CommandKind, CommandPayload } from '../domain/commands/catalogue.ts'
import { FIRST_SWEEP_MS, insertCommand } from '../domain/commands/commandStore.ts'
import { freeKey, lockKey } from '../domain/commands/idempotencyKeys.ts'
import { mostUnfinished, NO_LIMIT, priorityBehind, tooManyUnfinished } from '../domain/commands/limits.ts'
import { Failure, idempotencyConflict } from '../domain/failure.ts'
import { newId } from '../domain/ids.ts'
import { DAY_MS } from '../domain/time.ts'
import type { Log } from './log.ts'
import type { Queues } from './queues.ts'
import type { Replies } from './replies.ts'
import type { Sealer } from './seal.ts'
import { tracing } from './tracing.ts'
import { within } from './within.ts'

/** How long the outcome of a command may take to read, once it was waited for long enough. */
const LOOK_MS = 1_000
const IDEMPOTENCY_MS = DAY_MS

export type CommandDeps = {
  queues: Queues
  replies: Replies
  sealer: Sealer
  log: Log
  waitMs: number
  now: () => Date
  /** Called when the command is stored, and all that is left is to wait for its outcome. */
  onSubmitted?: () => void
  /** Called with how long the caller waited, in seconds, and for what outcome (`pending` past the bound). */
  onAnswered?: (kind: CommandKind, outcome: string, seconds: number) => void
}

export type Submission<Kind extends CommandKind> = {
  kind: Kind
  accountId: AccountIdOf<Kind>
  targetId: string | null
  payload: CommandPayload<Kind>
  actor: Actor
  /** What the actor must still hold when the command is applied. */
  permission?: string
  /** The secret whose digest the payload carries, to be sealed for a repeated request. */
  secret?: string
  idempotency?: Idempotency
}

/** `plainHash`: of method, path and body. It is stored keyed, as the header is. */
type Idempotency = { header: string; plainHash: string }

export type Submitted = { command: Command; secret?: string; replayed: boolean }

/**
 * Makes a command durable as a row, sends its job, and waits for the outcome up to the bound. The row owns
 * correctness: when the queue is away the sweeper sends the job later, and the answer is "pending".
 *
 * Throws Failure `idempotency-conflict` (other body under the same key), `idempotency-in-flight`, or
 * `rate-limit-exceeded` where the account has too many unfinished ones.
 */
export function submitCommand<Kind extends CommandKind>(
  em: SqlEntityManager,
  deps: CommandDeps,
  submission: Submission<Kind>,
): Promise<Submitted> {
  const id = newId('operation')
  const facts = { 'pictify.command.kind': submission.kind, 'pictify.command.id': id }
  return tracing.traced(`command ${submission.kind}`, facts, () => submit(em, deps, submission, id))
}

async function submit<Kind extends CommandKind>(
  em: SqlEntityManager,
  deps: CommandDeps,
  submission: Submission<Kind>,
  id: string,
): Promise<Submitted> {
  const { idempotency } = submission
  const started = performance.now()
  const { inserted, ahead } = await insert(em, deps, submission, id)
  if (!inserted) {
    const replay = idempotency && (await findReplay(em, deps, submission.accountId, idempotency))
    if (replay) return replay
    throw tooManyUnfinished(submission.kind)
  }

  const answered = deps.replies.wait(id, deps.waitMs)
  // An account with a backlog queues behind itself. The company does not queue behind what it suspends.
  const [accountId, priority] = isCompany(submission.actor)
    ? [null, 0]
    : [submission.accountId, priorityBehind(ahead)]
  const data = { commandId: id, accountId: accountId ?? undefined }
  const sent = await deps.queues.add(submission.kind, data as never, id, { priority }).then(
    () => true,
    (error) => {
      deps.log.seldom.warn(
        { commandId: id, err: error },
        'the queue is away; the sweeper will send the command',
      )
      return false
    },
  )
  deps.onSubmitted?.()
  if (sent) await answered
  const command = await within(LOOK_MS, em.fork().findOneOrFail(CommandSchema, { id })).catch((error) => {
    // The row is there, and will be done: that its outcome cannot be read now is no reason to ask for it again.
    deps.log.seldom.warn({ commandId: id, err: error }, 'the outcome of a command cannot be read')
    return pending(submission, id, deps.now())
  })
  const outcome = command.status === 'applied' ? 'pending' : command.status
  tracing.note({ 'pictify.outcome': outcome })
  deps.onAnswered?.(submission.kind, outcome, (performance.now() - started) / 1000)
  return { command, secret: submission.secret, replayed: false }
}

/** A command as its caller sees it that was just inserted. */
function pending(submission: Submission<CommandKind>, id: string, createdAt: Date): Command {
  const { kind, accountId, targetId, payload, actor } = submission
  const none = { result: null, problem: null, finishedAt: null }
  return { id, kind, accountId, targetId, payload, actor, status: 'pending', createdAt, ...none } as Command
}

async function insert(
  em: SqlEntityManager,
  deps: CommandDeps,
  { kind, accountId, targetId, payload, actor, permission, idempotency, secret }: Submission<CommandKind>,
  id: string,
): Promise<{ inserted: boolean; ahead: number }> {
  const { sealer } = deps
  const createdAt = deps.now()
  const hashes = idempotency ? sealer.hashesOf(idempotency.header) : []
  const row = {
    id,
    accountId,
    kind,
    targetId,
    payload,
    actor,
    permission: permission ?? null,
    idempotencyHash: hashes[0] ?? null,
    requestHash: idempotency ? sealer.hashesOf(idempotency.plainHash)[0] : null,
    sealedSecret: idempotency && secret ? sealer.seal(secret, idempotency.header, id) : null,
    replyTo: deps.replies.channel,
    createdAt,
    sweepAt: new Date(createdAt.getTime() + FIRST_SWEEP_MS),
  }
  const most = isCompany(actor) ? NO_LIMIT : mostUnfinished(kind)
  if (hashes.length === 0) return insertCommand(em, row, most)
  const key = { accountId, hashes }
  if (hashes.length === 1) {
    await freeKey(em, key, freeBefore(deps))
    return insertCommand(em, row, most)
  }
  // While secrets keys change, another process stores another hash: the unique index does not see that it is the same.
  return em.fork().transactional(async (tx) => {
    const isTaken = await lockKey(tx, key, freeBefore(deps))
    return isTaken ? { inserted: false, ahead: 0 } : insertCommand(tx, row, most)
  })
}

/**
 * The outcome of the command that was submitted under this Idempotency-Key within the last 24 hours; undefined where
 * there is none.
 *
 * Throws Failure `idempotency-conflict` (other body under the same key) or `idempotency-in-flight`.
 */
export async function findReplay(
  em: SqlEntityManager,
  deps: CommandDeps,
  accountId: string | null,
  { header, plainHash }: Idempotency,
): Promise<Submitted | undefined> {
  const { sealer } = deps
  const command = await em.fork().findOne(CommandSchema, {
    accountId,
    idempotencyHash: { $in: sealer.hashesOf(header) },
    createdAt: { $gte: freeBefore(deps) },
  })
  if (!command) return undefined
  // The first release stored the plain hash; their rows are found for a day after the upgrade.
  const isSame = [...sealer.hashesOf(plainHash), plainHash].includes(command.requestHash ?? '')
  if (!isSame) throw idempotencyConflict()
  if (command.status === 'pending' || command.status === 'applied') throw inFlight(command.id)
  const secret = command.sealedSecret ? sealer.open(command.sealedSecret, header, command.id) : undefined
  return { command, secret, replayed: true }
}

/** A key that was used before this instant is free again. */
const freeBefore = (deps: CommandDeps) => new Date(deps.now().getTime() - IDEMPOTENCY_MS)

const inFlight = (operationId: string) =>
  new Failure('idempotency-in-flight', {
    detail: 'The first request with this Idempotency-Key is still being worked on. Ask again in a moment.',
    operationId,
    retryAfter: 1,
  })

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type Actor, type Command, CommandSchema } from '../domain/commands/Command.ts'
import type { CommandPayload } from '../domain/commands/payloads.ts'
import { Failure, idempotencyConflict } from '../domain/failure.ts'
import { newId } from '../domain/ids.ts'
import type { CommandKind } from '../domain/jobs.ts'
import type { Log } from './log.ts'
import type { Queues } from './queues.ts'
import type { Replies } from './replies.ts'
import type { Sealer } from './seal.ts'
import { within } from './within.ts'

/** How long the outcome of a command may take to read, once it was waited for long enough. */
const LOOK_MS = 1_000
const IDEMPOTENCY_MS = 24 * 3600 * 1000
/** The sweeper leaves a new command to its first job for this long. */
const FIRST_SWEEP_MS = 10_000

export type CommandDeps = {
  queues: Queues
  replies: Replies
  sealer: Sealer
  log: Log
  waitMs: number
  now: () => Date
  /** Told how long the asker waited, in seconds, and for what outcome (`pending` past the bound). */
  onAnswered?: (kind: CommandKind, outcome: string, seconds: number) => void
}

export type Submission<Kind extends CommandKind> = {
  kind: Kind
  accountId: string | null
  targetId: string | null
  payload: CommandPayload<Kind>
  actor: Actor
  /** The secret whose digest the payload carries, to be sealed for a repeated request. */
  secret?: string
  idempotency?: Idempotency
}

/** `plainHash` is how the first release stored `requestHash`; their rows are found for a day after the upgrade. */
type Idempotency = { header: string; requestHash: string; plainHash?: string }

export type Submitted = { command: Command; secret?: string; replayed: boolean }

/**
 * Makes a command durable as a row, sends its job, and waits for the outcome up to the bound. The row owns
 * correctness: when the queue is away the sweeper sends the job later, and the answer is "pending".
 *
 * Throws Failure `idempotency-conflict` (other body under the same key) or `idempotency-in-flight`.
 */
export async function submitCommand<Kind extends CommandKind>(
  em: SqlEntityManager,
  deps: CommandDeps,
  submission: Submission<Kind>,
): Promise<Submitted> {
  const { idempotency } = submission
  const id = newId('operation')
  const started = performance.now()
  const inserted = await insert(em, deps, submission, id)
  if (!inserted && idempotency) {
    const replay = await findReplay(em, deps, submission.accountId, idempotency)
    if (replay) return replay
    throw inFlight(id)
  }

  const word = deps.replies.wait(id, deps.waitMs)
  const sent = await deps.queues.add(submission.kind, { commandId: id } as never, id).then(
    () => true,
    (error) => {
      deps.log.warn(
        { commandId: id, reason: error.message },
        'the queue is away; the sweeper will send the command',
      )
      return false
    },
  )
  if (sent) await word
  const command = await within(LOOK_MS, em.fork().findOneOrFail(CommandSchema, { id })).catch((error) => {
    // The row is there, and will be done: that its outcome cannot be read now is no reason to ask for it again.
    deps.log.warn({ commandId: id, reason: error.message }, 'the outcome of a command cannot be read')
    return pending(submission, id, deps.now())
  })
  const outcome = command.status === 'applied' ? 'pending' : command.status
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
  submission: Submission<CommandKind>,
  id: string,
) {
  const { idempotency, secret } = submission
  const now = deps.now()
  const hash = idempotency ? deps.sealer.hashOf(idempotency.header) : null
  if (hash) {
    // A key is free again after its time, whether or not the nightly job has been there.
    await em.execute(
      `update command set idempotency_hash = null, sealed_secret = null
       where idempotency_hash = ? and coalesce(account_id, '') = ? and created_at < ?`,
      [hash, submission.accountId ?? '', freeBefore(deps)],
    )
  }
  const rows = await em.execute(
    `insert into command (id, account_id, kind, target_id, payload, actor, status, idempotency_hash, request_hash,
       sealed_secret, reply_to, created_at, sweep_at)
     values (?, ?, ?, ?, ?::jsonb, ?::jsonb, 'pending', ?, ?, ?, ?, ?, ?)
     on conflict (coalesce(account_id, ''), idempotency_hash) where idempotency_hash is not null do nothing
     returning id`,
    [
      id,
      submission.accountId,
      submission.kind,
      submission.targetId,
      JSON.stringify(submission.payload),
      JSON.stringify(submission.actor),
      hash,
      idempotency?.requestHash ?? null,
      idempotency && secret ? deps.sealer.seal(secret, idempotency.header, id) : null,
      deps.replies.channel,
      now,
      new Date(now.getTime() + FIRST_SWEEP_MS),
    ],
  )
  return rows.length === 1
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
  { header, requestHash, plainHash }: Idempotency,
): Promise<Submitted | undefined> {
  const command = await em.fork().findOne(CommandSchema, {
    accountId,
    idempotencyHash: deps.sealer.hashOf(header),
    createdAt: { $gte: freeBefore(deps) },
  })
  if (!command) return undefined
  if (command.requestHash !== requestHash && command.requestHash !== plainHash) {
    throw idempotencyConflict()
  }
  if (command.status === 'pending' || command.status === 'applied') throw inFlight(command.id)
  const secret = command.sealedSecret ? deps.sealer.open(command.sealedSecret, header, command.id) : undefined
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

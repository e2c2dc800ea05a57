import type { Context } from 'koa'
import type { Command } from '../domain/commands/Command.ts'
import type { AccountIdOf, CommandKind } from '../domain/commands/catalogue.ts'
import { Failure } from '../domain/failure.ts'
import { findReplay, type Submission, type Submitted, submitCommand } from '../platform/submitCommand.ts'
import type { ApiContext, OperatorPrincipal, Principal } from './context.ts'
import type { Answer } from './guard.ts'
import { idempotencyKeyOf, requestHashOf } from './idempotency.ts'

/**
 * What the guard hands to a handler, as far as a command needs it. `body` and `file` have no default: a request with
 * another body must never pass for a repeat.
 */
type CommandRequest = {
  api: ApiContext
  ctx: Context
  principal: Pick<Principal | OperatorPrincipal, 'accountId' | 'actor' | 'permission'>
  body: unknown
  file: { text: string } | undefined
}

/** `accountId`: where an operator token changes an account. */
type Prepared<Kind extends CommandKind> = Pick<
  Submission<Kind>,
  'kind' | 'targetId' | 'payload' | 'secret'
> & { accountId?: string }

type Steps<Kind extends CommandKind> = {
  /**
   * Checks the request against the current state and makes the command. Not called for a request that repeats an
   * Idempotency-Key: its first answer holds, whatever has changed since.
   */
  prepare: () => Promise<Prepared<Kind>>
  /** Makes the answer from the result of a command that succeeded. */
  present: (result: Record<string, unknown>, secret: string | undefined) => Answer | Promise<Answer>
  /** The field of a 202 that shows the secret: no later answer could. */
  secretField?: 'key' | 'secret' | 'token' | 'adminKey'
}

/**
 * Submits a command and answers with its outcome. A refused command is answered with its problem. One that is not done
 * within the bound is answered 202, with the operation to ask for and the secret that was made, if any.
 */
export async function respondToCommand<Kind extends CommandKind>(
  request: CommandRequest,
  steps: Steps<Kind>,
): Promise<Answer> {
  const { command, secret, replayed } = await replayOrSubmit(request, steps.prepare)
  const replay: Record<string, string> = replayed ? { 'Idempotent-Replayed': 'true' } : {}
  if (command.status === 'failed' && command.problem)
    throw new Failure(command.problem.code, command.problem.details)
  if (command.status === 'succeeded') {
    const answer = await steps.present(command.result ?? {}, secret)
    return { ...answer, headers: { ...answer.headers, ...replay } }
  }
  const shown = secret === undefined ? {} : { [steps.secretField ?? 'key']: secret }
  return {
    status: 202,
    body: { operation: presentOperation(command), ...shown },
    headers: { Location: `/operations/${command.id}`, 'Retry-After': '1' },
  }
}

async function replayOrSubmit<Kind extends CommandKind>(
  request: CommandRequest,
  prepare: Steps<Kind>['prepare'],
): Promise<Submitted> {
  const { api, ctx, principal } = request
  const { accountId, actor, permission } = principal
  const idempotency = idempotencyOf(request)
  const replay = idempotency && (await findReplay(api.em(), api.commands, accountId, idempotency))
  if (replay) return replay
  const prepared = await prepare()
  // Whether the kind is one of an account, TypeScript cannot see through the generic.
  const ofAccount = (prepared.accountId ?? accountId) as AccountIdOf<Kind>
  const asked = { ...prepared, accountId: ofAccount, actor, permission, idempotency }
  // While the worker is at work, the account's next call may run here.
  return submitCommand(api.em(), { ...api.commands, onSubmitted: ctx.state.endTurn }, asked)
}

/**
 * The Idempotency-Key with what must be equal for two requests to be the same: method, path and the body as the guard
 * read it. What is stored is a keyed hash of it, because a bare hash of a password or an address could be guessed.
 */
function idempotencyOf(request: CommandRequest): Submission<CommandKind>['idempotency'] {
  const { ctx, principal, body, file } = request
  const key = idempotencyKeyOf(ctx.req)
  if (key === undefined) return undefined
  // Keys are an account's; those of no account are the operator token's.
  const header = principal.accountId === null ? `${principal.actor.id} ${key}` : key
  return { header, plainHash: requestHashOf(ctx.method, ctx.path, file?.text ?? body ?? {}) }
}

/** What callers see of a command. */
export function presentOperation(command: Command) {
  const status = command.status === 'applied' ? 'pending' : command.status
  return {
    id: command.id,
    kind: command.kind,
    status,
    createdAt: command.createdAt.toISOString(),
    finishedAt: command.finishedAt?.toISOString() ?? null,
    result: status === 'succeeded' ? (command.result ?? null) : null,
    problem: command.problem ? { code: command.problem.code, ...command.problem.details } : null,
  }
}

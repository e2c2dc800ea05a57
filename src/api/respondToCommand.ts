import type { Context } from 'koa'
import type { Command } from '../domain/commands/Command.ts'
import { Failure } from '../domain/failure.ts'
import type { CommandKind } from '../domain/jobs.ts'
import { type Submission, submitCommand } from '../platform/submitCommand.ts'
import type { ApiContext } from './context.ts'
import type { Answer } from './guard.ts'
import { idempotencyKeyOf, requestHashOf } from './idempotency.ts'

type Asked<Kind extends CommandKind> = Omit<Submission<Kind>, 'idempotency'>

/**
 * Submits a command and answers with its outcome: `present` makes the answer of a done one; a refused one is its
 * problem; one that is not done within the bound is a 202 with the operation to ask for, and, where a secret was
 * made, with the secret, in the field `shownAs`: no later answer could show it.
 */
export async function respondToCommand<Kind extends CommandKind>(
  api: ApiContext,
  ctx: Context,
  asked: Asked<Kind>,
  present: (result: Record<string, unknown>, secret: string | undefined) => Answer,
  body: unknown = {},
  shownAs: 'key' | 'secret' = 'key',
): Promise<Answer> {
  const header = idempotencyKeyOf(ctx.req)
  const idempotency =
    header === undefined ? undefined : { header, requestHash: requestHashOf(ctx.method, ctx.path, body) }
  const { command, secret, replayed } = await submitCommand(api.em(), api.commands, { ...asked, idempotency })
  const replay: Record<string, string> = replayed ? { 'Idempotent-Replayed': 'true' } : {}
  if (command.status === 'failed' && command.problem)
    throw new Failure(command.problem.code, command.problem.details)
  if (command.status === 'succeeded') {
    const answer = present(command.result ?? {}, secret)
    return { ...answer, headers: { ...answer.headers, ...replay } }
  }
  return {
    status: 202,
    body: { operation: presentOperation(command), ...(secret === undefined ? {} : { [shownAs]: secret }) },
    headers: { Location: `/operations/${command.id}`, 'Retry-After': '1' },
  }
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

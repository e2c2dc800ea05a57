import type { Actor } from '../domain/commands/Command.ts'
import type { AccountIdOf, CommandKind, CommandPayload } from '../domain/commands/catalogue.ts'
import { type Env, readEnv } from '../platform/env.ts'
import { createLog } from '../platform/log.ts'
import { type Em, type Orm, openPostgres } from '../platform/postgres.ts'
import { openQueues, type Queues } from '../platform/queues.ts'
import { requireReached } from '../platform/reached.ts'
import { openReplies } from '../platform/replies.ts'
import { requireSchema } from '../platform/schemaState.ts'
import { createSealer } from '../platform/seal.ts'
import { readSecretsKeys, type SecretsKeys } from '../platform/secretsKeys.ts'
import { submitCommand } from '../platform/submitCommand.ts'
import { awaitCommand, interruptible, isDone } from './awaitCommand.ts'
import { loginName } from './loginName.ts'

/** An operator's command waits this long for the worker's word; then it says so, and looks at the row. */
const WAIT_MS = 5_000
/** How long a task waits for its first connection to a Redis. Longer than a server does: it has just started, too. */
export const REACHED_WITHIN_MS = 10_000

export type Service = {
  env: Env
  secrets: SecretsKeys
  orm: Orm
  em: Em
  queues: Queues
  /** Who runs the command line. */
  actor: Actor
  /**
   * Runs a command like every other: row, job, worker. Throws an Error that says what the outcome was, unless it is
   * done. `ifStopped` is what the operator must know when nobody waits for the outcome any more.
   */
  run: <Kind extends CommandKind>(
    kind: Kind,
    accountId: AccountIdOf<Kind>,
    payload: CommandPayload<Kind>,
    ifStopped?: string,
  ) => Promise<Record<string, unknown>>
  /** Leaves a command for the next worker, and does not wait for it. */
  leave: <Kind extends CommandKind>(
    kind: Kind,
    accountId: AccountIdOf<Kind>,
    payload: CommandPayload<Kind>,
  ) => Promise<void>
}

/**
 * Opens what an operator's task needs, and closes it whatever becomes of the task. Throws SchemaMismatch where this
 * release must not run on the database.
 */
export async function withService<Value>(task: (service: Service) => Promise<Value>): Promise<Value> {
  const env = readEnv()
  const secrets = readSecretsKeys(env)
  const orm = await openPostgres(env.DATABASE_URL, { poolMax: 2 })
  try {
    // Before the queues are opened: that writes in Redis.
    await requireSchema(orm.em.fork())
    return await openRest({ env, secrets, orm }, task)
  } finally {
    await orm.close()
  }
}

async function openRest<Value>(
  opened: Pick<Service, 'env' | 'secrets' | 'orm'>,
  task: (service: Service) => Promise<Value>,
): Promise<Value> {
  const { env, secrets, orm } = opened
  const queues = openQueues(env.REDIS_URL, env.REGIONS, env.SHARDS)
  const replies = openReplies(env.REDIS_URL)
  const log = createLog('silent', { process: 'cli' })
  const deps = {
    queues,
    replies,
    sealer: createSealer(secrets),
    log,
    waitMs: WAIT_MS,
    now: () => new Date(),
  }
  const actor: Actor = { type: 'operator', id: loginName() }

  const run: Service['run'] = async (kind, accountId, payload, ifStopped = '') => {
    await requireReached(queues.byName.commands, REACHED_WITHIN_MS)
    const command = await interruptible(
      async (signal) => {
        const asked = { kind, accountId, targetId: null, payload, actor }
        const { command } = await submitCommand(orm.em.fork(), deps, asked)
        return isDone(command) ? command : awaitCommand(orm.em, command, ifStopped, signal)
      },
      () => `Stopped waiting. If the command was sent, a worker will run it. ${ifStopped}`.trim(),
    )
    if (command.status === 'failed')
      throw new Error(command.problem?.details.detail ?? 'The command was refused.')
    return command.result ?? {}
  }
  const leave: Service['leave'] = async (kind, accountId, payload) => {
    const asked = { kind, accountId, targetId: null, payload, actor }
    await submitCommand(orm.em.fork(), { ...deps, waitMs: 0 }, asked)
  }
  try {
    return await task({ ...opened, em: orm.em.fork(), queues, actor, run, leave })
  } finally {
    replies.close()
    await queues.close()
  }
}

import { userInfo } from 'node:os'
import type { Actor } from '../domain/commands/Command.ts'
import type { CommandPayload } from '../domain/commands/payloads.ts'
import type { CommandKind } from '../domain/jobs.ts'
import { type Env, readEnv } from '../platform/env.ts'
import { createLog } from '../platform/log.ts'
import { type Em, openPostgres } from '../platform/postgres.ts'
import { openQueues, type Queues } from '../platform/queues.ts'
import { openReplies } from '../platform/replies.ts'
import { createSealer } from '../platform/seal.ts'
import { submitCommand } from '../platform/submitCommand.ts'

/** An operator's command waits this long for a worker. */
const WAIT_MS = 30_000

export type Service = {
  env: Env
  em: Em
  queues: Queues
  /** Runs a command like every other: row, job, worker. Throws an Error that says what the outcome was, unless it is done. */
  run: <Kind extends CommandKind>(
    kind: Kind,
    accountId: string | null,
    payload: CommandPayload<Kind>,
  ) => Promise<Record<string, unknown>>
}

/** Opens what an operator's task needs, and closes it whatever becomes of the task. */
export async function withService<Value>(task: (service: Service) => Promise<Value>): Promise<Value> {
  const env = readEnv()
  const orm = await openPostgres(env.DATABASE_URL, { poolMax: 2 })
  const queues = openQueues(env.REDIS_URL, env.REGIONS)
  const replies = openReplies(env.REDIS_URL)
  const log = createLog('silent', { process: 'cli' })
  const deps = {
    queues,
    replies,
    sealer: createSealer(env.SECRETS_KEY),
    log,
    waitMs: WAIT_MS,
    now: () => new Date(),
  }
  const actor: Actor = { type: 'operator', id: userInfo().username }

  const run: Service['run'] = async (kind, accountId, payload) => {
    await queues.byName.commands.waitUntilReady()
    const { command } = await submitCommand(orm.em.fork(), deps, {
      kind,
      accountId,
      targetId: null,
      payload,
      actor,
    })
    if (command.status === 'failed')
      throw new Error(command.problem?.details.detail ?? 'The command was refused.')
    if (command.status !== 'succeeded') {
      throw new Error(
        `The command ${command.id} is kept, but no worker has done it within ${WAIT_MS / 1000} s. Is one running?`,
      )
    }
    return command.result ?? {}
  }
  try {
    return await task({ env, em: orm.em.fork(), queues, run })
  } finally {
    replies.close()
    await queues.close()
    await orm.close()
  }
}

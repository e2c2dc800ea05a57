import { setTimeout as sleep } from 'node:timers/promises'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type Command, CommandSchema } from '../domain/commands/Command.ts'
import { MINUTE_MS } from '../domain/time.ts'

/** How long an operator's command waits for a worker in all. */
const BOUND_MS = 5 * MINUTE_MS
const POLL_MS = 500

/** The operator pressed Ctrl-C; the message says what becomes of the command. */
export class Interrupted extends Error {}

/**
 * Reads a command's row until it has its outcome. Says once on stderr that it waits. Throws an Error past the bound.
 */
export async function awaitCommand(
  em: SqlEntityManager,
  { id }: Pick<Command, 'id'>,
  ifStopped: string,
  signal: AbortSignal,
): Promise<Command> {
  process.stderr.write(`Waiting for a worker to run the command ${id} … Is one running?\n`)
  const until = performance.now() + BOUND_MS
  for (;;) {
    await sleep(POLL_MS, undefined, { signal })
    const command = await em.fork().findOneOrFail(CommandSchema, { id })
    if (isDone(command)) return command
    if (performance.now() > until)
      throw new Error(
        `No worker has done it within ${BOUND_MS / MINUTE_MS} minutes. The command ${id} is kept: a worker will run it. ${ifStopped}`.trim(),
      )
  }
}

export const isDone = ({ status }: Pick<Command, 'status'>) => status === 'succeeded' || status === 'failed'

/** Runs a task that Ctrl-C ends with `message`; a second Ctrl-C ends the process. */
export async function interruptible<Value>(
  task: (signal: AbortSignal) => Promise<Value>,
  message: () => string,
): Promise<Value> {
  const controller = new AbortController()
  const stop = () => controller.abort(new Interrupted(message()))
  process.once('SIGINT', stop)
  const stopped = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error))
  })
  try {
    return await Promise.race([task(controller.signal), stopped])
  } finally {
    process.off('SIGINT', stop)
  }
}

import { factsOf } from './errorFacts.ts'
import type { Log } from './log.ts'

export type Shutdown = {
  /** Adds a step; steps run one after another, the last added first. */
  add: (name: string, close: () => Promise<unknown> | unknown) => void
  run: (reason: string) => Promise<void>
  /** Runs them, and ends the process with status 1. */
  fail: (reason: string) => Promise<never>
}

/**
 * Runs the closing steps once, newest first, and ends the process when they are done or when `boundMs` has passed.
 * SIGTERM and SIGINT end it with status 0. An error that nothing caught ends it with status 1: the state it left
 * behind is unknown, so a fresh process has to take over. Past the bound the status is 1, too.
 */
export function createShutdown(log: Log, boundMs: number): Shutdown {
  const steps: { name: string; close: () => Promise<unknown> | unknown }[] = []
  let running: Promise<void> | undefined
  let status = 0

  const close = async (reason: string) => {
    log.info({ reason }, 'stopping')
    let open = ''
    const bound = setTimeout(() => {
      log.error({ boundMs, step: open }, 'stopping took too long')
      process.exit(1)
    }, boundMs)
    bound.unref()
    for (const step of steps.reverse()) {
      open = step.name
      try {
        await step.close()
      } catch (error) {
        log.error({ step: step.name, err: error }, 'a closing step failed')
      }
    }
    clearTimeout(bound)
    log.info('stopped')
  }

  const run = (reason: string) => {
    running ??= close(reason)
    return running
  }
  const end = (reason: string) => run(reason).then(() => process.exit(status))
  const fail = (reason: string) => {
    status = 1
    return end(reason)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal({ event, error: factsOf(error) }, 'an error that nothing caught: the process ends')
      void fail(event)
    })
  }
  return { add: (name, step) => steps.push({ name, close: step }), run, fail }
}

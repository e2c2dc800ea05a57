import type { Log } from './log.ts'

export type Shutdown = {
  /** Adds a step; steps run one after another, the last added first. */
  add: (name: string, close: () => Promise<unknown> | unknown) => void
  run: (reason: string) => Promise<void>
}

/**
 * Runs the closing steps once on SIGTERM or SIGINT, newest first, and ends the process when they are
 * done or when `boundMs` has passed (then with status 1).
 */
export function createShutdown(log: Log, boundMs: number): Shutdown {
  const steps: { name: string; close: () => Promise<unknown> | unknown }[] = []
  let running: Promise<void> | undefined

  const close = async (reason: string) => {
    log.info({ reason }, 'stopping')
    const bound = setTimeout(() => {
      log.error({ boundMs }, 'stopping took too long')
      process.exit(1)
    }, boundMs)
    bound.unref()
    for (const step of steps.reverse()) {
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
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void run(signal).then(() => process.exit(0)))
  }
  return { add: (name, step) => steps.push({ name, close: step }), run }
}

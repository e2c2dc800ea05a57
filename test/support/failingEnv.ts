const preload = new URL('failPoint.ts', import.meta.url).href

type FailPoint = {
  /** In the SQL of a statement: counted is each commit of one that has it. */
  after: string
  /** At which of them, from 1. */
  at?: number
  /** `die`: as by `kill -9`, `ms` later. `block`: the event loop is busy for `ms`. */
  by: 'die' | 'block'
  ms: number
}

/** What makes a process of the service fail between a commit and what follows from it. */
export function failingEnv({ after, at = 1, by, ms }: FailPoint): Record<string, string> {
  return {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${preload}`.trim(),
    FAIL_AFTER: after,
    FAIL_AT: String(at),
    FAIL_BY: by,
    FAIL_MS: String(ms),
  }
}

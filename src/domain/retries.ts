/**
 * How a job is retried (see jobs.ts, whose catalogue a verifier does without). `attempts` in runs. `delayMs` doubles
 * with each run up to `maxDelayMs` (default: one minute), with jitter. `parkAfter`: the job carries what nobody could
 * send again. It is retried without end, and never removed. Only what Postgres has refused this many times is parked:
 * it stays among the failed jobs until an operator retries it.
 */
export type Retry = { attempts: number; delayMs: number; maxDelayMs?: number; parkAfter?: number }

/** Of metering jobs. At one run a minute: 1,900 years. */
export const WITHOUT_END = { attempts: 1_000_000_000, delayMs: 250, parkAfter: 20 } as const satisfies Retry

/** Of what a verifier without Postgres asks. */
export const OF_ASKS = { attempts: 10, delayMs: 50, maxDelayMs: 500 } as const satisfies Retry

/** How long a verifier waits for the answer to what it asks, in ms; later nobody wants it any more. */
export const ASK_WAIT_MS = 2_000

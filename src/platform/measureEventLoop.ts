import { Counter } from 'prom-client'
import type { Metrics } from './metrics.ts'

const LOOK_EVERY_MS = 1_000
/** Garbage collection and long statements of ours take less. */
const BLOCKED_MS = 1_000

/**
 * For how long the event loop did nothing else. `nodejs_eventloop_lag_max_seconds` forgets a delay once it was asked
 * for, and whoever asks while the loop is blocked does not wait for the answer. This one keeps it.
 */
export function measureEventLoop(metrics: Metrics): void {
  const blocked = new Counter({
    name: 'keys_event_loop_blocked_seconds_total',
    help: 'Time for which this process did nothing else, or was stopped, in pieces of at least a second',
    registers: [metrics.registry],
  })
  let due = performance.now() + LOOK_EVERY_MS
  const look = () => {
    const now = performance.now()
    if (now - due >= BLOCKED_MS) blocked.inc((now - due) / 1_000)
    due = now + LOOK_EVERY_MS
  }
  setInterval(look, LOOK_EVERY_MS).unref()
}

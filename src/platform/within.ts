/** What was waited for did not come within its bound. `code` as for sockets, so that it counts as unreachable. */
export class TimedOut extends Error {
  readonly code = 'ETIMEDOUT'
  constructor(message: string) {
    super(message)
    this.name = 'TimedOut'
  }
}

/**
 * Returns the promise's outcome if it comes within `ms`, else throws TimedOut, or what `late` makes. The work
 * continues; its later outcome is ignored. An event loop that was blocked first reads what arrived meanwhile, so an
 * outcome that is there in time never counts as late.
 */
export function within<Value>(
  ms: number,
  promise: Promise<Value>,
  late: () => Error = () => new TimedOut(`No answer within ${ms} ms.`),
): Promise<Value> {
  return new Promise((resolve, reject) => {
    // Timers run before sockets are read, immediates after.
    // Node writes a warning about a time that is over.
    const bound = setTimeout(() => setImmediate(() => reject(late())), Math.max(ms, 0))
    promise.then(resolve, reject).finally(() => clearTimeout(bound))
  })
}

/** What was waited for did not come within its bound. `code` as for sockets, so that it counts as unreachable. */
export class TimedOut extends Error {
  readonly code = 'ETIMEDOUT'
  constructor(message: string) {
    super(message)
    this.name = 'TimedOut'
  }
}

/**
 * The promise's outcome if it comes within `ms`, else throws TimedOut, or what `late` makes. The work goes on, and
 * what it comes to after that is nobody's. An event loop that was blocked for longer first reads what had arrived
 * meanwhile: an outcome that is there is never called late.
 */
export function within<Value>(
  ms: number,
  promise: Promise<Value>,
  late: () => Error = () => new TimedOut(`No answer within ${ms} ms.`),
): Promise<Value> {
  return new Promise((resolve, reject) => {
    // Timers run before sockets are read, immediates after.
    const bound = setTimeout(() => setImmediate(() => reject(late())), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(bound))
  })
}

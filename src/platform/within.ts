/**
 * The promise's outcome if it comes within `ms`, else throws what `late` makes. An event loop that was blocked for longer
 * first reads what had arrived meanwhile: an outcome that is there is never called late.
 */
export function within<Value>(ms: number, promise: Promise<Value>, late: () => Error): Promise<Value> {
  return new Promise((resolve, reject) => {
    // Timers run before sockets are read, immediates after.
    const bound = setTimeout(() => setImmediate(() => reject(late())), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(bound))
  })
}

/**
 * Loaded before a process of the service (`node --import`), makes it believe another time: the real one and
 * CLOCK_OFFSET_MS. Timers keep their pace, and the servers of Postgres and Redis keep their own clocks.
 */
const offset = Number(process.env.CLOCK_OFFSET_MS ?? 0)

if (offset !== 0) {
  const realNow = Date.now
  const now = () => realNow() + offset
  Date.now = now
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: (target) => new target(now()).toString(),
  })
  Date.prototype.constructor = Date
}

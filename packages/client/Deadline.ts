import { timedOut } from './KeysProblem.ts'

/** How long a call may take, with all it waits for, and the caller's own signal. */
export class Deadline {
  readonly #ms: number
  readonly #end: number
  readonly #caller: AbortSignal | undefined

  constructor(ms: number, caller: AbortSignal | undefined) {
    this.#ms = ms
    this.#end = performance.now() + ms
    this.#caller = caller
  }

  get remainingMs(): number {
    return Math.max(0, this.#end - performance.now())
  }

  get ms(): number {
    return this.#ms
  }

  /** Throws the caller's reason where they have given up, or `timed-out`. */
  check(cause?: unknown): void {
    this.#caller?.throwIfAborted()
    // A timer may fire a part of a millisecond early.
    if (this.remainingMs < 1) throw timedOut(this.#ms, cause)
  }

  /**
   * Runs a step that is aborted by the caller, or after `ms`. `keep`: the caller may abort what it returned, too, such
   * as a body that is still read.
   */
  async run<Result>(
    ms: number,
    step: (signal: AbortSignal) => Promise<Result>,
    keep = false,
  ): Promise<Result> {
    this.check()
    const controller = new AbortController()
    const abort = () => controller.abort(this.#caller?.reason)
    const timer = setTimeout(() => controller.abort(), Math.ceil(Math.min(ms, this.remainingMs)))
    this.#caller?.addEventListener('abort', abort, { once: true })
    let isKept = false
    try {
      const result = await step(controller.signal)
      isKept = keep
      return result
    } finally {
      clearTimeout(timer)
      if (!isKept) this.#caller?.removeEventListener('abort', abort)
    }
  }

  /** Waits. False where the call would be over by then: it has not waited. */
  async pause(ms: number): Promise<boolean> {
    if (ms >= this.remainingMs) return false
    await this.run(
      ms,
      (signal) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve(), { once: true })
        }),
    )
    this.check()
    return true
  }
}

import type { Sums } from './readMeasures.ts'

/** What happened in the bucket that begins at `at`, Unix ms. */
export type UsagePoint = Sums & { at: number }

/** Sums of a window that moves forward over buckets: each is added once and taken away once. */
export class SlidingSums {
  readonly #points: UsagePoint[]
  readonly #sums: Sums = { requests: 0, errors: 0, latencyCount: 0, latencySum: 0, latencyBins: {} }
  #first = 0
  #end = 0

  /** `points`: oldest first. */
  constructor(points: UsagePoint[]) {
    this.#points = points
  }

  /** The sums of the buckets that begin from `from` on and before `to`; neither may go back. */
  between(from: number, to: number): Sums {
    const at = (index: number) => this.#points[index]?.at ?? Number.POSITIVE_INFINITY
    while (at(this.#end) < to) this.#add(this.#points[this.#end++], 1)
    while (this.#first < this.#end && at(this.#first) < from) this.#add(this.#points[this.#first++], -1)
    return { ...this.#sums }
  }

  #add(point: UsagePoint | undefined, sign: 1 | -1): void {
    if (!point) return
    const sums = this.#sums
    sums.requests += sign * point.requests
    sums.errors += sign * point.errors
    sums.latencyCount += sign * point.latencyCount
    sums.latencySum += sign * point.latencySum
    for (const [bin, count] of Object.entries(point.latencyBins)) {
      const left = (sums.latencyBins[bin] ?? 0) + sign * count
      if (left === 0) delete sums.latencyBins[bin]
      else sums.latencyBins[bin] = left
    }
  }
}

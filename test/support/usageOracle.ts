import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'

export type Grain = 'minute' | 'hour' | 'day'

const MS: Record<Grain, number> = { minute: MINUTE, hour: HOUR, day: DAY }

/**
 * One thing that adds to a key's usage at an instant (Unix ms): an event, a verification, or the report that
 * completes one.
 */
export type Counted = {
  keyId: string
  at: number
  requests?: number
  refused?: number
  units?: number
  status?: number
  latencyMs?: number
}

/** `timed` is how many latencies were reported. */
export type Sums = {
  requests: number
  refused: number
  clientErrors: number
  serverErrors: number
  units: number
  timed: number
}

export type Latencies = { mean: number | null; p50: number | null; p95: number | null; p99: number | null }

/** What must have been counted, kept as it came and added up anew for every question. */
export class UsageOracle {
  readonly #byKey = new Map<string, Counted[]>()

  add(one: Counted): void {
    const own = this.#byKey.get(one.keyId)
    if (own) own.push(one)
    else this.#byKey.set(one.keyId, [one])
  }

  get keyIds(): string[] {
    return [...this.#byKey.keys()]
  }

  /** By `bucketName`: of each UTC minute, hour or day in which something happened. */
  buckets(grain: Grain): Map<string, Sums> {
    const found = new Map<string, Sums>()
    for (const one of [...this.#byKey.values()].flat()) {
      const name = bucketName(one.keyId, Math.floor(one.at / MS[grain]) * MS[grain])
      let sums = found.get(name)
      if (!sums) {
        sums = nothing()
        found.set(name, sums)
      }
      addTo(sums, one)
    }
    return found
  }

  /** The `lengthMs` before `asOf` at minute grain: the minutes of both its ends belong to it whole. */
  window(keyId: string, asOf: number, lengthMs: number): { sums: Sums; latencyMs: Latencies } {
    const from = Math.floor((asOf - lengthMs) / MINUTE) * MINUTE
    const to = Math.floor(asOf / MINUTE) * MINUTE + MINUTE
    const sums = nothing()
    const latencies: number[] = []
    for (const one of this.#byKey.get(keyId) ?? []) {
      if (one.at < from || one.at >= to) continue
      addTo(sums, one)
      if (one.latencyMs !== undefined) latencies.push(one.latencyMs)
    }
    return { sums, latencyMs: latenciesOf(latencies.sort((a, b) => a - b)) }
  }
}

/** `start` in Unix ms. */
export function bucketName(keyId: string, start: number): string {
  return `${keyId} ${start}`
}

function nothing(): Sums {
  return { requests: 0, refused: 0, clientErrors: 0, serverErrors: 0, units: 0, timed: 0 }
}

function addTo(sums: Sums, { requests = 0, refused = 0, units = 0, status, latencyMs }: Counted): void {
  sums.requests += requests
  sums.refused += refused
  sums.units += units
  if (status !== undefined && status >= 500) sums.serverErrors += 1
  else if (status !== undefined && status >= 400) sums.clientErrors += 1
  if (latencyMs !== undefined) sums.timed += 1
}

/** Exact, of sorted latencies; the rank is ⌊q (n − 1)⌋. */
function latenciesOf(sorted: number[]): Latencies {
  const at = (q: number) => sorted[Math.floor(q * (sorted.length - 1))] ?? null
  const mean = sorted.length === 0 ? null : sorted.reduce((sum, one) => sum + one, 0) / sorted.length
  return { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

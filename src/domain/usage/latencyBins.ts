/**
 * DDSketch's logarithmic mapping (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with
 * relative-error guarantees", VLDB 2019, https://arxiv.org/abs/1908.10693, section 2): with
 * γ = (1 + α) / (1 − α), a latency x falls into bin ⌈log_γ x⌉, and 2γ^i / (γ + 1) stands for all of bin i with a
 * relative error of at most α. Bins merge by addition. Here α = 1 %, latencies in ms.
 */
const ALPHA = 0.01
const GAMMA = (1 + ALPHA) / (1 - ALPHA)
const LOG_GAMMA = Math.log(GAMMA)

/** Latencies below a microsecond, zero among them, count as one: the mapping has no bin for zero. */
const SMALLEST_MS = 0.001

export function binOf(latencyMs: number): number {
  return Math.ceil(Math.log(Math.max(latencyMs, SMALLEST_MS)) / LOG_GAMMA)
}

/** The latency in ms that stands for a bin. */
export function latencyOf(bin: number): number {
  return (2 * GAMMA ** bin) / (GAMMA + 1)
}

/** Counts by bin, as they are stored: `{"231": 17}`. */
export type LatencyBins = Record<string, number>

/**
 * The latency in ms below which a share `q` (0 to 1) of the counted ones lies, within 1 %; null when nothing was
 * counted. The rank is ⌊q (n − 1)⌋, as in the paper.
 */
export function quantile(bins: LatencyBins, q: number): number | null {
  return quantiles(bins, [q])[0] ?? null
}

/** As `quantile`, for several shares at once; ascending. */
export function quantiles(bins: LatencyBins, shares: number[]): (number | null)[] {
  const sorted = Object.entries(bins)
    .map(([bin, count]) => [Number(bin), count] as const)
    .sort((a, b) => a[0] - b[0])
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  let next = 0
  return shares.map((q) => {
    const rank = Math.floor(q * (total - 1))
    while (next < sorted.length && seen + (sorted[next]?.[1] ?? 0) <= rank) seen += sorted[next++]?.[1] ?? 0
    const bin = sorted[next]?.[0]
    return bin === undefined ? null : latencyOf(bin)
  })
}

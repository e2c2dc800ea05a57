import { z } from 'zod'

const milliseconds = z.number().nullable()

/** Mean and quantiles of latency; null until one was reported. */
export const LatencyMs = z
  .strictObject({ mean: milliseconds, p50: milliseconds, p95: milliseconds, p99: milliseconds })
  .meta({ id: 'LatencyMs' })

import type { Env } from './env.ts'
import { type Tracing, tracing, useTracing } from './tracing.ts'

/** Starts to trace if `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Call it before anything else is opened. */
export async function startTracing(env: Env, process: 'api' | 'worker'): Promise<Tracing> {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return tracing
  const { openTelemetry } = await import('./openTelemetry.ts')
  return useTracing(
    openTelemetry({ endpoint, ratio: env.OTEL_TRACES_SAMPLER_ARG, service: `pictify-keys-${process}` }),
  )
}

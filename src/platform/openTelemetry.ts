import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { BullMQOtel } from 'bullmq-otel'
import { VERSION } from './release.ts'
import { withoutSecrets } from './spanFacts.ts'
import { createSampler } from './spanSampler.ts'
import type { SpanFacts, TraceContext, Tracing } from './tracing.ts'
import { within } from './within.ts'

/** How often spans are sent, and how long one request to the collector may take, in ms. */
const SEND_EVERY_MS = 2_000
const SEND_MS = 5_000
const CLOSE_MS = 2_000

/** What is asked every few seconds and says nothing about a caller. */
const UNTRACED = new Set(['/livez', '/readyz', '/metrics'])

type Options = { endpoint: string; ratio: number; service: string }

/**
 * Traces by OpenTelemetry's SDK, sent to a collector as OTLP over HTTP (JSON). A collector that is slow or away costs
 * spans: those that wait are bounded, and nothing else waits for them. The SDK reads `OTEL_EXPORTER_OTLP_HEADERS`,
 * `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` from the environment.
 */
export function openTelemetry({ endpoint, ratio, service }: Options): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: SEND_MS,
  })
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service, 'service.version': VERSION }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: createSampler(ratio),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: withoutSecrets(exporter),
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: SEND_MS,
      }),
    ],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const tracer = trace.getTracer('pictify-keys', VERSION)

  const traced: Tracing['traced'] = (name, facts, run) =>
    tracer.startActiveSpan(name, { attributes: facts }, async (span) => {
      try {
        return await run()
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
        throw error
      } finally {
        span.end()
      }
    })
  const note = (facts: SpanFacts, name?: string) => {
    const span = trace.getActiveSpan()
    span?.setAttributes(facts)
    if (name !== undefined) span?.updateName(name)
  }
  const carry = () => {
    const carrier: TraceContext = {}
    propagation.inject(context.active(), carrier)
    return carrier.traceparent === undefined ? undefined : carrier
  }
  const resume: Tracing['resume'] = (stored, run) =>
    stored === undefined ? run() : context.with(propagation.extract(ROOT_CONTEXT, stored), run)
  const ids = () => {
    const span = trace.getActiveSpan()
    if (!span?.isRecording()) return undefined
    const { traceId, spanId } = span.spanContext()
    return { trace_id: traceId, span_id: spanId }
  }
  const requests: Tracing['requests'] = (handler, options) => (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1)
    if (UNTRACED.has(path)) return handler(request, response)
    const parent = parentOf(request.headers, options.isTrusted(request))
    const method = request.method ?? ''
    const isRoute = options.routes.has(path)
    const attributes = { 'http.request.method': method, ...(isRoute ? { 'http.route': path } : {}) }
    const name = isRoute ? `${method} ${path}` : method
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent)
    response.once('close', () => endRequest(span, response.statusCode, response.writableFinished))
    context.with(trace.setSpan(parent, span), () => handler(request, response))
  }
  const close = async () => {
    await within(CLOSE_MS, provider.shutdown()).catch(() => {})
  }
  return { isOn: true, traced, note, carry, resume, ids, requests, queues: queueTelemetry(), close }
}

const parentOf = (headers: Record<string, unknown>, isTrusted: boolean): Context =>
  isTrusted ? propagation.extract(ROOT_CONTEXT, headers) : ROOT_CONTEXT

function endRequest(span: Span, status: number, finished: boolean): void {
  span.setAttribute('http.response.status_code', status)
  if (!finished) span.setAttribute('error.type', 'aborted')
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** BullMQ's own telemetry. Its loops must not belong to the span in which a worker happened to be started. */
function queueTelemetry(): BullMQOtel {
  const telemetry = new BullMQOtel({ tracerName: 'bullmq' })
  return Object.assign(telemetry, {
    contextManager: Object.assign(telemetry.contextManager, { root: () => ROOT_CONTEXT }),
  })
}

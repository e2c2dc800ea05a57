import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Telemetry as QueueTelemetry } from 'bullmq'

/** Attributes of a span. Their names are listed in spanFacts.ts; the exporter drops every other. */
export type SpanFacts = Record<string, string | number | boolean | undefined>

/** W3C trace context, to be continued by another process: `traceparent`, `tracestate`. */
export type TraceContext = Record<string, string>

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

export type Tracing = {
  isOn: boolean
  /** Runs something as a span of the current trace, or as a trace of its own. */
  traced: <Value>(name: string, facts: SpanFacts, run: () => Promise<Value>) => Promise<Value>
  /** Adds to the current span, and renames it if `name` is given. */
  note: (facts: SpanFacts, name?: string) => void
  /** The current trace, to be stored with what continues it. */
  carry: () => TraceContext | undefined
  /** Continues a trace that was stored. */
  resume: <Value>(trace: TraceContext | undefined, run: () => Value) => Value
  /** The IDs of the current trace, if it is being recorded. */
  ids: () => { trace_id: string; span_id: string } | undefined
  /** Makes a trace of every request, or continues that of a caller who is believed. */
  requests: (handler: RequestHandler, options: RequestOptions) => RequestHandler
  /** What BullMQ's queues, flows and workers are handed. */
  queues: QueueTelemetry | undefined
  /** Sends what is left, within two seconds. */
  close: () => Promise<void>
}

type RequestOptions = {
  /** Whether the trace context of a request is believed. */
  isTrusted: (request: IncomingMessage) => boolean
  /** Paths whose handler does not name its span. */
  routes: ReadonlySet<string>
}

const OFF: Tracing = {
  isOn: false,
  traced: (_name, _facts, run) => run(),
  note: () => {},
  carry: () => undefined,
  resume: (_trace, run) => run(),
  ids: () => undefined,
  requests: (handler) => handler,
  queues: undefined,
  close: async () => {},
}

/**
 * Traces of this process. Off until `startTracing` has found a collector: then nothing of OpenTelemetry is loaded, and
 * each call here is an empty function. One per process, as OpenTelemetry's own are: a trace crosses every layer.
 */
export let tracing: Tracing = OFF

/** Makes another the tracing of this process. Only `startTracing` calls it. */
export function useTracing(started: Tracing): Tracing {
  tracing = started
  return started
}

import type { ReadableSpan, SpanExporter, TimedEvent } from '@opentelemetry/sdk-trace'

/**
 * Every attribute that leaves the process. BullMQ adds results, reasons and options of jobs to its spans, and errors
 * quote what they met: no list of what to drop would be complete, so this one names what may go.
 */
export const SPAN_FACTS = [
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'error.type',
  'exception.type',
  'bullmq.queue.name',
  'bullmq.queue.operation',
  'bullmq.job.name',
  'bullmq.job.id',
  'bullmq.job.attempts.made',
  'bullmq.job.bulk.count',
  'bullmq.flow.name',
  'pictify.request.id',
  'pictify.command.id',
  'pictify.command.kind',
  'pictify.outcome',
  'pictify.region',
  'pictify.notification.id',
  'pictify.channel.type',
] as const

const allowed = new Set<string>(SPAN_FACTS)

/** An exporter that sends of each span its name, its times, its relatives and the attributes listed above. */
export function withoutSecrets(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(reduced), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

function reduced(span: ReadableSpan): ReadableSpan {
  return Object.create(span, {
    attributes: { value: listed(span.attributes) },
    events: { value: span.events.map(reducedEvent) },
    status: { value: { code: span.status.code } },
  })
}

const reducedEvent = ({ name, time, attributes }: TimedEvent): TimedEvent => ({
  name,
  time,
  attributes: listed(attributes ?? {}),
})

const listed = <Value>(attributes: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => allowed.has(name)))

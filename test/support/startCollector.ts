import { startReceiver } from './receivers.ts'

type Value = { stringValue?: string; intValue?: number; boolValue?: boolean }
type Attributes = { key: string; value: Value }[]

export type Span = {
  service: string
  scope: string
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  /** ns since 1970. */
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Record<string, unknown>
}

type Export = {
  resourceSpans: {
    resource: { attributes: Attributes }
    scopeSpans: {
      scope: { name: string }
      spans: (Omit<Span, 'attributes' | 'service' | 'scope'> & {
        attributes: Attributes
        events: { attributes: Attributes }[]
      })[]
    }[]
  }[]
}

/** A receiver of OTLP over HTTP, as an OpenTelemetry collector is one. */
export async function startCollector() {
  const receiver = await startReceiver({
    '/v1/traces': (response) => response.setHeader('Content-Type', 'application/json').end('{}'),
  })
  const spans = () => receiver.at('/v1/traces').flatMap(({ body }) => spansOf(JSON.parse(String(body))))
  return {
    ...receiver,
    spans,
    /** The spans of a trace by name; the last of those that share one. */
    trace: (traceId: string) =>
      Object.fromEntries(
        spans()
          .filter((span) => span.traceId === traceId)
          .map((span) => [span.name, span]),
      ),
    /** All that it was sent, headers too. */
    text: () =>
      receiver.received.map(({ headers, body }) => `${JSON.stringify(headers)}\n${body}`).join('\n'),
  }
}

function spansOf({ resourceSpans }: Export): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(recordOf(resource.attributes)['service.name'])
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map(({ attributes, events, ...span }) => ({
        ...span,
        service,
        scope: scope.name,
        attributes: recordOf([...attributes, ...events.flatMap((event) => event.attributes)]),
      })),
    )
  })
}

const recordOf = (attributes: Attributes) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

import { z } from 'zod'
import type { FieldFault } from '../domain/failure.ts'
import { EventReport } from './acceptEvents.ts'
import { compile, invalidInput } from './validate.ts'

/**
 * CloudEvents 1.0 in its JSON event format and its JSON batch format; binary mode is put together in cloudEventForm.ts.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export const CLOUD_EVENT = 'application/cloudevents+json'
export const CLOUD_EVENTS = 'application/cloudevents-batch+json'

/** A media type of JSON, with or without parameters. */
export const JSON_TYPE = /^[^/;\s]+\/([^/;\s]+\+)?[jJ][sS][oO][nN]\s*(;.*)?$/

/** `null` is the same as unset, for attributes that may be unset. Extension attributes are accepted and ignored. */
export const CloudEvent = compile(
  z
    .looseObject({
      specversion: z.literal('1.0'),
      id: z.string().min(1).max(256).describe('Events with the same `id` and `source` count once in 35 days'),
      source: z.string().min(1).max(1_024),
      type: z.string().min(1).max(256),
      time: EventReport.shape.at.nullish().describe('Default: the time of receipt'),
      subject: z.string().min(1).max(1_024).nullish().describe('The key ID, where `data` has none'),
      datacontenttype: z.string().max(256).regex(JSON_TYPE, 'must be a media type of JSON').nullish(),
      dataschema: z.string().min(1).max(1_024).nullish(),
      data: EventReport.omit({ id: true, at: true })
        .partial({ keyId: true })
        .describe(
          'Alternatively `data_base64`: the same JSON in base64. In binary mode the body is the data, and attributes are `ce-` headers',
        ),
    })
    .meta({ id: 'CloudEvent' }),
)

export type CloudEvent = z.infer<typeof CloudEvent>

export const CloudEventBatch = compile(z.array(CloudEvent).min(1).max(1_000))

const attributes = new Set(Object.keys(CloudEvent.shape))

/** Our fields that are attributes there. */
const attributeOf: Partial<Record<keyof EventReport, string>> = { id: 'id', at: 'time' }

/**
 * CloudEvents as usage events, and how a fault in one of these is named: `[3].data.status`, `data.status` where one was
 * sent by itself. Throws Problem `validation-error` for what their schema cannot say.
 */
export function fromCloudEvents(sent: CloudEvent | CloudEvent[], received: Date) {
  const batch = Array.isArray(sent) ? sent : [sent]
  const place = (index: number, field: string) => (batch === sent ? `[${index}].${field}` : field)
  const faults: FieldFault[] = []
  const events: EventReport[] = []
  for (const [index, event] of batch.entries()) {
    for (const name in event) {
      if (attributes.has(name) || /^[a-z0-9]+$/.test(name)) continue
      const message = 'is not an attribute: their names are of a-z and 0-9'
      faults.push({ field: place(index, name.slice(0, 64)), message, code: 'unknown_field' })
    }
    const keyId = event.data.keyId ?? event.subject
    if (keyId)
      events.push({ ...event.data, id: idOf(event), at: event.time ?? received.toISOString(), keyId })
    else faults.push({ field: place(index, 'data.keyId'), message: 'is required', code: 'required' })
  }
  if (faults.length > 0) throw invalidInput(faults)
  const nameOf = (index: number, field: keyof EventReport) => {
    if (field === 'keyId' && batch[index]?.data.keyId === undefined) return place(index, 'subject')
    return place(index, attributeOf[field] ?? `data.${field}`)
  }
  return { events, nameOf }
}

/** An event is the same by `source` and `id`. The NUL, which no caller's text holds, keeps the two apart. */
const idOf = ({ source, id }: CloudEvent) => `${source}\0${id}`

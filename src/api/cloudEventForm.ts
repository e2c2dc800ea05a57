import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { FieldFault } from '../domain/failure.ts'
import { isDeep, unstorable } from '../domain/storable.ts'
import { CLOUD_EVENT, CLOUD_EVENTS, CloudEvent, CloudEventBatch, JSON_TYPE } from './cloudEvents.ts'
import type { BodyForm } from './guard.ts'
import { mediaTypeOf } from './readJson.ts'
import { invalidInput } from './validate.ts'

/**
 * In which of the forms of CloudEvents a request is sent: structured, as a batch, or in binary mode, where attributes
 * are headers and the body is the data. Undefined for a request that is none of them.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function cloudEventForm(request: IncomingMessage): BodyForm | undefined {
  const type = mediaTypeOf(request) ?? ''
  if (type === CLOUD_EVENT) return { types: [type], schema: CloudEvent, read: (json) => plain(json, '') }
  if (type === CLOUD_EVENTS) {
    const read = (json: unknown) =>
      Array.isArray(json) ? json.map((one, index) => plain(one, `[${index}].`)) : json
    return { types: [type], schema: CloudEventBatch, read }
  }
  if (!isBinary(request)) return undefined
  const types = JSON_TYPE.test(type) ? [type] : ['application/json', CLOUD_EVENTS, CLOUD_EVENT]
  return { types, schema: CloudEvent, read: (json) => fromHeaders(request, json) }
}

const REQUIRED = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type']
const isBinary = ({ headers }: IncomingMessage) => REQUIRED.some((name) => headers[name] !== undefined)

function fromHeaders(request: IncomingMessage, data: unknown): unknown {
  const event: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('ce-')) event[name.slice(3)] = headerText(String(value))
  }
  const fault = unstorable(event)
  if (fault) throw invalidInput([fault])
  // These two are said by Content-Type and the body.
  delete event.data_base64
  return plain({ ...event, datacontenttype: request.headers['content-type'], data }, '')
}

/** A header's value: perhaps in double quotes, and with all but printable ASCII in percent-encoded UTF-8. */
function headerText(value: string): string {
  const quoted = /^"(.*)"$/s.exec(value.trim())?.[1]
  const text = quoted === undefined ? value : quoted.replace(/\\(.)/gs, '$1')
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    const bytes = Buffer.from(encoded.replaceAll('%', ''), 'hex')
    return isUtf8(bytes) ? bytes.toString('utf8') : encoded
  })
}

/** An event with its time as ISO 8601 has it, and its data as JSON, whichever way it was sent. */
function plain(event: unknown, place: string): unknown {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return event
  const { data_base64: encoded, ...rest } = event as Record<string, unknown>
  if (typeof rest.time === 'string') rest.time = timeOf(rest.time)
  if (encoded === undefined || encoded === null) return rest
  const fault = (message: string): FieldFault => ({
    field: `${place}data_base64`,
    message,
    code: 'invalid_format',
  })
  if (rest.data !== undefined && rest.data !== null)
    throw invalidInput([fault('must not stand beside data: send one of the two')])
  const data = typeof encoded === 'string' ? jsonOf(encoded) : undefined
  if (data === undefined) throw invalidInput([fault('must be JSON in UTF-8, in base64')])
  return { ...rest, data }
}

function jsonOf(base64: string): unknown {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined
  const bytes = Buffer.from(base64, 'base64')
  if (!isUtf8(bytes)) return undefined
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isDeep(value) || unstorable(value) ? undefined : value
  } catch {
    return undefined
  }
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)t(\d\d:\d\d:)(\d\d)(\.\d+)?(z|[+-]\d\d:\d\d)$/i

/**
 * RFC 3339 lets `t` and `z` be small, and has leap seconds, of which no clock here knows: they count as the one
 * before.
 */
function timeOf(text: string): string {
  const [, day, minute, second, fraction = '', zone = ''] = RFC3339.exec(text) ?? []
  if (day === undefined) return text
  return `${day}T${minute}${second === '60' ? '59' : second}${fraction}${zone.toUpperCase()}`
}

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { decoderFor, ENCODINGS, type Encoding, NotText } from '../domain/imports/decodeText.ts'
import { isDeep, unstorable } from '../domain/storable.ts'
import { Problem } from './problems.ts'

export const MAX_BYTES = 1024 * 1024
/** Where nobody has said who they are: enough for an email address and two passwords. */
export const MAX_ANONYMOUS_BYTES = 4 * 1024
/** A body that is too large is still read up to here, without being kept, so that its sender gets to see the answer. */
const READ_ON_BYTES = 16 * MAX_BYTES

/** The body's media type, in lower case and without parameters. */
export function mediaTypeOf(request: IncomingMessage): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
}

/**
 * The request's JSON body, or `absent` where there is none. Throws Problem: 413 over `maxBytes`, 415 for another
 * media type than these or a content coding, 400 for what is not JSON in UTF-8, is nested more than 32 deep, or holds
 * a NUL or a `__proto__`.
 */
export function readJson(
  request: IncomingMessage,
  absent?: unknown,
  types = ['application/json'],
  maxBytes = MAX_BYTES,
): Promise<unknown> {
  return readBytes(request, maxBytes, (bytes) => {
    if (bytes.length === 0) return absent
    if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.')
    requireType(request, types)
    return parseJson(bytes.toString('utf8'))
  })
}

function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('The body is not valid JSON.')
  }
  // Whatever is to be refused shows in the text: what follows is for the few bodies in which it may be.
  if (text.includes('\\u') || text.includes('__proto__') || isDeep(value)) {
    const fault = unstorable(value)
    if (fault) throw malformed(fault.message, fault.field, fault.code)
  }
  return value
}

/**
 * The request's body as text, with its media type; in UTF-16 where it begins with such a mark, else in the `charset`
 * of its type, which is UTF-8 unless it is named. Throws Problem: 413 for more bytes, 415 for another type or
 * charset.
 */
export async function readFile(
  request: IncomingMessage,
  types: string[],
  maxBytes = MAX_BYTES,
): Promise<{ type: string; text: string }> {
  const bytes = await readBytes(request, maxBytes, (whole) => whole)
  requireType(request, types)
  try {
    return { type: mediaTypeOf(request) ?? '', text: decoderFor(bytes, charsetOf(request))(bytes, false) }
  } catch (error) {
    throw error instanceof NotText ? malformed(`The body ${error.message}.`) : error
  }
}

function charsetOf(request: IncomingMessage): Encoding | undefined {
  const [, charset] = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(request.headers['content-type'] ?? '') ?? []
  const named = ENCODINGS.find((one) => one === charset?.toLowerCase())
  if (charset === undefined || named) return named
  throw new Problem('unsupported-media-type', { detail: `The charset can be ${ENCODINGS.join(', ')}.` })
}

function requireType(request: IncomingMessage, types: string[]): void {
  const coding = request.headers['content-encoding']
  if (!types.includes(mediaTypeOf(request) ?? '')) {
    throw new Problem(
      'unsupported-media-type',
      { detail: `Send the body as ${types.join(' or ')}.` },
      { Accept: types.join(', ') },
    )
  }
  if (coding !== undefined && coding !== 'identity') {
    throw new Problem('unsupported-media-type', { detail: 'Send the body without a content coding.' })
  }
}

/** What `use` makes of the whole body; rejects with what it throws. */
function readBytes<Value>(
  request: IncomingMessage,
  maxBytes: number,
  use: (bytes: Buffer) => Value,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    // Where there is no body at all, the server has ended the stream without an event (see main.ts).
    if (request.readableEnded) return resolve(use(Buffer.alloc(0)))
    const chunks: Buffer[] = []
    let size = 0
    const tooLarge = (headers: Record<string, string> = {}) =>
      reject(
        new Problem(
          'payload-too-large',
          { detail: `The body is larger than ${sizeText(maxBytes)}.` },
          headers,
        ),
      )
    if (Number(request.headers['content-length'] ?? 0) > READ_ON_BYTES)
      return tooLarge({ Connection: 'close' })
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else if (size > READ_ON_BYTES) tooLarge({ Connection: 'close' })
    })
    request.on('end', () => {
      if (size > maxBytes) return tooLarge()
      try {
        resolve(use(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
      } catch (error) {
        reject(error)
      }
    })
    request.on('error', () => reject(malformed('The body did not arrive whole.')))
  })
}

const sizeText = (bytes: number) => (bytes === MAX_BYTES ? '1 MiB' : `${bytes / 1024} KiB`)

function malformed(message: string, field = 'body', code = 'invalid_format'): Problem {
  return new Problem('validation-error', { detail: message, errors: [{ field, message, code }] })
}

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { isDeep, unstorable } from '../domain/storable.ts'
import { Problem } from './problems.ts'

const MAX_BYTES = 1024 * 1024
/** A body that is too large is still read up to here, without being kept, so that its sender gets to see the answer. */
const READ_ON_BYTES = 16 * MAX_BYTES

/** The body's media type, in lower case and without parameters. */
export function mediaTypeOf(request: IncomingMessage): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
}

/**
 * The request's JSON body, or `absent` where there is none. Throws Problem: 413 over 1 MiB, 415 for another media type
 * than these or a content coding, 400 for what is not JSON in UTF-8, is nested more than 32 deep, or holds a NUL or a `__proto__`.
 */
export async function readJson(
  request: IncomingMessage,
  absent?: unknown,
  types = ['application/json'],
): Promise<unknown> {
  const text = await readText(request)
  if (text === '') return absent
  requireType(request, types)
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

/** The request's body as text in UTF-8, with its media type. Throws Problem: 413 over 1 MiB, 415 for another media type than these. */
export async function readFile(
  request: IncomingMessage,
  types: string[],
): Promise<{ type: string; text: string }> {
  const text = await readText(request)
  requireType(request, types)
  return { type: mediaTypeOf(request) ?? '', text }
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

function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    // Where there is no body at all, the server has ended the stream without an event (see main.ts).
    if (request.readableEnded) return resolve('')
    const chunks: Buffer[] = []
    let size = 0
    const tooLarge = (headers: Record<string, string> = {}) =>
      reject(new Problem('payload-too-large', { detail: 'The body is larger than 1 MiB.' }, headers))
    if (Number(request.headers['content-length'] ?? 0) > READ_ON_BYTES)
      return tooLarge({ Connection: 'close' })
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BYTES) chunks.push(chunk)
      else if (size > READ_ON_BYTES) tooLarge({ Connection: 'close' })
    })
    request.on('end', () => {
      if (size > MAX_BYTES) return tooLarge()
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      if (isUtf8(bytes)) resolve(bytes.toString('utf8'))
      else reject(malformed('The body is not valid UTF-8.'))
    })
    request.on('error', () => reject(malformed('The body did not arrive whole.')))
  })
}

function malformed(message: string, field = 'body', code = 'invalid_format'): Problem {
  return new Problem('validation-error', { detail: message, errors: [{ field, message, code }] })
}

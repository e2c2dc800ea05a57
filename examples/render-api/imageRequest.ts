import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'
import { z } from 'zod'
import { type FieldError, Problem } from './problem.ts'

const MAX_BODY_BYTES = 1024 * 1024
const MAX_PIXELS = 4096

const sources = ['html', 'svg', 'text'] as const

const ImageRequestSchema = z
  .strictObject({
    html: z.string().min(1).optional(),
    svg: z.string().min(1).optional(),
    text: z.string().min(1).max(5000).optional(),
    width: z.int().min(1).max(MAX_PIXELS).default(1200),
    height: z.int().min(1).max(MAX_PIXELS).default(630),
  })
  .superRefine((request, context) => {
    const given = sources.filter((source) => request[source] !== undefined)
    if (given.length === 1) return
    const message = 'Exactly one of html, svg and text is needed.'
    const params = { code: given.length === 0 ? 'required' : 'invalid_format' }
    context.addIssue({ code: 'custom', path: [given[1] ?? 'html'], message, params })
  })

export type ImageRequest = z.infer<typeof ImageRequestSchema>

/** Reads and checks the JSON body. Throws a Problem: 400, 413 or 415. */
export async function readImageRequest(request: IncomingMessage): Promise<ImageRequest> {
  const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (mediaType !== 'application/json' || encoding !== 'identity') {
    throw new Problem('unsupported-media-type', 'Send the body as plain application/json.')
  }
  const parsed = ImageRequestSchema.safeParse(parseJson(await readText(request)), { reportInput: true })
  if (parsed.success) return parsed.data
  throw invalid(parsed.error.issues.flatMap(fieldErrors))
}

async function readText(request: IncomingMessage): Promise<string> {
  const length = request.headers['content-length']
  try {
    return await getRawBody(request, { limit: MAX_BODY_BYTES, length, encoding: 'utf-8' })
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'entity.too.large') {
      throw new Problem('payload-too-large', `The body may have ${MAX_BODY_BYTES} bytes.`)
    }
    throw invalid([{ field: 'body', message: 'The body ended early.', code: 'invalid_format' }])
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid([{ field: 'body', message: 'This is not JSON.', code: 'invalid_format' }])
  }
}

const invalid = (errors: FieldError[]) =>
  new Problem('validation-error', 'See `errors` for what to change.', { errors })

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const field = issue.path.join('.') || 'body'
  const { message } = issue
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        field: key,
        message: 'This field is not known.',
        code: 'unknown_field',
      }))
    case 'invalid_type':
      return [{ field, message, code: issue.input === undefined ? 'required' : 'invalid_type' }]
    case 'too_big':
      return [{ field, message, code: issue.origin === 'string' ? 'too_long' : 'out_of_range' }]
    case 'too_small':
      return [{ field, message, code: issue.origin === 'string' ? 'required' : 'out_of_range' }]
    case 'custom':
      return [{ field, message, code: String(issue.params?.code ?? 'invalid_format') }]
    default:
      return [{ field, message, code: 'invalid_format' }]
  }
}

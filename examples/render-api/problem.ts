const PROBLEM_BASE_URL = 'https://docs.pictify.io/errors'

const problems = {
  'validation-error': { status: 400, title: 'The request is not valid' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'render-failed': { status: 422, title: 'The picture cannot be rendered' },
  'internal-error': { status: 500, title: 'Something went wrong' },
  'service-unavailable': { status: 503, title: 'The service is not available' },
} as const

export type ProblemSlug = keyof typeof problems

export type FieldError = { field: string; message: string; code: string }

type Extras = {
  errors?: FieldError[]
  /** Seconds. */
  retryAfter?: number
}

/**
 * A refusal of our own (those of keys are the verifier's), thrown anywhere and turned into `application/problem+json`
 * (RFC 9457) in one place.
 */
export class Problem extends Error {
  readonly slug: ProblemSlug
  readonly status: number
  readonly extras: Extras

  constructor(slug: ProblemSlug, detail: string, extras: Extras = {}) {
    super(detail)
    this.slug = slug
    this.status = problems[slug].status
    this.extras = extras
  }

  body(instance: string, requestId: string) {
    const { title, status } = problems[this.slug]
    const type = `${PROBLEM_BASE_URL}/${this.slug}`
    return { type, title, status, detail: this.message, instance, requestId, ...this.extras }
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {}
    if (this.extras.retryAfter !== undefined) headers['Retry-After'] = String(this.extras.retryAfter)
    return headers
  }
}

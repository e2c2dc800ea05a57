export type ProblemKind = { slug: string; status: number; title: string }

/** `retryAfter` in seconds. */
export type ProblemFacts = { detail: string; retryAfter?: number; [fact: string]: unknown }

/** An answer that is a problem (RFC 9457). `retryAfter` becomes the header `Retry-After`, too. */
export class HttpProblem extends Error {
  readonly kind: ProblemKind
  readonly facts: ProblemFacts
  readonly headers: Record<string, string>

  constructor(kind: ProblemKind, facts: ProblemFacts, headers: Record<string, string> = {}) {
    super(facts.detail)
    this.name = 'HttpProblem'
    this.kind = kind
    this.facts = facts
    this.headers =
      facts.retryAfter === undefined ? headers : { ...headers, 'Retry-After': String(facts.retryAfter) }
  }

  get slug(): string {
    return this.kind.slug
  }

  get status(): number {
    return this.kind.status
  }

  /** The body. `instance` is the path without its query, which may hold what should not be repeated. */
  body(base: string, instance: string, requestId: string): Record<string, unknown> {
    const { slug, status, title } = this.kind
    return { type: `${base}/${slug}`, title, status, ...this.facts, instance, requestId }
  }
}

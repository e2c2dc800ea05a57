import createClient, { type Middleware } from 'openapi-fetch'
import { ProblemError } from './ProblemError.ts'
import type { paths } from './schema.d.ts'

const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined
    throw new ProblemError(response.status, await response.json().catch(() => ({})))
  },
  onError() {
    return ProblemError.unreachable()
  },
}

/** The api, typed by its OpenAPI document. Every answer but a 2xx is thrown as a ProblemError. */
export const client = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })
client.use(throwProblems)

/** The body of a successful answer. */
export async function bodyOf<Body>(answer: Promise<{ data?: Body }>): Promise<NonNullable<Body>> {
  const { data } = await answer
  return data as NonNullable<Body>
}

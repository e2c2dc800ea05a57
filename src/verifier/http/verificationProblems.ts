import { HttpProblem, type ProblemFacts } from './HttpProblem.ts'

/** What a verification over HTTP can end in, with its status: in the api, and in servers that verify by themselves. */
export const verificationProblems = {
  'validation-error': { status: 400, title: 'Validation error' },
  'missing-authorization': { status: 401, title: 'Missing authorization' },
  'invalid-api-key': { status: 401, title: 'Invalid API key' },
  'account-suspended': { status: 403, title: 'Account suspended' },
  'insufficient-permissions': { status: 403, title: 'Insufficient permissions' },
  'ip-not-allowed': { status: 403, title: 'IP address not allowed' },
  'rate-limit-exceeded': { status: 429, title: 'Rate limit exceeded' },
  'test-quota-exceeded': { status: 429, title: 'Test quota exceeded' },
  'plan-limit-exceeded': { status: 429, title: 'Plan limit exceeded' },
  'internal-error': { status: 500, title: 'Internal error' },
  'service-unavailable': { status: 503, title: 'Service unavailable' },
} as const

export function verificationProblem(
  slug: keyof typeof verificationProblems,
  facts: ProblemFacts,
  headers?: Record<string, string>,
): HttpProblem {
  return new HttpProblem({ slug, ...verificationProblems[slug] }, facts, headers)
}

/** Nothing could be decided: fail closed. */
export const cannotVerify = () =>
  verificationProblem('service-unavailable', { detail: 'Keys cannot be verified right now.', retryAfter: 1 })

import type { Verification } from '../Verifier.ts'
import type { HttpProblem } from './HttpProblem.ts'
import { limitHeaders, limitsOf, retryAfterOf } from './limitHeaders.ts'
import { verificationProblem } from './verificationProblems.ts'

/** What an end user sees of a refused verification. Unknown, revoked and expired keys look the same. */
export function refusal(verification: Verification, permission?: string): HttpProblem {
  const limits = limitsOf(verification)
  const headers = limitHeaders(verification, limits)
  const retryAfter = retryAfterOf(verification, limits)
  switch (verification.code) {
    case 'ACCOUNT_SUSPENDED':
      return verificationProblem('account-suspended', {
        detail: 'The account of this key is suspended.',
      })
    case 'FORBIDDEN':
      return verificationProblem('insufficient-permissions', {
        detail: `This key lacks the permission ${permission}.`,
        requiredPermission: permission,
      })
    case 'IP_NOT_ALLOWED':
      return verificationProblem('ip-not-allowed', {
        detail: 'This key cannot be used from your IP address.',
      })
    case 'RATE_LIMITED':
      return verificationProblem(
        'rate-limit-exceeded',
        { detail: `Too many requests. Try again in ${retryAfter} s.`, retryAfter },
        headers,
      )
    case 'QUOTA_EXCEEDED':
      return verificationProblem(
        'test-quota-exceeded',
        { detail: 'A test key gets 100 renders per UTC day, and these are used up.', retryAfter },
        headers,
      )
    case 'PLAN_LIMIT_EXCEEDED':
      return verificationProblem(
        'plan-limit-exceeded',
        {
          detail: 'The renders of this month’s plan are used up.',
          plan: verification.account?.plan,
          retryAfter,
        },
        headers,
      )
    default:
      return verificationProblem(
        'invalid-api-key',
        {
          detail: 'The API key is not valid. Check that it is whole, of the right type, and not revoked.',
          ...(verification.hint === undefined ? {} : { hint: verification.hint }),
        },
        { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      )
  }
}

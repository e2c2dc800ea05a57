import {
  ADMIT,
  AUTHENTICATE,
  DELETED,
  EXPIRED,
  FORBIDDEN,
  IP_NOT_ALLOWED,
  MONTH,
  PER_DAY,
  PER_MINUTE,
  QUOTA,
  REVOKED,
  SUSPENDED,
} from './decisionCodes.ts'

/** What a verification answers. To an end user, `NOT_FOUND`, `REVOKED` and `EXPIRED` look the same. */
export const VERIFICATION_CODES = [
  'VALID',
  'NOT_FOUND',
  'REVOKED',
  'EXPIRED',
  'ACCOUNT_SUSPENDED',
  'FORBIDDEN',
  'IP_NOT_ALLOWED',
  'RATE_LIMITED',
  'QUOTA_EXCEEDED',
  'PLAN_LIMIT_EXCEEDED',
] as const
export type VerificationCode = (typeof VERIFICATION_CODES)[number]

const names: Record<number, VerificationCode> = {
  [ADMIT]: 'VALID',
  [AUTHENTICATE]: 'VALID',
  [PER_MINUTE]: 'RATE_LIMITED',
  [PER_DAY]: 'RATE_LIMITED',
  [QUOTA]: 'QUOTA_EXCEEDED',
  [MONTH]: 'PLAN_LIMIT_EXCEEDED',
  [EXPIRED]: 'EXPIRED',
  [REVOKED]: 'REVOKED',
  [SUSPENDED]: 'ACCOUNT_SUSPENDED',
  [FORBIDDEN]: 'FORBIDDEN',
  [IP_NOT_ALLOWED]: 'IP_NOT_ALLOWED',
  [DELETED]: 'NOT_FOUND',
}

/** The name of a decision code: callers read it, and buckets count refusals under it. */
export const codeName = (code: number): VerificationCode => names[code] ?? 'NOT_FOUND'

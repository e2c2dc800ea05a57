import { ipAllowed } from '../domain/keys/allowedIps.ts'
import type { KeyState } from '../domain/keys/keyState.ts'
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
} from '../region/admissionCodes.ts'

/** What a verification answers. To an end user, `NOT_FOUND`, `REVOKED` and `EXPIRED` look the same. */
export type VerificationCode =
  | 'VALID'
  | 'NOT_FOUND'
  | 'REVOKED'
  | 'EXPIRED'
  | 'FORBIDDEN'
  | 'IP_NOT_ALLOWED'
  | 'RATE_LIMITED'
  | 'QUOTA_EXCEEDED'
  | 'PLAN_LIMIT_EXCEEDED'

const names: Record<number, VerificationCode> = {
  [ADMIT]: 'VALID',
  [AUTHENTICATE]: 'VALID',
  [PER_MINUTE]: 'RATE_LIMITED',
  [PER_DAY]: 'RATE_LIMITED',
  [QUOTA]: 'QUOTA_EXCEEDED',
  [MONTH]: 'PLAN_LIMIT_EXCEEDED',
  [EXPIRED]: 'EXPIRED',
  [REVOKED]: 'REVOKED',
  [FORBIDDEN]: 'FORBIDDEN',
  [IP_NOT_ALLOWED]: 'IP_NOT_ALLOWED',
  [DELETED]: 'NOT_FOUND',
}

export const codeName = (code: number): VerificationCode => names[code] ?? 'NOT_FOUND'

/**
 * What the key's state says about a request, before limits and expiry: a refusal, or the wish to be
 * admitted. It holds only once the region has confirmed that the state is of the present version.
 */
export function verdictOf(
  state: KeyState,
  request: { permission?: string; ip?: string; authenticate?: boolean },
): number {
  if (state.status === 'revoked') return REVOKED
  if (state.status === 'deleted') return DELETED
  if (!ipAllowed(state.allowedIps, request.ip)) return IP_NOT_ALLOWED
  if (request.permission !== undefined && !state.permissions.includes(request.permission)) return FORBIDDEN
  return request.authenticate ? AUTHENTICATE : ADMIT
}

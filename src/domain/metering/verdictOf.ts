import { ipAllowed } from '../keys/allowedIps.ts'
import type { KeyState } from '../keys/keyState.ts'
import { ADMIT, AUTHENTICATE, DELETED, FORBIDDEN, IP_NOT_ALLOWED, REVOKED } from './decisionCodes.ts'

/**
 * What the key's state says about a request, before limits and expiry: a refusal, or the wish to be admitted. It holds
 * only once the region has confirmed that the state is of the present version.
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

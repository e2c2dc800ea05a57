import { ipAllowed } from '../keys/allowedIps.ts'
import type { AccountState, KeyState } from '../keys/keyState.ts'
import {
  ADMIT,
  AUTHENTICATE,
  DELETED,
  FORBIDDEN,
  IP_NOT_ALLOWED,
  REVOKED,
  SUSPENDED,
} from './decisionCodes.ts'

/**
 * What the states of the key and its account say about a request, before limits and expiry: a refusal, or the wish to
 * be admitted. It holds only once the region has confirmed that both are of the current version. A key that has ended
 * is refused for that, whatever its account is.
 */
export function verdictOf(
  state: KeyState,
  account: Pick<AccountState, 'status'>,
  request: { permission?: string; ip?: string; authenticate?: boolean },
): number {
  if (state.status === 'revoked') return REVOKED
  if (state.status === 'deleted' || account.status === 'erasing') return DELETED
  if (account.status === 'suspended') return SUSPENDED
  if (!ipAllowed(state.allowedIps, request.ip)) return IP_NOT_ALLOWED
  if (request.permission !== undefined && !state.permissions.includes(request.permission)) return FORBIDDEN
  return request.authenticate ? AUTHENTICATE : ADMIT
}

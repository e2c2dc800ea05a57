import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import {
  SERVICE_TOKEN_PERMISSION_NAMES,
  type ServiceToken,
  type ServiceTokenPermission,
  ServiceTokenSchema,
} from './ServiceToken.ts'

/**
 * What verifiers know of a service token: the form in which a region has it. A token changes once, when it is revoked:
 * its version is then 2. That needs no column, so it also holds for a token that an older release has revoked.
 */
export type ServiceTokenState = {
  version: number
  digest: string
  serviceTokenId: string
  name: string
  permissions: ServiceTokenPermission[]
  /** null: of every account. */
  accountIds: string[] | null
  revoked: boolean
}

/** The current states of service tokens, revoked ones among them; unknown ones are absent. */
export async function readServiceTokens(
  em: SqlEntityManager,
  by: 'id' | 'digest',
  values: string[],
): Promise<ServiceTokenState[]> {
  if (values.length === 0) return []
  const tokens = await em.find(ServiceTokenSchema, { [by]: { $in: values } }, { disableIdentityMap: true })
  return tokens.map(stateOf)
}

function stateOf(token: ServiceToken): ServiceTokenState {
  const revoked = Boolean(token.revokedAt)
  return {
    version: revoked ? 2 : 1,
    digest: token.digest,
    serviceTokenId: token.id,
    name: token.name,
    permissions: token.permissions ?? SERVICE_TOKEN_PERMISSION_NAMES,
    accountIds: token.accountIds ?? null,
    revoked,
  }
}

/** The token, revoked or not. Throws Failure `service-token-not-found`. */
export async function loadServiceToken(em: SqlEntityManager, id: string): Promise<ServiceToken> {
  const token = await em.findOne(ServiceTokenSchema, { id })
  if (!token)
    throw new Failure('service-token-not-found', { detail: 'There is no service token with this ID.' })
  return token
}

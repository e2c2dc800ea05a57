import { z } from 'zod'
import { loadKey } from '../../../domain/keys/keyStore.ts'
import { Callers, readCallers } from '../../../domain/usage/callers.ts'
import { route } from '../../guard.ts'
import { IdParams, whole } from '../../schemas.ts'

export const listApiKeyCallers = route(
  {
    method: 'get',
    path: '/api-keys/:id/callers',
    operation: 'listApiKeyCallers',
    summary: 'List the callers of a key',
    description: 'The number of addresses on each of the last UTC days, and the 100 addresses seen last.',
    tag: 'Usage',
    // Addresses are personal data: `usage:read`, which every ordinary key has, is not enough.
    auth: { permission: 'keys:manage' },
    params: IdParams,
    query: z.strictObject({ days: whole(1, 35, 7).describe('How many UTC days, today included') }),
    responses: {
      200: z.object({ keyId: z.string(), asOf: z.string(), ...Callers.shape }).meta({ id: 'ApiKeyCallers' }),
    },
    problems: ['api-key-not-found'],
  },
  async ({ api, principal, params, query }) => {
    const key = await loadKey(api.em(), principal.accountId, params.id)
    const { em, asOf } = await api.readFrom('reads')
    const callers = await readCallers(em, key.id, query.days, asOf)
    return { status: 200, body: { keyId: key.id, asOf: asOf.toISOString(), ...callers } }
  },
)

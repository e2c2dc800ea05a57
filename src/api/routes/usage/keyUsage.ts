import { z } from 'zod'
import { requireKey } from '../../../domain/keys/keyStore.ts'
import { readWindows, WindowUsage } from '../../../domain/usage/windows.ts'
import { route } from '../../guard.ts'
import { IdParams } from '../../schemas.ts'

export const getApiKeyUsage = route(
  {
    method: 'get',
    path: '/api-keys/:id/usage',
    operation: 'getApiKeyUsage',
    summary: 'Get the usage of a key',
    description: 'Requests, errors and latency in the last 24 hours, 7 days and 30 days.',
    tag: 'Usage',
    auth: { permission: 'usage:read' },
    params: IdParams,
    responses: {
      200: z
        .object({
          keyId: z.string(),
          asOf: z.string(),
          windows: z.object({ '24h': WindowUsage, '7d': WindowUsage, '30d': WindowUsage }),
        })
        .meta({ id: 'ApiKeyUsage' }),
    },
    problems: ['api-key-not-found'],
  },
  async ({ api, principal, params }) => {
    await requireKey(api.em(), principal.accountId, params.id)
    const { em, asOf } = await api.readFrom('reads')
    const windows = (await readWindows(em, [params.id], asOf)).get(params.id)
    return { status: 200, body: { keyId: params.id, asOf: asOf.toISOString(), windows } }
  },
)

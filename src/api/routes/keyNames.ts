import { z } from 'zod'
import { statusOf } from '../../domain/keys/keyRules.ts'
import { listKeyNames } from '../../domain/keys/keyStore.ts'
import { KeyResource } from '../../domain/keys/presentKey.ts'
import { route } from '../guard.ts'

/** For members who do not manage keys: what there is, and nothing about it. */
export const keyNames = route(
  {
    method: 'get',
    path: '/api-key-names',
    summary: 'What the account’s keys are called',
    tag: 'API keys',
    auth: { permission: 'account:read' },
    responses: {
      200: z.object({
        apiKeys: z.array(KeyResource.pick({ id: true, name: true, type: true, status: true })),
      }),
    },
    problems: [],
  },
  async ({ api, principal }) => {
    const keys = await listKeyNames(api.em(), principal.accountId)
    const now = api.now()
    const apiKeys = keys.map(({ id, name, type, status, expiresAt }) => ({
      ...{ id, name, type },
      status: statusOf({ status, expiresAt }, now),
    }))
    return { status: 200, body: { apiKeys } }
  },
)

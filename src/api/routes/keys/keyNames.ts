import { z } from 'zod'
import { statusOf } from '../../../domain/keys/keyRules.ts'
import { listKeyNames } from '../../../domain/keys/keyStore.ts'
import { KeyResource } from '../../../domain/keys/presentKey.ts'
import { route } from '../../guard.ts'
import { Pagination, pageQuery, paginate, text } from '../../schemas.ts'

const MAX_IDS = 100

/** For members who do not manage keys: what there is, and nothing about it. */
export const listApiKeyNames = route(
  {
    method: 'get',
    path: '/api-key-names',
    operation: 'listApiKeyNames',
    summary: 'List the names of keys',
    description: 'Sorted by name.',
    tag: 'API keys',
    auth: { permission: 'account:read' },
    query: z.strictObject({
      ...pageQuery(1_000, 1_000),
      id: text(64 * MAX_IDS)
        .transform((list) => list.split(','))
        .refine((ids) => ids.length <= MAX_IDS, `must name ${MAX_IDS} keys at most`)
        .refine((ids) => ids.every((id) => id.length <= 64), 'must be IDs of at most 64 characters')
        .optional()
        .describe(`Only these keys: up to ${MAX_IDS} IDs, separated by commas`),
    }),
    responses: {
      200: z.object({
        apiKeys: z.array(
          KeyResource.pick({ id: true, name: true, type: true, status: true }).meta({ id: 'ApiKeyName' }),
        ),
        pagination: Pagination,
      }),
    },
    problems: [],
  },
  async ({ api, principal, query: { page, limit, id: ids } }) => {
    const { keys, total } = await listKeyNames(api.em(), principal.accountId, {
      ids,
      limit,
      offset: (page - 1) * limit,
    })
    const now = api.now()
    const apiKeys = keys.map(({ expiresAt, status, ...key }) => ({
      ...key,
      status: statusOf({ status, expiresAt }, now),
    }))
    return { status: 200, body: { apiKeys, pagination: paginate(page, limit, total) } }
  },
)

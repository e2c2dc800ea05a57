import { z } from 'zod'
import { presentServiceToken, ServiceTokenResource } from '../../../domain/accounts/presentServiceToken.ts'
import { SERVICE_TOKEN_PERMISSION_NAMES, ServiceTokenSchema } from '../../../domain/accounts/ServiceToken.ts'
import { loadServiceToken } from '../../../domain/accounts/serviceTokenStore.ts'
import { newId } from '../../../domain/ids.ts'
import { requireUnbound } from '../../../domain/keys/holding.ts'
import { generateSecret } from '../../../domain/keys/keyFormat.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, IdParams, name } from '../../schemas.ts'

/** There are few: a list needs no pages. */
const MOST_LISTED = 1_000
const MOST_ACCOUNTS = 1_000

export const listServiceTokens = route(
  {
    method: 'get',
    path: '/service-tokens',
    operation: 'listServiceTokens',
    summary: 'List service tokens',
    description: 'The latest 1,000, newest first, including revoked ones.',
    tag: 'Operators',
    auth: { operator: 'tokens:manage' },
    responses: { 200: z.object({ serviceTokens: z.array(ServiceTokenResource) }) },
    problems: [],
  },
  async ({ api }) => {
    const order = { orderBy: { createdAt: 'desc', id: 'desc' }, limit: MOST_LISTED } as const
    const tokens = await api.em().find(ServiceTokenSchema, {}, order)
    return { status: 200, body: { serviceTokens: tokens.map(presentServiceToken) } }
  },
)

export const createServiceToken = route(
  {
    method: 'post',
    path: '/service-tokens',
    operation: 'createServiceToken',
    summary: 'Create a service token',
    description:
      'A resource server uses it to verify keys and to report usage. An operator token that is bound to addresses or expires cannot create one.',
    tag: 'Operators',
    auth: { operator: 'tokens:manage' },
    body: z
      .strictObject({
        name: name(100),
        permissions: z
          .array(z.enum(SERVICE_TOKEN_PERMISSION_NAMES))
          .min(1)
          .max(SERVICE_TOKEN_PERMISSION_NAMES.length)
          .optional()
          .describe('By default all of them'),
        accountIds: z
          .array(z.string().min(1).max(64))
          .min(1)
          .max(MOST_ACCOUNTS)
          .optional()
          .describe(
            'The accounts whose keys it knows. For this token, other keys do not exist. Default: all accounts',
          ),
      })
      .meta({ id: 'NewServiceToken' }),
    responses: {
      201: ServiceTokenResource.extend({ token: z.string().describe('Shown this once') }),
      202: Accepted.omit({ key: true }).extend({ token: z.string().optional() }),
    },
    problems: ['idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) => {
    const { api, body, principal } = input
    return respondToCommand(input, {
      secretField: 'token',
      prepare: async () => {
        requireUnbound(principal.holds)
        const serviceTokenId = newId('serviceToken')
        const { value, ...secret } = generateSecret(api.env.KEY_PREFIX, 'service')
        const { permissions = null, accountIds = null } = body
        const payload = { serviceTokenId, name: body.name, permissions, accountIds, ...secret }
        return { kind: 'create-service-token', targetId: serviceTokenId, payload, secret: value }
      },
      present: async ({ serviceTokenId }, token) => {
        const created = await loadServiceToken(api.em(), String(serviceTokenId))
        return { status: 201, body: { ...presentServiceToken(created), token } }
      },
    })
  },
)

export const revokeServiceToken = route(
  {
    method: 'delete',
    path: '/service-tokens/:id',
    operation: 'revokeServiceToken',
    summary: 'Revoke a service token',
    description: 'After the 204, the token is refused in every region.',
    tag: 'Operators',
    auth: { operator: 'tokens:manage' },
    params: IdParams,
    responses: { 204: null, 202: Accepted },
    problems: ['service-token-not-found'],
  },
  (input) =>
    respondToCommand(
      { ...input, body: undefined, file: undefined },
      {
        prepare: async () => {
          const { id } = await loadServiceToken(input.api.em(), input.params.id)
          return { kind: 'revoke-service-token', targetId: id, payload: { serviceTokenId: id } }
        },
        present: () => ({ status: 204 }),
      },
    ),
)

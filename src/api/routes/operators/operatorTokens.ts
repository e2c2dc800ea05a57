import { z } from 'zod'
import { newId } from '../../../domain/ids.ts'
import { requireWithin } from '../../../domain/keys/holding.ts'
import { generateSecret } from '../../../domain/keys/keyFormat.ts'
import { OPERATOR_PERMISSION_NAMES, OperatorTokenSchema } from '../../../domain/operators/OperatorToken.ts'
import { holdingOfToken, loadOperatorToken } from '../../../domain/operators/operatorTokenStore.ts'
import {
  OperatorTokenResource,
  presentOperatorToken,
} from '../../../domain/operators/presentOperatorToken.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, AllowedIps, IdParams, Instant, name } from '../../schemas.ts'

/** There are few: a list needs no pages. */
const MOST_LISTED = 1_000

export const listOperatorTokens = route(
  {
    method: 'get',
    path: '/operator-tokens',
    operation: 'listOperatorTokens',
    summary: 'List operator tokens',
    description: 'The latest 1,000, newest first, including revoked ones.',
    tag: 'Operators',
    auth: { operator: 'tokens:manage' },
    responses: { 200: z.object({ operatorTokens: z.array(OperatorTokenResource) }) },
    problems: [],
  },
  async ({ api }) => {
    const order = { orderBy: { createdAt: 'desc', id: 'desc' }, limit: MOST_LISTED } as const
    const tokens = await api.em().find(OperatorTokenSchema, {}, order)
    return { status: 200, body: { operatorTokens: tokens.map(presentOperatorToken) } }
  },
)

export const createOperatorToken = route(
  {
    method: 'post',
    path: '/operator-tokens',
    operation: 'createOperatorToken',
    summary: 'Create an operator token',
    description:
      'The new token never has more permissions, more addresses or a later expiry than the token that creates it.',
    tag: 'Operators',
    auth: { operator: 'tokens:manage' },
    body: z
      .strictObject({
        name: name(100),
        permissions: z
          .array(z.enum(OPERATOR_PERMISSION_NAMES))
          .min(1)
          .max(20)
          .optional()
          .describe('Default: those of the token that creates it'),
        allowedIps: AllowedIps.optional().describe(
          'Default: those of the token that creates it. An empty list: all',
        ),
        expiresAt: Instant.nullable().optional().describe('Default: when the token that creates it expires'),
      })
      .meta({ id: 'NewOperatorToken' }),
    responses: {
      201: OperatorTokenResource.extend({ token: z.string().describe('Shown this once') }),
      202: Accepted.omit({ key: true }).extend({ token: z.string().optional() }),
    },
    problems: ['idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) => {
    const { api, body, principal } = input
    return respondToCommand(input, {
      secretField: 'token',
      prepare: async () => {
        const { token: maker } = principal
        const { permissions = maker.permissions, allowedIps = maker.allowedIps } = body
        const given = body.expiresAt === undefined ? (maker.expiresAt ?? null) : body.expiresAt
        const expiresAt = given === null ? null : new Date(given)
        requireWithin(principal.holds, holdingOfToken({ permissions, allowedIps, expiresAt }))
        const operatorTokenId = newId('operatorToken')
        const { value, ...secret } = generateSecret(api.env.KEY_PREFIX, 'operator')
        const facts = {
          name: body.name,
          permissions,
          allowedIps,
          expiresAt: expiresAt?.toISOString() ?? null,
        }
        const payload = { operatorTokenId, ...secret, ...facts }
        return { kind: 'create-operator-token', targetId: operatorTokenId, payload, secret: value }
      },
      present: (result, token) => ({ status: 201, body: { ...result, token } }),
    })
  },
)

export const revokeOperatorToken = route(
  {
    method: 'delete',
    path: '/operator-tokens/:id',
    operation: 'revokeOperatorToken',
    summary: 'Revoke an operator token',
    description: 'After the 204, the token is refused everywhere.',
    tag: 'Operators',
    auth: { operator: 'tokens:manage' },
    params: IdParams,
    responses: { 204: null, 202: Accepted },
    problems: ['operator-token-not-found'],
  },
  (input) =>
    respondToCommand(
      { ...input, body: undefined, file: undefined },
      {
        prepare: async () => {
          const { id } = await loadOperatorToken(input.api.em(), input.params.id)
          return { kind: 'revoke-operator-token', targetId: id, payload: { operatorTokenId: id } }
        },
        present: () => ({ status: 204 }),
      },
    ),
)

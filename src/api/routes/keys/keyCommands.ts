import { z } from 'zod'
import { newId } from '../../../domain/ids.ts'
import { grantOf, requireWithin } from '../../../domain/keys/holding.ts'
import { generateSecret } from '../../../domain/keys/keyFormat.ts'
import { etagOf } from '../../../domain/keys/keyRules.ts'
import { loadKey } from '../../../domain/keys/keyStore.ts'
import { KeyResource, KeyWithValue } from '../../../domain/keys/presentKey.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, FanOut, IdParams, name } from '../../schemas.ts'

const shared = { tag: 'API keys', auth: { permission: 'keys:manage' }, params: IdParams } as const

export const revokeApiKey = route(
  {
    ...shared,
    method: 'post',
    path: '/api-keys/:id/revoke',
    calls: 'endings',
    operation: 'revokeApiKey',
    summary: 'Revoke a key',
    description: 'After the 200, no verification that starts later is accepted, in any region.',
    body: z.strictObject({ reason: name(500).nullable().default(null) }),
    bodyOptional: true,
    responses: { 200: z.object({ apiKey: KeyResource, fanOut: FanOut }), 202: Accepted },
    problems: ['api-key-not-found', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params, body } = input
        const { type } = await loadKey(api.em(), principal.accountId, params.id)
        requireWithin(principal.holds, { type })
        const payload = { keyId: params.id, reason: body.reason }
        return { kind: 'revoke-api-key', targetId: params.id, payload }
      },
      present: (result) => ({ status: 200, body: result }),
    }),
)

export const rotateApiKey = route(
  {
    ...shared,
    method: 'post',
    path: '/api-keys/:id/rotate',
    operation: 'rotateApiKey',
    summary: 'Rotate a key',
    description:
      'Creates the successor of the key. The old key ends after the overlap, by default at once. A key has one successor.',
    body: z.strictObject({
      overlapSeconds: z
        .int()
        .min(0)
        .max(30 * 86_400)
        .default(0),
    }),
    bodyOptional: true,
    responses: {
      201: KeyWithValue,
      202: Accepted,
    },
    problems: [
      'api-key-not-found',
      'key-not-active',
      'key-already-rotated',
      'key-limit-reached',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params, body } = input
        const old = await loadKey(api.em(), principal.accountId, params.id)
        // The successor's expiry is compared in the job, which knows it.
        requireWithin(principal.holds, { ...grantOf(old), expiresAt: undefined })
        const { value, digest, hint } = generateSecret(api.env.KEY_PREFIX, old.type)
        const { overlapSeconds } = body
        const payload = { keyId: old.id, newKeyId: newId('apiKey'), digest, hint, overlapSeconds }
        return { kind: 'rotate-api-key', targetId: old.id, payload, secret: value }
      },
      present: (result, secret) => ({
        status: 201,
        body: { ...result, ...(secret === undefined ? {} : { key: secret }) },
        headers: {
          Location: `/api-keys/${result.id}`,
          'Cache-Control': 'no-store',
          ETag: etagOf(Number(result.version)),
        },
      }),
    }),
)

export const deleteApiKey = route(
  {
    ...shared,
    method: 'delete',
    path: '/api-keys/:id',
    calls: 'endings',
    operation: 'deleteApiKey',
    summary: 'Delete a key',
    description: 'Only a key that has been revoked or has expired can be deleted.',
    responses: { 204: null, 202: Accepted },
    problems: ['api-key-not-found', 'key-not-revoked', 'precondition-failed'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, ctx, principal, params } = input
        const { type } = await loadKey(api.em(), principal.accountId, params.id)
        requireWithin(principal.holds, { type })
        const payload = { keyId: params.id, ifMatch: ctx.get('If-Match') || undefined }
        return { kind: 'delete-api-key', targetId: params.id, payload }
      },
      present: () => ({ status: 204 }),
    }),
)

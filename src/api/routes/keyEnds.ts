import { z } from 'zod'
import { newId } from '../../domain/ids.ts'
import { grantOf, requireWithin } from '../../domain/keys/holding.ts'
import { generateSecret } from '../../domain/keys/keyFormat.ts'
import { etagOf } from '../../domain/keys/keyRules.ts'
import { loadKey } from '../../domain/keys/keyStore.ts'
import { KeyResource } from '../../domain/keys/presentKey.ts'
import { route } from '../guard.ts'
import { respondToCommand } from '../respondToCommand.ts'
import { Accepted, IdParams, name } from '../schemas.ts'

const shared = { tag: 'API keys', auth: { permission: 'keys:manage' }, params: IdParams } as const

const FanOut = z.object({
  tookMs: z.number(),
  regions: z.array(
    z.object({ region: z.string(), outcome: z.enum(['confirmed', 'lapsed']), tookMs: z.number() }),
  ),
})

export const revoke = route(
  {
    ...shared,
    method: 'post',
    path: '/api-keys/:id/revoke',
    calls: 'endings',
    summary: 'Revoke a key. After the 200 no verification that starts later is accepted, in any region.',
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

export const rotate = route(
  {
    ...shared,
    method: 'post',
    path: '/api-keys/:id/rotate',
    summary:
      'Create the successor of a key, which ends after the overlap (default: at once). A key has one successor.',
    body: z.strictObject({
      overlapSeconds: z
        .int()
        .min(0)
        .max(30 * 86_400)
        .default(0),
    }),
    bodyOptional: true,
    responses: { 201: KeyResource.extend({ key: z.string().optional() }), 202: Accepted },
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

export const remove = route(
  {
    ...shared,
    method: 'delete',
    path: '/api-keys/:id',
    calls: 'endings',
    summary: 'Delete a revoked key',
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

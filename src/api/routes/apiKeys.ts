import { z } from 'zod'
import { newId } from '../../domain/ids.ts'
import { permissionsFor } from '../../domain/keys/access.ts'
import { grantOf, requireEditWithin, requireWithin } from '../../domain/keys/holding.ts'
import { Access, KeyTypes } from '../../domain/keys/keyFields.ts'
import { generateSecret } from '../../domain/keys/keyFormat.ts'
import { etagOf, requireFuture } from '../../domain/keys/keyRules.ts'
import { KEY_ORDERS, type KeyOrder, lastUses, listKeys, loadKey } from '../../domain/keys/keyStore.ts'
import { KeyResource, presentKey } from '../../domain/keys/presentKey.ts'
import { readArrivals } from '../../domain/regions.ts'
import { KeyListUsage, readKeyListUsage } from '../../domain/usage/keyListUsage.ts'
import { route } from '../guard.ts'
import { respondToCommand } from '../respondToCommand.ts'
import {
  Accepted,
  AllowedIps,
  IdParams,
  Instant,
  Metadata,
  name,
  Pagination,
  Permission,
  paginate,
  text,
  whole,
} from '../schemas.ts'

const Arrival = z.object({
  region: z.string(),
  arrivedAt: z.string().nullable().describe('When the present version arrived there; null: on its way'),
})

const shared = { tag: 'API keys', auth: { permission: 'keys:manage' } } as const
const ShownOnce = KeyResource.extend({
  key: z.string().optional().describe('The value; only in this answer'),
})

const etag = (result: Record<string, unknown>) => ({ ETag: etagOf(Number(result.version)) })
const utc = (instant: string | null | undefined) => (instant ? new Date(instant).toISOString() : instant)

export const createKey = route(
  {
    ...shared,
    method: 'post',
    path: '/api-keys',
    summary: 'Create a key. Its value is shown once, in this answer.',
    body: z.strictObject({
      name: name(100),
      type: KeyTypes,
      access: Access.default('full'),
      permissions: z.array(Permission).max(50).optional(),
      allowedIps: AllowedIps.default([]),
      expiresAt: Instant.nullable().default(null),
      metadata: Metadata.default({}),
    }),
    responses: { 201: ShownOnce, 202: Accepted },
    problems: ['key-limit-reached', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, body } = input
        const permissions = permissionsFor(body.access, body.permissions)
        const expiresAt = utc(body.expiresAt) ?? null
        const end = expiresAt === null ? null : new Date(expiresAt)
        requireFuture('expiresAt', end, api.now())
        requireWithin(principal.holds, grantOf({ ...body, permissions, expiresAt: end }))
        const { value, digest, hint } = generateSecret(api.env.KEY_PREFIX, body.type)
        const keyId = newId('apiKey')
        const payload = { ...body, keyId, digest, hint, permissions, expiresAt }
        return { kind: 'create-api-key', targetId: keyId, payload, secret: value }
      },
      present: (result, secret) => ({
        status: 201,
        body: { ...result, ...(secret === undefined ? {} : { key: secret }) },
        headers: { Location: `/api-keys/${result.id}`, 'Cache-Control': 'no-store', ...etag(result) },
      }),
    }),
)

const Sort = z
  .enum(KEY_ORDERS.flatMap((order) => [order, `-${order}`] as const))
  .default('-createdAt')
  .transform((sort): KeyOrder => {
    const descending = sort.startsWith('-')
    return { by: (descending ? sort.slice(1) : sort) as KeyOrder['by'], descending }
  })
  .describe('`-` before it: descending')

export const list = route(
  {
    ...shared,
    method: 'get',
    path: '/api-keys',
    summary: 'List keys, newest first unless told',
    query: z.strictObject({
      page: whole(1, 1_000_000, 1),
      limit: whole(1, 100, 20),
      type: KeyTypes.optional(),
      status: z.enum(['active', 'revoked', 'expired']).optional(),
      q: text(100)
        .overwrite((q) => q.normalize('NFC'))
        .optional()
        .describe('Part of the name or the ID, or the last 4 characters'),
      sort: Sort,
      include: z.literal('usage').optional().describe('`usage`: what each key of the page was used for'),
    }),
    responses: {
      200: z.object({
        apiKeys: z.array(KeyResource.extend(KeyListUsage.partial().shape)),
        pagination: Pagination,
        asOf: z.string().optional().describe('The instant of the usage, where it is included'),
      }),
    },
    problems: [],
  },
  async ({ api, principal, query }) => {
    const { page, limit, include, sort: order, ...filter } = query
    const em = api.em()
    const now = api.now()
    const { keys, total } = await listKeys(
      em,
      principal.accountId,
      filter,
      { limit, offset: (page - 1) * limit, order },
      now,
    )
    const ids = keys.map((key) => key.id)
    const [uses, usages] = await Promise.all([lastUses(em, ids), include && readKeyListUsage(em, ids, now)])
    const apiKeys = keys.map((key) => ({
      ...presentKey(key, uses.get(key.id) ?? null, now),
      ...usages?.get(key.id),
    }))
    const pagination = paginate(page, limit, total)
    return {
      status: 200,
      body: usages ? { apiKeys, pagination, asOf: now.toISOString() } : { apiKeys, pagination },
    }
  },
)

export const get = route(
  {
    ...shared,
    method: 'get',
    path: '/api-keys/:id',
    summary: 'Read a key',
    params: IdParams,
    responses: { 200: KeyResource.extend({ regions: z.array(Arrival) }) },
    problems: ['api-key-not-found'],
  },
  async ({ api, principal, params }) => {
    const em = api.em()
    const key = await loadKey(em, principal.accountId, params.id)
    const lastUsedAt = (await lastUses(em, [key.id])).get(key.id) ?? null
    return {
      status: 200,
      body: { ...presentKey(key, lastUsedAt, api.now()), regions: await readArrivals(em, key) },
      headers: { ETag: etagOf(key.version) },
    }
  },
)

export const update = route(
  {
    ...shared,
    method: 'patch',
    path: '/api-keys/:id',
    summary: 'Rename or edit a key; If-Match is honoured',
    params: IdParams,
    body: z
      .strictObject({
        name: name(100),
        access: Access,
        permissions: z.array(Permission).max(50),
        allowedIps: AllowedIps,
        expiresAt: Instant.nullable(),
        metadata: Metadata,
      })
      .partial()
      .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field'),
    responses: { 200: KeyResource, 202: Accepted },
    problems: ['api-key-not-found', 'key-not-active', 'precondition-failed'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, ctx, principal, params, body } = input
        const key = await loadKey(api.em(), principal.accountId, params.id)
        // What the edit gives is compared in its job, under the lock of the key.
        requireEditWithin(principal.holds, key, key)
        const ifMatch = ctx.get('If-Match') || undefined
        const changes = { ...body, expiresAt: utc(body.expiresAt) }
        const payload = { keyId: params.id, changes, ifMatch }
        return { kind: 'update-api-key', targetId: params.id, payload }
      },
      present: (result) => ({ status: 200, body: result, headers: etag(result) }),
    }),
)

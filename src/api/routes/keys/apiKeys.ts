import { z } from 'zod'
import { newId } from '../../../domain/ids.ts'
import { permissionsFor } from '../../../domain/keys/access.ts'
import { grantOf, requireEditWithin, requireWithin } from '../../../domain/keys/holding.ts'
import { Access, KeyTypes } from '../../../domain/keys/keyFields.ts'
import { generateSecret } from '../../../domain/keys/keyFormat.ts'
import { etagOf, requireFuture } from '../../../domain/keys/keyRules.ts'
import { KEY_ORDERS, type KeyOrder, lastUses, listKeys, loadKey } from '../../../domain/keys/keyStore.ts'
import { KeyResource, KeyWithValue, presentKey } from '../../../domain/keys/presentKey.ts'
import { readArrivals } from '../../../domain/regions.ts'
import { KeyListUsage, readKeyListUsage } from '../../../domain/usage/keyListUsage.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import {
  Accepted,
  AllowedIps,
  IdParams,
  Instant,
  Metadata,
  name,
  Pagination,
  Permission,
  pageQuery,
  paginate,
  text,
} from '../../schemas.ts'

const Arrival = z
  .object({
    region: z.string(),
    arrivedAt: z
      .string()
      .nullable()
      .describe('When the current version arrived in the region. null: it has not arrived yet'),
  })
  .meta({ id: 'KeyArrival' })

const shared = { tag: 'API keys', auth: { permission: 'keys:manage' } } as const

const ListedKey = KeyResource.extend(KeyListUsage.partial().shape).meta({ id: 'ListedApiKey' })
const KeyWithRegions = KeyResource.extend({ regions: z.array(Arrival) }).meta({ id: 'ApiKeyWithRegions' })

const etag = (result: Record<string, unknown>) => ({ ETag: etagOf(Number(result.version)) })
const utc = (instant: string | null | undefined) => (instant ? new Date(instant).toISOString() : instant)

export const createApiKey = route(
  {
    ...shared,
    method: 'post',
    path: '/api-keys',
    operation: 'createApiKey',
    summary: 'Create a key',
    description: 'The response shows the value of the key. It cannot be shown again.',
    body: z
      .strictObject({
        name: name(100),
        type: KeyTypes,
        access: Access.default('full'),
        permissions: z.array(Permission).max(50).optional(),
        allowedIps: AllowedIps.default([]),
        expiresAt: Instant.nullable().default(null),
        metadata: Metadata.default({}),
      })
      .meta({ id: 'NewApiKey' }),
    responses: { 201: KeyWithValue, 202: Accepted },
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

export const listApiKeys = route(
  {
    ...shared,
    method: 'get',
    path: '/api-keys',
    operation: 'listApiKeys',
    summary: 'List keys',
    description: 'Newest first by default.',
    query: z.strictObject({
      ...pageQuery(100, 20),
      type: KeyTypes.optional().describe('Only keys of this type'),
      status: z.enum(['active', 'revoked', 'expired']).optional().describe('Only keys with this status'),
      q: text(100)
        .overwrite((q) => q.normalize('NFC'))
        .optional()
        .describe('Part of the name or the ID, or the last 4 characters'),
      createdBy: text(64).optional().describe('Only keys that this key, member or operator created'),
      sort: Sort,
      include: z.literal('usage').optional().describe('`usage`: what each key of the page was used for'),
    }),
    responses: {
      200: z.object({
        apiKeys: z.array(ListedKey),
        pagination: Pagination,
        asOf: z
          .string()
          .optional()
          .describe('The instant for which the usage was read, where it is included'),
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
    const source = include && (await api.readFrom('reads'))
    const [uses, usages] = await Promise.all([
      lastUses(em, ids),
      source && readKeyListUsage(source.em, ids, source.asOf),
    ])
    const apiKeys = keys.map((key) => ({
      ...presentKey(key, uses.get(key.id) ?? null, now),
      ...usages?.get(key.id),
    }))
    const pagination = paginate(page, limit, total)
    return {
      status: 200,
      body: { apiKeys, pagination, ...(source ? { asOf: source.asOf.toISOString() } : {}) },
    }
  },
)

export const getApiKey = route(
  {
    ...shared,
    method: 'get',
    path: '/api-keys/:id',
    operation: 'getApiKey',
    summary: 'Get a key',
    params: IdParams,
    responses: { 200: KeyWithRegions },
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

export const updateApiKey = route(
  {
    ...shared,
    method: 'patch',
    path: '/api-keys/:id',
    operation: 'updateApiKey',
    summary: 'Update a key',
    description:
      'Renames or edits the key. With `If-Match`, the update is refused if the key has changed since you read it.',
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
      .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field')
      .meta({ id: 'ApiKeyChanges' }),
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

import { z } from 'zod'
import type { ApiKey } from './ApiKey.ts'
import { statusOf } from './keyRules.ts'

/** The key resource: what callers see of a key. Never its secret, never its digest. */
export const KeyResource = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['live', 'test']),
    access: z.enum(['admin', 'full', 'read_only']),
    permissions: z.array(z.string()),
    status: z.enum(['active', 'revoked', 'expired']),
    hint: z.string().describe('The last 4 characters of the value; `????` where an import did not say'),
    createdAt: z.string(),
    createdBy: z.string(),
    lastUsedAt: z.string().nullable(),
    expiresAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    revokedReason: z.string().nullable(),
    rotatedFrom: z.string().nullable(),
    allowedIps: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()),
    version: z.number().int(),
  })
  .meta({ id: 'ApiKey' })

/** The answer that shows the value of a key, the only time. */
export const KeyWithValue = KeyResource.extend({
  key: z.string().optional().describe('The value; only in this response'),
}).meta({ id: 'ApiKeyWithValue' })

export type KeyResource = z.infer<typeof KeyResource>

export function presentKey(key: ApiKey, lastUsedAt: Date | null, now: Date): KeyResource {
  return {
    id: key.id,
    name: key.name,
    type: key.type,
    access: key.access,
    permissions: key.permissions,
    status: statusOf(key, now),
    hint: key.hint,
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    revokedReason: key.revokedReason ?? null,
    rotatedFrom: key.rotatedFrom ?? null,
    allowedIps: key.allowedIps,
    metadata: key.metadata,
    version: key.version,
  }
}

import { z } from 'zod'
import { SERVICE_TOKEN_PERMISSION_NAMES, type ServiceToken } from './ServiceToken.ts'

export const ServiceTokenResource = z
  .object({
    id: z.string(),
    name: z.string(),
    permissions: z.array(z.enum(SERVICE_TOKEN_PERMISSION_NAMES)),
    accountIds: z.array(z.string()).nullable().describe('The accounts whose keys it knows; null: all'),
    hint: z.string().describe('The last 4 characters of the token'),
    createdAt: z.string(),
    revokedAt: z.string().nullable(),
  })
  .meta({ id: 'ServiceToken' })

export function presentServiceToken(token: ServiceToken): z.infer<typeof ServiceTokenResource> {
  const { id, name, permissions, accountIds, hint, createdAt, revokedAt } = token
  return {
    id,
    name,
    permissions: permissions ?? SERVICE_TOKEN_PERMISSION_NAMES,
    accountIds: accountIds ?? null,
    hint,
    createdAt: createdAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  }
}

import { z } from 'zod'
import type { OperatorToken } from './OperatorToken.ts'

export const OperatorTokenResource = z
  .object({
    id: z.string(),
    name: z.string(),
    permissions: z.array(z.string()),
    allowedIps: z.array(z.string()),
    hint: z.string().describe('The last 4 characters of the token'),
    createdAt: z.string(),
    createdBy: z.string().describe('The operator token that made it, or the operator’s login name'),
    expiresAt: z.string().nullable(),
    lastUsedAt: z.string().nullable().describe('To the minute'),
    revokedAt: z.string().nullable(),
  })
  .meta({ id: 'OperatorToken' })

export function presentOperatorToken(token: OperatorToken): z.infer<typeof OperatorTokenResource> {
  const { digest: _, createdAt, expiresAt, lastUsedAt, revokedAt, ...facts } = token
  return {
    ...facts,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }
}

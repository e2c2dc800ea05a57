import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { rolePermissions } from '../keys/access.ts'
import type { Holding } from '../keys/holding.ts'
import { type OperatorToken, OperatorTokenSchema } from './OperatorToken.ts'

/** The token, revoked or not. Throws Failure `operator-token-not-found`. */
export async function loadOperatorToken(em: SqlEntityManager, id: string): Promise<OperatorToken> {
  const token = await em.findOne(OperatorTokenSchema, { id })
  if (!token)
    throw new Failure('operator-token-not-found', { detail: 'There is no operator token with this ID.' })
  return token
}

type Held = Pick<OperatorToken, 'permissions' | 'allowedIps'> & { expiresAt?: Date | null }

/** What a token may hand on to another token. */
export const holdingOfToken = ({ permissions, allowedIps, expiresAt = null }: Held): Holding => ({
  type: 'live',
  permissions,
  allowedIps,
  expiresAt,
})

/**
 * What a token holds in an account that it acts for: an admin's permissions, within its own addresses and its own
 * time.
 */
export const holdingForAccount = (token: Held): Holding => ({
  ...holdingOfToken(token),
  permissions: token.permissions.includes('act') ? rolePermissions.admin : [],
})

/** Notes a use, to the minute: at most one write a minute, however many calls. */
export async function noteUse(em: SqlEntityManager, id: string, now: Date): Promise<void> {
  await em.execute(
    `update operator_token set last_used_at = ?
     where id = ? and (last_used_at is null or last_used_at < ?::timestamptz - interval '1 minute')`,
    [now, id, now],
  )
}

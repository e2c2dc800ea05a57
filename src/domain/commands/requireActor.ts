import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Role } from '../accounts/Member.ts'
import { Failure } from '../failure.ts'
import { rolePermissions } from '../keys/access.ts'
import type { Command } from './Command.ts'

/**
 * Refuses a command whose actor has ended since they asked: a key that is revoked, expired or deleted, a member who was
 * removed, or either without the permission that was required. Operators and the service itself are not looked up.
 *
 * `untilCommit` locks what was found against a change until the transaction ends. Call it last: a change of the actor then
 * waits for nothing but this commit, and whoever is answered that the actor has ended sees no later work of theirs.
 */
export async function requireActor(
  em: SqlEntityManager,
  command: Command,
  now: Date,
  { untilCommit = false } = {},
): Promise<void> {
  const { actor, permission } = command
  if (actor.type !== 'api_key' && actor.type !== 'member') return
  const held = await permissionsOf(em, command, now, untilCommit ? 'for share' : '')
  if (held && (!permission || held.includes(permission))) return
  throw new Failure('insufficient-permissions', {
    detail: 'Whoever asked for this may not do it any more, so nothing was changed.',
    ...(permission ? { requiredPermission: permission } : {}),
  })
}

async function permissionsOf(
  em: SqlEntityManager,
  { actor, accountId }: Command,
  now: Date,
  lock: '' | 'for share',
): Promise<readonly string[] | undefined> {
  if (actor.type === 'member') {
    const sql = `select role from member where id = ? and account_id = ? ${lock}`
    const [member] = await em.execute<{ role: Role }[]>(sql, [actor.id, accountId])
    return member && rolePermissions[member.role]
  }
  const [key] = await em.execute<{ permissions: string[] }[]>(
    `select permissions from api_key where id = ? and account_id = ? and status = 'active'
       and (expires_at is null or expires_at > ?) ${lock}`,
    [actor.id, accountId, now],
  )
  return key?.permissions
}

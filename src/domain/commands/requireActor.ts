import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { readGuestRole } from '../accounts/guestSessions.ts'
import type { Role } from '../accounts/Member.ts'
import { Failure } from '../failure.ts'
import { rolePermissions } from '../keys/access.ts'
import type { OperatorPermission } from '../operators/OperatorToken.ts'
import type { Command } from './Command.ts'

/** What an actor held when it was read, in a form to compare; undefined for those who are not looked up. */
export type Held = string | undefined

/**
 * The actor of a command was changed while the command was being applied: apply it again, by what the actor holds
 * now.
 */
export class ActorChanged extends Error {
  constructor() {
    super('The actor of this command was changed while it was being applied.')
    this.name = 'ActorChanged'
  }
}

/**
 * Refuses a command whose actor has ended since they asked: a key or token that is revoked, expired or deleted, a
 * member who was removed, a guest whose session has ended, or any of them without the permission that was required.
 * Operators and the service itself are not looked up.
 */
export async function requireActor(em: SqlEntityManager, command: Command, now: Date): Promise<Held> {
  return requirePermission(command, await readActor(em, command, now, ''))
}

/**
 * The same, and locks the actor against a change until the transaction ends. Call it last: a change of the actor then
 * waits for nothing but this commit, and whoever is answered that the actor has ended, or holds less, sees no later
 * work of theirs. Throws ActorChanged where the actor no longer holds exactly what `before` says: the command was
 * decided by that.
 */
export async function requireSameActor(
  em: SqlEntityManager,
  command: Command,
  now: Date,
  before: Held,
): Promise<void> {
  const held = requirePermission(command, await readActor(em, command, now, 'for share'))
  if (held !== before) throw new ActorChanged()
}

type Found = { permissions: readonly string[]; held: Held }

function requirePermission({ permission }: Command, found: Found | undefined): Held {
  if (found && (!permission || found.permissions.includes(permission))) return found.held
  throw new Failure('insufficient-permissions', {
    detail: 'Whoever asked for this is no longer allowed to do it. Nothing was changed.',
    ...(permission ? { requiredPermission: permission } : {}),
  })
}

async function readActor(
  em: SqlEntityManager,
  { actor, accountId, permission }: Command,
  now: Date,
  lock: '' | 'for share',
): Promise<Found | undefined> {
  if (actor.type === 'operator' || actor.type === 'system')
    return { permissions: permission ? [permission] : [], held: undefined }
  if (actor.type === 'member') {
    const sql = `select role from member where id = ? and account_id = ? ${lock}`
    const [member] = await em.execute<{ role: Role }[]>(sql, [actor.id, accountId])
    return member && { permissions: rolePermissions[member.role], held: member.role }
  }
  if (actor.type === 'guest') {
    const role = await readGuestRole(em, { id: actor.id, accountId }, now, lock)
    return role && { permissions: rolePermissions[role], held: role }
  }
  if (actor.type === 'operator_token') {
    const [token] = await em.execute<{ permissions: OperatorPermission[]; held: string }[]>(
      `select permissions, jsonb_build_array(permissions, allowed_ips, expires_at)::text as held
       from operator_token where id = ? and revoked_at is null and (expires_at is null or expires_at > ?) ${lock}`,
      [actor.id, now],
    )
    const acting = token?.permissions.includes('act') ? rolePermissions.admin : []
    return token && { permissions: [...token.permissions, ...acting], held: token.held }
  }
  const [key] = await em.execute<{ permissions: string[]; held: string }[]>(
    `select permissions, jsonb_build_array(type, permissions, allowed_ips, expires_at)::text as held
     from api_key where id = ? and account_id = ? and status = 'active'
       and (expires_at is null or expires_at > ?) ${lock}`,
    [actor.id, accountId, now],
  )
  return key
}

import type { Role } from '../accounts/Member.ts'
import { Failure, type FieldFault } from '../failure.ts'
import type { ApiKey } from './ApiKey.ts'
import { isAskedForHere, isManagement, rolePermissions } from './access.ts'
import { beyondIps } from './allowedIps.ts'
import type { KeyType } from './keyFormat.ts'

/** What a key or a member holds, or is to be given: what it may do, from where, and until when. */
export type Holding = {
  type: KeyType
  permissions: readonly string[]
  allowedIps: readonly string[]
  /** null: without an end. */
  expiresAt: Date | null
}

/** Operators and the service itself are bound by nothing. */
export type Holder = Holding | 'everything'

type HeldKey = Pick<ApiKey, 'type' | 'permissions' | 'allowedIps'> & { expiresAt?: Date | null }

export const holdingOf = ({ type, permissions, allowedIps, expiresAt = null }: HeldKey): Holding => ({
  type,
  permissions,
  allowedIps,
  expiresAt,
})

/** A member manages live keys, from anywhere, until they are removed. */
export const holdingOfRole = (role: Role): Holding => ({
  type: 'live',
  permissions: rolePermissions[role],
  allowedIps: [],
  expiresAt: null,
})

/**
 * What giving a key takes. Permissions for the company's own API need not be held by whoever gives them: a provisioning
 * key that has `keys:manage` alone is there to create keys that render.
 */
export const grantOf = (key: HeldKey): Holding => ({
  ...holdingOf(key),
  permissions: key.permissions.filter(isAskedForHere),
})

/** What giving a role takes: what a session uses. Nobody renders with one. */
const grantOfRole = (role: Role): Holding => ({
  ...holdingOfRole(role),
  permissions: rolePermissions[role].filter(isAskedForHere),
})

export type Excess = FieldFault & { missing: string[] }

/** In which fields a grant goes beyond what its giver holds; what is absent is not given. */
export function excessOf(holder: Holder, grant: Partial<Holding>): Excess[] {
  if (holder === 'everything') return []
  const excess: Excess[] = []
  const add = (field: keyof Holding, missing: string[], message: string) =>
    excess.push({ field, message, code: 'out_of_range', missing })

  if (grant.type === 'live' && holder.type === 'test')
    add('type', ['live'], 'must be "test": a test key manages test keys only, and no members')
  const missing = (grant.permissions ?? []).filter((one) => !holder.permissions.includes(one))
  if (missing.length > 0)
    add('permissions', missing, `must not go beyond your own: you do not have ${missing.join(', ')}`)
  const beyond = grant.allowedIps && beyondIps(holder.allowedIps, grant.allowedIps)
  if (beyond !== undefined) {
    const what = beyond === '*' ? 'an empty list allows every address' : `${beyond} is not among them`
    add('allowedIps', [beyond], `must lie within the addresses of the key that asks: ${what}`)
  }
  const end = holder.expiresAt
  if (end && grant.expiresAt !== undefined && (grant.expiresAt === null || grant.expiresAt > end)) {
    const latest = end.toISOString()
    add('expiresAt', [latest], `must be ${latest} or earlier: the key that asks expires then`)
  }
  return excess
}

/**
 * Nobody gives more than they hold. Throws Failure `insufficient-permissions` that names the fields and what is
 * missing.
 */
export function requireWithin(holder: Holder, grant: Partial<Holding>): void {
  refuse(excessOf(holder, grant))
}

/** The same for a member's role, or for what comes with one: a password, a removal. `field` names it. */
export function requireRole(holder: Holder, role: Role, field: string): void {
  const excess = excessOf(holder, grantOfRole(role))
  const missing = excess.flatMap((one) => one.missing)
  if (excess.length === 0) return
  const reason = excess.map((one) => `${one.field} ${one.message}`).join('; ')
  const message = `requires all that the role "${role}" holds, from every address and without expiry (${reason})`
  refuse([{ field, message, code: 'out_of_range', missing }])
}

/** Nobody has sent to an address of theirs what they may not read. `field` is what asks for it. */
export function requireToRead(holder: Holder, permissions: string[], field: string): void {
  const missing = excessOf(holder, { permissions }).flatMap((one) => one.missing)
  if (missing.length === 0) return
  const message = `takes permissions that you do not have: ${missing.join(', ')}`
  refuse([{ field, message, code: 'out_of_range', missing }])
}

/** What a service token has: no addresses and no end of its own. */
export function requireUnbound(holder: Holder): void {
  const excess = excessOf(holder, { allowedIps: [], expiresAt: null })
  if (excess.length === 0) return
  throw new Failure('insufficient-permissions', {
    detail:
      'A service token works from every address and never expires. A token that is bound to addresses or expires cannot create one.',
    missing: excess.flatMap(({ missing }) => missing),
  })
}

/**
 * An edit of a member: of one whose role the editor could give, to a role that they could give. Who sets another's
 * password can sign in as them, and no key's limits follow: that takes all that an admin holds.
 */
export function requireMemberEdit(
  holder: Holder,
  current: Role,
  { role, hasPassword }: { role?: Role; hasPassword: boolean },
): void {
  requireRole(holder, current, 'role')
  if (role !== undefined) requireRole(holder, role, 'role')
  if (hasPassword) requireRole(holder, 'admin', 'password')
}

/**
 * An edit of a key. Nobody edits a key that manages more than they do. An edit that only takes away is free beyond
 * that; one that gives must leave a key that is within what the editor holds.
 */
export function requireEditWithin(holder: Holder, before: HeldKey, after: HeldKey): void {
  requireWithin(holder, { type: before.type, permissions: before.permissions.filter(isManagement) })
  if (excessOf(holdingOf(before), holdingOf(after)).length > 0) requireWithin(holder, grantOf(after))
}

function refuse(excess: Excess[]): void {
  if (excess.length === 0) return
  throw new Failure('insufficient-permissions', {
    detail: excess.map(({ field, message }) => `${field} ${message}`).join('; '),
    errors: excess.map(({ missing: _, ...fault }) => fault),
    missing: excess.flatMap(({ missing }) => missing),
  })
}

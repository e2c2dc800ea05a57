import { invalid } from '../failure.ts'

/**
 * A permission is `resource:action`. These are the service's own; a company may give its keys others
 * (`templates:write`) and ask for them at verification.
 */
const MANAGEMENT_PERMISSIONS = [
  'keys:manage',
  'alerts:manage',
  'members:manage',
  'account:read',
  'audit:read',
] as const

/** Whether a permission is one of the service's own, to see or change the account. */
export const isManagement = (permission: string): boolean =>
  (MANAGEMENT_PERMISSIONS as readonly string[]).includes(permission)

/**
 * Whether this service itself asks for a permission. Of the others, such as `renders:write`, it only tells the
 * company's API whether a key has them.
 */
export const isAskedForHere = (permission: string): boolean =>
  isManagement(permission) || permission === 'usage:read'

export type Access = 'admin' | 'full' | 'read_only'

const full = ['renders:write', 'renders:read', 'usage:read']

const presets: Record<Access, readonly string[]> = {
  admin: [...MANAGEMENT_PERMISSIONS, ...full],
  full,
  read_only: ['renders:read', 'usage:read'],
}

/**
 * The permissions of a key: its access preset, or the explicit list where one is given. An explicit list
 * must fit the access: managing takes `admin`, and `read_only` takes `…:read` only.
 */
export function permissionsFor(access: Access, explicit?: readonly string[]): string[] {
  if (!explicit) return [...presets[access]]
  explicit.forEach((permission, index) => {
    if (isManagement(permission) && access !== 'admin') {
      throw invalid(`permissions[${index}]`, 'out_of_range', `${permission} takes access "admin"`)
    }
    if (access === 'read_only' && !permission.endsWith(':read')) {
      throw invalid(
        `permissions[${index}]`,
        'out_of_range',
        'access "read_only" takes permissions ending in ":read" only',
      )
    }
  })
  return [...new Set(explicit)]
}

/** What a member may do, by role. Only admins see and manage keys. */
export const rolePermissions: Record<'admin' | 'editor' | 'viewer', readonly string[]> = {
  admin: presets.admin,
  editor: ['usage:read', 'account:read'],
  viewer: ['account:read'],
}

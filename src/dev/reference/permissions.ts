import { SERVICE_TOKEN_PERMISSIONS } from '../../domain/accounts/ServiceToken.ts'
import { type Access, permissionsFor, rolePermissions } from '../../domain/keys/access.ts'
import { OPERATOR_PERMISSIONS } from '../../domain/operators/OperatorToken.ts'
import { code, table } from './table.ts'

const MEANINGS: Record<string, string> = {
  'keys:manage': 'See, create, edit, rotate, revoke, delete and import keys, and export the account.',
  'alerts:manage': 'See and change alert rules and channels, and see notifications.',
  'members:manage': 'See, invite, edit and remove members.',
  'account:read': 'See the plan, its limits and their use, and the names of keys.',
  'audit:read': 'See the audit log.',
  'usage:read': 'See the usage of keys and of the account.',
  'renders:write': 'Render. Each admitted verification that asks for it counts as a render.',
  'renders:read': 'Read what was rendered. Your API decides what that is.',
}

export function permissionTable(): string {
  const accesses: Access[] = ['admin', 'full', 'read_only']
  const roles = Object.entries(rolePermissions)
  const rows = permissionsFor('admin').map((permission) => {
    const meaning = MEANINGS[permission]
    if (!meaning) throw new Error(`${permission} has no meaning in ${import.meta.filename}`)
    const presets = accesses.filter((access) => permissionsFor(access).includes(permission))
    const members = roles.filter(([, permissions]) => permissions.includes(permission)).map(([role]) => role)
    return [code(permission), meaning, presets.map(code).join(', '), members.join(', ')]
  })
  return [
    table(['permission', 'lets its holder', 'access of keys', 'roles of members'], rows),
    'Of operator tokens:',
    meaningsOf(OPERATOR_PERMISSIONS),
    'Of service tokens:',
    meaningsOf(SERVICE_TOKEN_PERMISSIONS),
  ].join('\n\n')
}

const meaningsOf = (meanings: Record<string, string>) =>
  table(
    ['permission', 'lets its holder'],
    Object.entries(meanings).map(([permission, meaning]) => [code(permission), meaning]),
  )

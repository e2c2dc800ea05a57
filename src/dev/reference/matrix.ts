import type { RouteSpec } from '../../api/guard.ts'
import { hotRoutes } from '../../api/hot.ts'
import { routes } from '../../api/routes/all.ts'
import type { ServiceTokenPermission } from '../../domain/accounts/ServiceToken.ts'
import { permissionsFor, rolePermissions } from '../../domain/keys/access.ts'
import type { OperatorPermission } from '../../domain/operators/OperatorToken.ts'
import { code, table } from './table.ts'

/**
 * Who asks: nobody, a key, a member or a guest with permissions, or a token with one. `acts`: an operator token that
 * names an account.
 */
export type Asker =
  | { kind: 'nobody' }
  | { kind: 'key' | 'member' | 'guest'; permissions: readonly string[] }
  | { kind: 'service'; permission: ServiceTokenPermission }
  | { kind: 'operator'; permission: OperatorPermission; acts: boolean }

/** Whether a route takes who asks. A session is for browsers: routes of a session take no key. */
export function mayAsk({ auth, path }: Pick<RouteSpec, 'auth' | 'path'>, asker: Asker): boolean {
  // Whether a key may pass is what it decides: by itself it asks for no permission.
  if (path === '/forward-auth') return asker.kind === 'key'
  if (auth === 'none') return true
  if (auth === 'session') return asker.kind === 'member' || asker.kind === 'guest'
  if (auth === 'person') return asker.kind === 'member'
  if ('service' in auth) return asker.kind === 'service' && asker.permission === auth.service
  if ('operator' in auth) return asker.kind === 'operator' && asker.permission === auth.operator
  if ('permissions' in asker) return asker.permissions.includes(auth.permission)
  if (asker.kind !== 'operator') return false
  return asker.acts ? asker.permission === 'act' : auth.orOperator === true
}

const key = (access: Parameters<typeof permissionsFor>[0]): Asker => ({
  kind: 'key',
  permissions: permissionsFor(access),
})
const guest = (role: keyof typeof rolePermissions): Asker => ({
  kind: 'guest',
  permissions: rolePermissions[role],
})
const member = (role: keyof typeof rolePermissions): Asker => ({
  kind: 'member',
  permissions: rolePermissions[role],
})

/** The columns of the matrix; tokens have one each, which names the permission. */
export const ASKERS = {
  nobody: { kind: 'nobody' },
  'key: read_only': key('read_only'),
  'key: full': key('full'),
  'key: admin': key('admin'),
  viewer: member('viewer'),
  editor: member('editor'),
  admin: member('admin'),
  'link: viewer': guest('viewer'),
  'link: editor': guest('editor'),
  'link: admin': guest('admin'),
} as const satisfies Record<string, Asker>

const ACTING: Asker = { kind: 'operator', permission: 'act', acts: true }

function tokenOf({ auth }: RouteSpec): string {
  if (typeof auth !== 'object') return ''
  if ('service' in auth) return `service: ${code(auth.service)}`
  if ('operator' in auth) return `operator: ${code(auth.operator)}`
  const acting = mayAsk({ auth, path: '' }, ACTING) ? `operator: ${code('act')}` : ''
  // The only such route shows a token what it asked for itself.
  return auth.orOperator ? `${acting}; any for its own` : acting
}

export function matrixTable(): string {
  const rows = [...hotRoutes, ...routes].map(({ spec }) => [
    code(
      `${spec.method === 'all' ? 'ANY' : spec.method.toUpperCase()} ${spec.path.replace(/:(\w+)/g, '{$1}')}`,
    ),
    ...Object.values(ASKERS).map((asker) => (mayAsk(spec, asker) ? '✓' : '·')),
    tokenOf(spec) || (spec.auth === 'none' && spec.path !== '/forward-auth' ? '✓' : '·'),
  ])
  return table(['who may call', ...Object.keys(ASKERS), 'token'], rows)
}

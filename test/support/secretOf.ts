import type { RouteSpec } from '../../src/api/guard.ts'

type Secrets = { adminKey: string; serviceToken: string; operatorToken: string }

/** The secret that a route takes; undefined where it takes none. */
export function secretOf({ auth, path }: RouteSpec, secrets: Secrets): string | undefined {
  if (typeof auth === 'object' && 'service' in auth) return secrets.serviceToken
  if (typeof auth === 'object' && 'operator' in auth) return secrets.operatorToken
  return typeof auth === 'object' || path === '/forward-auth' ? secrets.adminKey : undefined
}

import type { Context } from 'koa'
import { holdingOf } from '../domain/keys/holding.ts'
import { missingAuthorization, presentedSecret } from '../verifier/http/credentials.ts'
import { refusal } from '../verifier/http/refusal.ts'
import type { ApiContext, Principal } from './context.ts'
import { actForAccount } from './operatorPrincipal.ts'
import { Problem } from './problems.ts'
import { sessionPrincipal } from './sessions.ts'

/**
 * Who is behind a management request: an API key, an operator token that acts for an account, else a session. The key
 * is verified like any other, so that a revoked admin key manages nothing from the moment its revocation is answered;
 * it is not counted as usage.
 */
export async function requirePrincipal(
  api: ApiContext,
  ctx: Context,
  permission: string,
): Promise<Principal> {
  const principal = await identify(api, ctx, permission)
  if (!principal.permissions.includes(permission)) {
    throw new Problem('insufficient-permissions', {
      detail: `This requires the permission ${permission}.`,
      requiredPermission: permission,
    })
  }
  principal.actor.ip = api.clientIp(ctx.req)
  principal.actor.requestId = ctx.state.requestId
  principal.permission = permission
  return principal
}

async function identify(api: ApiContext, ctx: Context, permission: string): Promise<Principal> {
  if (api.operatorTokens.isPresented(ctx.req)) return actForAccount(api, ctx)
  const value = presentedSecret(ctx.req)
  if (value === undefined) {
    const principal = await sessionPrincipal(api, ctx)
    if (!principal) throw missingAuthorization()
    return principal
  }
  const verification = await api.verifier.verify({
    value,
    permission,
    ip: api.clientIp(ctx.req),
    authenticate: true,
  })
  const { key } = verification
  if (!verification.valid || !key) throw refusal(verification, permission)
  return {
    accountId: key.accountId,
    permissions: key.permissions,
    holds: holdingOf({ ...key, expiresAt: key.expiresAt === 0 ? null : new Date(key.expiresAt) }),
    actor: { type: 'api_key', id: key.keyId },
  }
}

import type { Context } from 'koa'
import { AccountSchema } from '../domain/accounts/Account.ts'
import { requireNotErasing } from '../domain/erasure/erasing.ts'
import { Failure } from '../domain/failure.ts'
import { rolePermissions } from '../domain/keys/access.ts'
import type { OperatorPermission } from '../domain/operators/OperatorToken.ts'
import { holdingForAccount, holdingOfToken } from '../domain/operators/operatorTokenStore.ts'
import type { ApiContext, OperatorPrincipal, Principal } from './context.ts'
import { Problem } from './problems.ts'
import { invalidInput } from './validate.ts'

const ACCOUNT = 'X-Account-Id'

/** Whether a request comes with an operator token and names no account to act for. */
export const isOfNoAccount = (api: ApiContext, ctx: Context): boolean =>
  ctx.get(ACCOUNT) === '' && api.operatorTokens.isPresented(ctx.req)

/** The operator token of a request, which must hold this permission, if any. Throws a Problem where it does not. */
export async function requireOperator(
  api: ApiContext,
  ctx: Context,
  permission?: OperatorPermission,
): Promise<OperatorPrincipal> {
  const ip = api.clientIp(ctx.req)
  const token = await api.operatorTokens.require(ctx.req, ip)
  if (permission !== undefined && !token.permissions.includes(permission))
    throw new Problem('insufficient-permissions', {
      detail: `This requires an operator token with the permission ${permission}.`,
      requiredPermission: permission,
    })
  const actor = { type: 'operator_token' as const, id: token.id, ip, requestId: ctx.state.requestId }
  return {
    accountId: null,
    permissions: token.permissions,
    holds: holdingOfToken(token),
    actor,
    permission,
    token,
  }
}

/**
 * An operator token that acts for the account that `X-Account-Id` names, as an admin of it would. Throws a Problem
 * where it may not, or where the header is missing; Failure `account-not-found`.
 */
export async function actForAccount(api: ApiContext, ctx: Context): Promise<Principal> {
  const { token, actor } = await requireOperator(api, ctx, 'act')
  const accountId = ctx.get(ACCOUNT)
  if (accountId === '')
    throw invalidInput([{ field: ACCOUNT, message: 'is required with an operator token', code: 'required' }])
  const account = await api.em().findOne(AccountSchema, { id: accountId.slice(0, 64) }, { fields: ['id'] })
  if (!account) throw new Failure('account-not-found', { detail: 'There is no account with this ID.' })
  await requireNotErasing(api.em(), accountId)
  return { accountId, permissions: rolePermissions.admin, holds: holdingForAccount(token), actor }
}

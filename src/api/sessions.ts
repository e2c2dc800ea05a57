import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { MemberSchema } from '../domain/accounts/Member.ts'
import { SessionSchema } from '../domain/accounts/Session.ts'
import { rolePermissions } from '../domain/keys/access.ts'
import { holdingOfRole } from '../domain/keys/holding.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import type { ApiContext, Principal } from './context.ts'
import { Problem } from './problems.ts'
import { originOf } from './sameOrigin.ts'

export const SESSION_COOKIE = 'keys_session'
const LENGTH_MS = 12 * 3600 * 1000

/** Starts a session: a random cookie, of which only the digest is stored. */
export async function startSession(api: ApiContext, ctx: Context, memberId: string): Promise<void> {
  const value = randomBytes(32).toString('base64url')
  const createdAt = api.now()
  const expiresAt = new Date(createdAt.getTime() + LENGTH_MS)
  const em = api.em()
  em.persist(em.create(SessionSchema, { digest: digestOf(value), memberId, createdAt, expiresAt }))
  await em.flush()
  api.cookies.write(ctx, SESSION_COOKIE, value, expiresAt)
}

/** Ends the session that the cookie names, if there is one. */
export async function endSession(api: ApiContext, ctx: Context): Promise<void> {
  const value = api.cookies.read(ctx, SESSION_COOKIE)
  if (value) await api.em().nativeDelete(SessionSchema, { digest: digestOf(value) })
  api.cookies.clear(ctx, SESSION_COOKIE)
}

/** Who the cookie's session belongs to; undefined without one in force. */
export async function sessionPrincipal(api: ApiContext, ctx: Context): Promise<Principal | undefined> {
  const value = api.cookies.read(ctx, SESSION_COOKIE)
  if (!value) return undefined
  requireSameOrigin(api, ctx)
  const em = api.em()
  const session = await em.findOne(SessionSchema, { digest: digestOf(value), expiresAt: { $gt: api.now() } })
  const member = session && (await em.findOne(MemberSchema, { id: session.memberId }))
  if (!member) return undefined
  return {
    accountId: member.accountId,
    permissions: rolePermissions[member.role],
    holds: holdingOfRole(member.role),
    actor: { type: 'member', id: member.id },
    member,
  }
}

/** A browser says where a request comes from; one from another site never acts in a session's name. */
function requireSameOrigin(api: ApiContext, ctx: Context): void {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return
  if (originOf(ctx, api.env.PUBLIC_URL) === 'foreign')
    throw new Problem('insufficient-permissions', {
      detail: 'A session can only be used from its own origin.',
    })
}

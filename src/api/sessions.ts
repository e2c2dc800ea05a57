import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import type { Login } from '../domain/accounts/logins.ts'
import { type Member, MemberSchema } from '../domain/accounts/Member.ts'
import { SessionSchema } from '../domain/accounts/Session.ts'
import { deleteSession, insertSession, moveSession } from '../domain/accounts/sessionStore.ts'
import type { AuditAction } from '../domain/audit/actions.ts'
import { audit } from '../domain/audit/audit.ts'
import type { Actor } from '../domain/commands/Command.ts'
import { Failure } from '../domain/failure.ts'
import { rolePermissions } from '../domain/keys/access.ts'
import { holdingOfRole } from '../domain/keys/holding.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import { HOUR_MS } from '../domain/time.ts'
import { missingAuthorization } from '../verifier/http/credentials.ts'
import type { ApiContext, Principal, SessionPrincipal } from './context.ts'
import { Problem } from './problems.ts'
import { originOf } from './sameOrigin.ts'

export const SESSION_COOKIE = 'keys_session'
const LENGTH_MS = 12 * HOUR_MS

/**
 * Starts a session of a member whose password was right: a random cookie, of which only the digest is stored. Returns
 * false, and starts none, where the password changed or the member was removed since the check.
 */
export async function startSession(api: ApiContext, ctx: Context, login: Login): Promise<boolean> {
  const { member } = login
  const value = randomBytes(32).toString('base64url')
  const createdAt = api.now()
  const expiresAt = new Date(createdAt.getTime() + LENGTH_MS)
  const started = await api.em().transactional(async (em) => {
    if (!(await insertSession(em, { digest: digestOf(value), createdAt, expiresAt }, login))) return false
    audit(
      em,
      { accountId: member.accountId, actor: actorOf(api, ctx, member) },
      {
        at: createdAt,
        action: 'session.started',
        targetId: member.id,
      },
    )
    return true
  })
  if (started) api.cookies.write(ctx, SESSION_COOKIE, value, expiresAt)
  return started
}

/** Switches to another account of the same person. Throws `account-not-found` where they are no member. */
export async function switchSession(
  api: ApiContext,
  ctx: Context,
  { member: from }: SessionPrincipal,
  accountId: string,
): Promise<Member> {
  const value = randomBytes(32).toString('base64url')
  const digest = digestOf(api.cookies.read(ctx, SESSION_COOKIE) ?? '')
  const at = api.now()
  const moved = await api.em().transactional(async (em) => {
    const session = await moveSession(em, { digest, next: digestOf(value), accountId, now: at })
    if (!session)
      throw new Failure('account-not-found', { detail: 'You are no member of an account with this ID.' })
    const note = (action: AuditAction, member: Member) =>
      audit(
        em,
        { accountId: member.accountId, actor: actorOf(api, ctx, member) },
        { at, action, targetId: member.id },
      )
    note('session.ended', from)
    note('session.started', session.member)
    return session
  })
  api.cookies.write(ctx, SESSION_COOKIE, value, moved.expiresAt)
  return moved.member
}

/** Ends the session that the cookie names, if there is one. */
export async function endSession(api: ApiContext, ctx: Context): Promise<void> {
  const value = api.cookies.read(ctx, SESSION_COOKIE)
  if (value) {
    await api.em().transactional(async (em) => {
      const member = await deleteSession(em, digestOf(value))
      if (!member) return
      audit(
        em,
        { accountId: member.accountId, actor: actorOf(api, ctx, member) },
        {
          at: api.now(),
          action: 'session.ended',
          targetId: member.id,
        },
      )
    })
  }
  api.cookies.clear(ctx, SESSION_COOKIE)
}

export const actorOf = (api: ApiContext, ctx: Context, member: Member): Actor => ({
  type: 'member',
  id: member.id,
  ip: api.clientIp(ctx.req),
  requestId: ctx.state.requestId,
})

/** Who the cookie's session belongs to; undefined without a valid one. */
export async function sessionPrincipal(api: ApiContext, ctx: Context): Promise<Principal | undefined> {
  const value = api.cookies.read(ctx, SESSION_COOKIE)
  if (!value) return undefined
  requireSameOrigin(api, ctx)
  const em = api.em()
  const session = await em.findOne(SessionSchema, { digest: digestOf(value), expiresAt: { $gt: api.now() } })
  const member = session && (await em.findOne(MemberSchema, { id: session.memberId, status: 'active' }))
  if (!member) return undefined
  return {
    accountId: member.accountId,
    permissions: rolePermissions[member.role],
    holds: holdingOfRole(member.role),
    actor: { type: 'member', id: member.id },
    member,
  }
}

/** The same for what only a person may do. Throws a 401 Problem without a session. */
export async function requireSession(api: ApiContext, ctx: Context): Promise<SessionPrincipal> {
  const principal = await sessionPrincipal(api, ctx)
  if (!principal?.member) throw missingAuthorization()
  principal.actor.ip = api.clientIp(ctx.req)
  principal.actor.requestId = ctx.state.requestId
  return { ...principal, member: principal.member }
}

/** A browser says where a request comes from; one from another site never acts in a session's name. */
function requireSameOrigin(api: ApiContext, ctx: Context): void {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return
  if (originOf(ctx, api.env.PUBLIC_URL) === 'foreign')
    throw new Problem('insufficient-permissions', {
      detail: 'A session can only be used from its own origin.',
    })
}

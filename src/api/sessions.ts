import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { actorOfGuest, deleteGuest, findGuest, type Guest } from '../domain/accounts/guestSessions.ts'
import type { Login } from '../domain/accounts/logins.ts'
import { type Member, MemberSchema, type Role } from '../domain/accounts/Member.ts'
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
import type { Em } from '../platform/postgres.ts'
import { missingAuthorization } from '../verifier/http/credentials.ts'
import type { ApiContext, PersonPrincipal, SessionPrincipal } from './context.ts'
import { Problem } from './problems.ts'
import { requireSameOrigin } from './sameOrigin.ts'

export const SESSION_COOKIE = 'keys_session'
const LENGTH_MS = 12 * HOUR_MS

/** The value of the session's cookie, where it can be one: 32 bytes in base64url. */
export function readSession(api: ApiContext, ctx: Context): string | undefined {
  const value = api.cookies.read(ctx, SESSION_COOKIE)
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
}

/** Gives the browser a session, which this process knows from then on. */
export function writeSession(api: ApiContext, ctx: Context, value: string, expiresAt: Date): void {
  api.lookups.sessions.remember(digestOf(value))
  api.cookies.write(ctx, SESSION_COOKIE, value, expiresAt)
}

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
  if (started) writeSession(api, ctx, value, expiresAt)
  return started
}

/** Switches to another account of the same person. Throws `account-not-found` where they are no member. */
export async function switchSession(
  api: ApiContext,
  ctx: Context,
  { member: from }: PersonPrincipal,
  accountId: string,
): Promise<Member> {
  const value = randomBytes(32).toString('base64url')
  const digest = digestOf(readSession(api, ctx) ?? '')
  const at = api.now()
  const moved = await api.em().transactional(async (em) => {
    const session = await moveSession(em, { digest, next: digestOf(value), accountId, now: at })
    if (!session)
      throw new Failure('account-not-found', { detail: 'You are not a member of an account with this ID.' })
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
  writeSession(api, ctx, value, moved.expiresAt)
  return moved.member
}

/** Ends the session that the cookie names, if there is one. */
export async function endSession(api: ApiContext, ctx: Context): Promise<void> {
  const value = readSession(api, ctx)
  if (value) {
    const end = () => api.em().transactional((em) => deleteAnySession(api, ctx, em, value))
    const digest = digestOf(value)
    await api.lookups.sessions.find(api.clientIp(ctx.req), end, digest)
    api.lookups.sessions.forget(digest)
  }
  api.cookies.clear(ctx, SESSION_COOKIE)
}

export const actorOf = (api: ApiContext, ctx: Context, member: Member): Actor => ({
  type: 'member',
  id: member.id,
  ...originOfCall(api, ctx),
})

/** Where a call comes from, for the audit log. */
export const originOfCall = (api: ApiContext, ctx: Context) => ({
  ip: api.clientIp(ctx.req),
  requestId: ctx.state.requestId as string,
})

/**
 * Deletes the session of a cookie's value, whosever it is, and says so in the account's audit log. Returns whose it
 * was.
 */
export async function deleteAnySession(
  api: ApiContext,
  ctx: Context,
  em: Em,
  value: string,
): Promise<Member | Guest | undefined> {
  const digest = digestOf(value)
  const member = await deleteSession(em, digest)
  const guest = member ? undefined : await deleteGuest(em, digest)
  const who = member ?? guest
  if (!who) return undefined
  const actor = member
    ? actorOf(api, ctx, member)
    : { ...actorOfGuest(guest as Guest), ...originOfCall(api, ctx) }
  audit(em, { accountId: who.accountId, actor }, { at: api.now(), action: 'session.ended', targetId: who.id })
  return who
}

/**
 * Whose session the cookie names; undefined without a valid one. Throws Problem `rate-limit-exceeded` after too many
 * unknown ones from the caller's network.
 */
export async function sessionPrincipal(api: ApiContext, ctx: Context): Promise<SessionPrincipal | undefined> {
  const value = readSession(api, ctx)
  if (!value) return undefined
  requireSameOrigin(ctx, api.env.PUBLIC_URL)
  const digest = digestOf(value)
  return api.lookups.sessions.find(api.clientIp(ctx.req), () => findPrincipal(api, digest), digest)
}

async function findPrincipal(api: ApiContext, digest: string): Promise<SessionPrincipal | undefined> {
  const em = api.em()
  const session = await em.findOne(SessionSchema, { digest, expiresAt: { $gt: api.now() } })
  if (!session) {
    const guest = await findGuest(em, digest, api.now())
    return guest && { ...holdingOfSession(guest), actor: actorOfGuest(guest), guest }
  }
  const member = await em.findOne(MemberSchema, { id: session.memberId, status: 'active' })
  return member
    ? { ...holdingOfSession(member), actor: { type: 'member', id: member.id }, member }
    : undefined
}

const holdingOfSession = ({ accountId, role }: { accountId: string; role: Role }) => ({
  accountId,
  permissions: rolePermissions[role],
  holds: holdingOfRole(role),
})

/** The same for what takes a browser, and no key. Throws a 401 Problem without a session. */
export async function requireSession(api: ApiContext, ctx: Context): Promise<SessionPrincipal> {
  const principal = await sessionPrincipal(api, ctx)
  if (!principal) throw missingAuthorization()
  Object.assign(principal.actor, originOfCall(api, ctx))
  return principal
}

/** The same for what is a person's own. Throws a 403 Problem for a guest, who is nobody we know. */
export async function requirePerson(api: ApiContext, ctx: Context): Promise<PersonPrincipal> {
  const principal = await requireSession(api, ctx)
  if (!principal.member)
    throw new Problem('insufficient-permissions', {
      detail: 'You were signed in by a session link. Only a member who has signed in may do this.',
    })
  return principal
}

import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { MemberSchema } from '../domain/accounts/Member.ts'
import { SessionSchema } from '../domain/accounts/Session.ts'
import { rolePermissions } from '../domain/keys/access.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import type { ApiContext, Principal } from './context.ts'
import { Problem } from './problems.ts'

const COOKIE = 'keys_session'
const LENGTH_MS = 12 * 3600 * 1000

/** Starts a session: a random cookie, of which only the digest is stored. */
export async function startSession(api: ApiContext, ctx: Context, memberId: string): Promise<void> {
  const value = randomBytes(32).toString('base64url')
  const createdAt = api.now()
  const expiresAt = new Date(createdAt.getTime() + LENGTH_MS)
  const em = api.em()
  em.persist(em.create(SessionSchema, { digest: digestOf(value), memberId, createdAt, expiresAt }))
  await em.flush()
  const secure = api.env.PUBLIC_URL?.startsWith('https:') ?? false
  ctx.cookies.set(COOKIE, value, {
    httpOnly: true,
    sameSite: 'strict',
    secure,
    expires: expiresAt,
    overwrite: true,
  })
}

/** Ends the session that the cookie names, if there is one. */
export async function endSession(api: ApiContext, ctx: Context): Promise<void> {
  const value = ctx.cookies.get(COOKIE)
  if (value) await api.em().nativeDelete(SessionSchema, { digest: digestOf(value) })
  ctx.cookies.set(COOKIE, '', { httpOnly: true, sameSite: 'strict', expires: new Date(0), overwrite: true })
}

/** Who the cookie's session belongs to; undefined without one in force. */
export async function sessionPrincipal(api: ApiContext, ctx: Context): Promise<Principal | undefined> {
  const value = ctx.cookies.get(COOKIE)
  if (!value) return undefined
  requireSameOrigin(ctx)
  const em = api.em()
  const session = await em.findOne(SessionSchema, { digest: digestOf(value), expiresAt: { $gt: api.now() } })
  const member = session && (await em.findOne(MemberSchema, { id: session.memberId }))
  if (!member) return undefined
  return {
    accountId: member.accountId,
    permissions: rolePermissions[member.role],
    actor: { type: 'member', id: member.id },
    member,
  }
}

/** A browser says where a request comes from; one from another site never acts in a session's name. */
function requireSameOrigin(ctx: Context): void {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return
  const site = ctx.get('Sec-Fetch-Site')
  const origin = ctx.get('Origin')
  const foreign = site === '' ? origin !== '' && !sameHost(origin, ctx.host) : site !== 'same-origin'
  if (foreign)
    throw new Problem('insufficient-permissions', {
      detail: 'A session can only be used from its own origin.',
    })
}

function sameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host
  } catch {
    return false
  }
}

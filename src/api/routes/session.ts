import argon2 from 'argon2'
import type { Context } from 'koa'
import { z } from 'zod'
import { MemberSchema } from '../../domain/accounts/Member.ts'
import { MemberResource, presentMember } from '../../domain/accounts/presentMember.ts'
import { digestOf } from '../../domain/keys/keyFormat.ts'
import { missingAuthorization } from '../../verifier/http/credentials.ts'
import type { ApiContext } from '../context.ts'
import { route } from '../guard.ts'
import { Problem } from '../problems.ts'
import { respondToCommand } from '../respondToCommand.ts'
import { Accepted, Password } from '../schemas.ts'
import { endSession, sessionPrincipal, startSession } from '../sessions.ts'
import { invalidInput } from '../validate.ts'

/** Tries in one quarter of an hour. */
const TRIES_PER_EMAIL = 10
const TRIES_PER_ADDRESS = 100
const QUARTER_SECONDS = 900

/** Compared with when no member has the address, so that both answers take as long. */
const nobody = argon2.hash('nobody has this password')

const SessionResource = z.object({ member: MemberResource, accountId: z.string() })

export const signIn = route(
  {
    method: 'post',
    path: '/session',
    summary: 'Sign in; the session is a cookie',
    tag: 'Session',
    auth: 'none',
    body: z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(256) }),
    responses: { 201: SessionResource },
    problems: ['invalid-credentials', 'rate-limit-exceeded'],
  },
  async ({ api, ctx, body }) => {
    const email = body.email.toLowerCase()
    await requireTriesLeft(api, ctx, email)
    const member = await api
      .em()
      .findOne(MemberSchema, { email: { $ilike: email.replace(/[\\%_]/g, '\\$&') } })
    const right = await argon2.verify(member?.passwordHash ?? (await nobody), body.password)
    if (!member || !right)
      throw new Problem('invalid-credentials', { detail: 'The email address or the password is wrong.' })
    await startSession(api, ctx, member.id)
    return { status: 201, body: { member: presentMember(member), accountId: member.accountId } }
  },
)

/** Counts a try to say this member's password. Throws a Problem past the bounds. */
async function requireTriesLeft(api: ApiContext, ctx: Context, email: string): Promise<void> {
  const slot = Math.floor(api.now().getTime() / 1000 / QUARTER_SECONDS)
  // The address first: one that is out of tries adds no more counters. Hashed: people paste passwords into this field.
  const bounds = [
    [`ip:${api.clientIp(ctx.req)}`, TRIES_PER_ADDRESS],
    [`email:${digestOf(email)}`, TRIES_PER_EMAIL],
  ] as const
  for (const [name, bound] of bounds) {
    if ((await countTry(api, `keys:sign-ins:${slot}:${name}`)) > bound) {
      throw new Problem('rate-limit-exceeded', {
        detail: 'Too many attempts to sign in. Wait a quarter of an hour.',
        retryAfter: QUARTER_SECONDS,
      })
    }
  }
}

/** One try more under this counter: how many there are now. Throws a Problem while they cannot be counted. */
async function countTry(api: ApiContext, counter: string): Promise<number> {
  const { redis } = api.region
  try {
    const counted = Promise.all([redis.incr(counter), redis.expire(counter, QUARTER_SECONDS)])
    const [tries] = await api.region.answered(counted)
    return tries
  } catch (cause) {
    api.log.warn({ err: cause }, 'tries to sign in cannot be counted')
    throw new Problem('service-unavailable', {
      detail: 'Signing in is not possible right now.',
      retryAfter: 1,
    })
  }
}

export const getSession = route(
  {
    method: 'get',
    path: '/session',
    summary: 'Who is signed in',
    tag: 'Session',
    auth: 'none',
    responses: { 200: SessionResource },
    problems: ['missing-authorization'],
  },
  async ({ api, ctx }) => {
    const principal = await sessionPrincipal(api, ctx)
    if (!principal?.member) throw missingAuthorization()
    return {
      status: 200,
      body: { member: presentMember(principal.member), accountId: principal.accountId },
    }
  },
)

export const changeOwnPassword = route(
  {
    method: 'patch',
    path: '/session',
    summary: 'Change one’s own password, which ends all of one’s sessions, this one too',
    tag: 'Session',
    auth: 'none',
    body: z.strictObject({ currentPassword: z.string().min(1).max(256), password: Password }),
    responses: { 200: MemberResource, 202: Accepted },
    problems: ['missing-authorization', 'rate-limit-exceeded'],
  },
  async ({ api, ctx, body }) => {
    const principal = await sessionPrincipal(api, ctx)
    if (!principal?.member) throw missingAuthorization()
    const { id, email, passwordHash } = principal.member
    await requireTriesLeft(api, ctx, email.toLowerCase())
    if (!(await argon2.verify(passwordHash, body.currentPassword)))
      throw invalidInput([
        { field: 'currentPassword', message: 'is not your password', code: 'invalid_format' },
      ])
    const { requestId } = ctx.state
    const actor = { ...principal.actor, ip: api.clientIp(ctx.req), requestId }
    return respondToCommand(
      { api, ctx, principal: { accountId: principal.accountId, actor }, body },
      {
        prepare: async () => {
          const payload = { memberId: id, passwordHash: await argon2.hash(body.password) }
          return { kind: 'update-member', targetId: id, payload }
        },
        present: (result) => ({ status: 200, body: result }),
      },
    )
  },
)

export const signOut = route(
  {
    method: 'delete',
    path: '/session',
    summary: 'Sign out',
    tag: 'Session',
    auth: 'none',
    responses: { 204: null },
    problems: [],
  },
  async ({ api, ctx }) => {
    await endSession(api, ctx)
    return { status: 204 }
  },
)

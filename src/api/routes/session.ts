import { z } from 'zod'
import { MemberResource, presentMember } from '../../domain/accounts/presentMember.ts'
import { route } from '../guard.ts'
import { respondToCommand } from '../respondToCommand.ts'
import { Accepted, Password } from '../schemas.ts'
import { endSession } from '../sessions.ts'
import { requireAttempts, requirePassword, signInMember } from '../signIn.ts'

const SessionResource = z.object({ member: MemberResource, accountId: z.string() })

export const signIn = route(
  {
    method: 'post',
    path: '/session',
    summary: 'Sign in; the session is a cookie',
    tag: 'Session',
    auth: 'none',
    before: requireAttempts,
    body: z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(256) }),
    responses: { 201: SessionResource },
    problems: ['invalid-credentials', 'rate-limit-exceeded'],
  },
  async ({ api, ctx, body }) => {
    const member = await signInMember(api, ctx, body)
    return { status: 201, body: { member: presentMember(member), accountId: member.accountId } }
  },
)

export const getSession = route(
  {
    method: 'get',
    path: '/session',
    summary: 'Who is signed in',
    tag: 'Session',
    auth: 'session',
    responses: { 200: SessionResource },
    problems: [],
  },
  async ({ principal: { member, accountId } }) => ({
    status: 200,
    body: { member: presentMember(member), accountId },
  }),
)

export const changeOwnPassword = route(
  {
    method: 'patch',
    path: '/session',
    summary: 'Change your password. It ends all of your sessions, this one included.',
    tag: 'Session',
    auth: 'session',
    body: z.strictObject({ currentPassword: z.string().min(1).max(256), password: Password }),
    responses: { 200: MemberResource, 202: Accepted },
    problems: ['rate-limit-exceeded'],
  },
  async (input) => {
    const { api, ctx, principal, body } = input
    await requirePassword(api, ctx, principal.member, body.currentPassword)
    return respondToCommand(input, {
      prepare: async () => {
        const { id } = principal.member
        const payload = { memberId: id, passwordHash: await api.passwords.hash(body.password) }
        return { kind: 'update-member', targetId: id, payload }
      },
      present: (result) => ({ status: 200, body: result }),
    })
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

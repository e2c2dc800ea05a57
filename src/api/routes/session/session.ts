import { z } from 'zod'
import { AccountSchema } from '../../../domain/accounts/Account.ts'
import { readSuspension } from '../../../domain/accounts/accountStatus.ts'
import type { Guest } from '../../../domain/accounts/guestSessions.ts'
import { accountsOf, loginOf, siblingAccounts } from '../../../domain/accounts/logins.ts'
import { type Member, ROLES } from '../../../domain/accounts/Member.ts'
import { MemberResource, presentMember } from '../../../domain/accounts/presentMember.ts'
import { allowedReturnUrl } from '../../../domain/accounts/returnUrl.ts'
import { changePersonPassword } from '../../changePersonPassword.ts'
import type { ApiContext } from '../../context.ts'
import { route } from '../../guard.ts'
import { hashFor } from '../../hashFor.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, Password } from '../../schemas.ts'
import { endSession, switchSession } from '../../sessions.ts'
import { requireAttempts, requirePassword, signInMember } from '../../signIn.ts'

const Accounts = z.array(
  z.object({ accountId: z.string(), name: z.string(), role: z.enum(ROLES) }).meta({ id: 'AccountChoice' }),
)

export const SessionResource = z
  .object({
    member: MemberResource.nullable().describe('null: a guest is signed in'),
    guest: z
      .object({
        id: z.string(),
        role: z.enum(ROLES),
        email: z.string().nullable().describe('As whoever made the session link gave it'),
        returnUrl: z.string().nullable().describe('Where the guest came from'),
        expiresAt: z.string(),
      })
      .nullable()
      .describe('Whom a session link let in. null: a member is signed in'),
    accountId: z.string(),
    accounts: Accounts.describe('The accounts that a member can switch to, with the current one'),
    suspension: z
      .object({ since: z.string(), reason: z.string().nullable() })
      .nullable()
      .describe('Of the current account. null: it is active'),
  })
  .meta({ id: 'Session' })

export async function presentSession(
  api: ApiContext,
  { member, guest }: { member?: Member; guest?: Guest },
): Promise<z.infer<typeof SessionResource>> {
  const em = api.em()
  if (member) {
    const { accountId } = member
    const accounts = await siblingAccounts(em, member)
    const suspension = await readSuspension(em, accountId)
    return { member: presentMember(member), guest: null, accountId, accounts, suspension }
  }
  if (!guest) throw new Error('A session is of a member or of a guest')
  const { accountId, role } = guest
  const { name } = await em.findOneOrFail(AccountSchema, { id: accountId })
  const suspension = await readSuspension(em, accountId)
  const accounts = [{ accountId, name, role }]
  return { member: null, guest: presentGuest(api, guest), accountId, accounts, suspension }
}

/** Without a way back that is allowed no longer. */
function presentGuest({ env }: ApiContext, { id, role, email, returnUrl, expiresAt }: Guest) {
  const back = returnUrl === null ? undefined : allowedReturnUrl(returnUrl, env.RETURN_URLS)
  return { id, role, email, returnUrl: back ?? null, expiresAt: expiresAt.toISOString() }
}

export const signIn = route(
  {
    method: 'post',
    path: '/session',
    operation: 'signIn',
    summary: 'Sign in',
    description: 'The session is a cookie. A password that opens several accounts requires an `accountId`.',
    tag: 'Session',
    auth: 'none',
    before: requireAttempts,
    body: z
      .strictObject({
        email: z.string().min(1).max(254),
        password: z.string().min(1).max(256),
        accountId: z.string().max(64).optional().describe('One of the accounts that a 200 lists'),
      })
      .meta({ id: 'Credentials' }),
    responses: {
      200: z
        .object({ accounts: Accounts })
        .describe('Not signed in yet: repeat the request with the `accountId` of one of these'),
      201: SessionResource,
    },
    problems: ['invalid-credentials', 'rate-limit-exceeded'],
  },
  async ({ api, ctx, body }) => {
    const members = await signInMember(api, ctx, body)
    const [member] = members
    if (member && members.length === 1) return { status: 201, body: await presentSession(api, { member }) }
    const accounts = await accountsOf(
      api.em(),
      members.map(({ id }) => id),
    )
    return { status: 200, body: { accounts } }
  },
)

export const getSession = route(
  {
    method: 'get',
    path: '/session',
    operation: 'getSession',
    summary: 'Get the session',
    description: 'Who is signed in.',
    tag: 'Session',
    auth: 'session',
    responses: { 200: SessionResource },
    problems: [],
  },
  async ({ api, principal }) => ({ status: 200, body: await presentSession(api, principal) }),
)

export const changePassword = route(
  {
    method: 'patch',
    path: '/session',
    operation: 'changePassword',
    summary: 'Change your password',
    description: 'All of your sessions end, including this one.',
    tag: 'Session',
    auth: 'person',
    whileSuspended: true,
    body: z.strictObject({ currentPassword: z.string().min(1).max(256), password: Password }),
    responses: { 200: MemberResource, 202: Accepted },
    problems: ['rate-limit-exceeded'],
  },
  async (input) => {
    const { api, ctx, principal, body } = input
    const { member } = principal
    await requirePassword(api, ctx, await loginOf(api.em(), member), body.currentPassword, 'currentPassword')
    const passwordHash = await hashFor(input, member.email, body.password)
    if (member.personId) {
      await changePersonPassword(api, principal, member.personId, passwordHash)
      return { status: 200, body: presentMember(member) }
    }
    return respondToCommand(input, {
      prepare: async () => {
        const payload = { memberId: member.id, passwordHash }
        return { kind: 'update-member', targetId: member.id, payload }
      },
      present: (result) => ({ status: 200, body: result }),
    })
  },
)

export const switchAccount = route(
  {
    method: 'post',
    path: '/session/account',
    operation: 'switchAccount',
    summary: 'Switch to another account of yours',
    tag: 'Session',
    auth: 'person',
    whileSuspended: true,
    body: z.strictObject({ accountId: z.string().max(64) }),
    responses: { 200: SessionResource },
    problems: ['account-not-found'],
  },
  async ({ api, ctx, principal, body }) => {
    const member = await switchSession(api, ctx, principal, body.accountId)
    return { status: 200, body: await presentSession(api, { member }) }
  },
)

export const signOut = route(
  {
    method: 'delete',
    path: '/session',
    operation: 'signOut',
    summary: 'Sign out',
    tag: 'Session',
    auth: 'none',
    responses: { 204: null },
    problems: ['rate-limit-exceeded'],
  },
  async ({ api, ctx }) => {
    await endSession(api, ctx)
    return { status: 204 }
  },
)

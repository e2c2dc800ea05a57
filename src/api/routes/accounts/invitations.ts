import type { Context } from 'koa'
import { z } from 'zod'
import {
  acceptInvitation as accept,
  invitationGone,
  type OpenedInvitation,
  openInvitation,
} from '../../../domain/accounts/acceptInvitation.ts'
import { loadMember } from '../../../domain/accounts/accountStore.ts'
import { InvitedMember } from '../../../domain/accounts/invitationStore.ts'
import type { Login } from '../../../domain/accounts/logins.ts'
import { type Member, ROLES } from '../../../domain/accounts/Member.ts'
import { PASSWORD_MIN } from '../../../domain/accounts/passwordRule.ts'
import { audit } from '../../../domain/audit/audit.ts'
import { memberFacts } from '../../../domain/events/eventData.ts'
import { recordEvent } from '../../../domain/events/recordEvent.ts'
import { requireRole } from '../../../domain/keys/holding.ts'
import type { ApiContext } from '../../context.ts'
import { route } from '../../guard.ts'
import { hashFor } from '../../hashFor.ts'
import { invitationTo } from '../../invitationLink.ts'
import { openLink } from '../../openLink.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, IdParams, LinkToken } from '../../schemas.ts'
import { actorOf, sessionPrincipal, startSession } from '../../sessions.ts'
import { giveBackAttempts, requireAttempts, requirePassword } from '../../signIn.ts'
import { invalidInput } from '../../validate.ts'
import { presentSession, SessionResource } from '../session/session.ts'

export const resendInvitation = route(
  {
    tag: 'Members',
    auth: { permission: 'members:manage' },
    method: 'post',
    path: '/members/:id/invite',
    operation: 'resendInvitation',
    summary: 'Invite a member again',
    description: 'For a member who has not accepted yet. The previous link ends.',
    params: IdParams,
    responses: { 200: InvitedMember, 202: Accepted },
    problems: [
      'member-not-found',
      'member-not-invited',
      'rate-limit-exceeded',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params } = input
        const { id, email, role } = await loadMember(api.em(), principal.accountId, params.id)
        requireRole(principal.holds, role, 'role')
        return {
          kind: 'renew-invitation',
          targetId: id,
          payload: { memberId: id, link: invitationTo(api, email) },
        }
      },
      present: (result) => ({ status: 200, body: result }),
    }),
)

/** A POST that changes nothing: in its body the token is in no log and no history. */
export const getInvitation = route(
  {
    tag: 'Session',
    auth: 'none',
    method: 'post',
    path: '/invitations/read',
    operation: 'getInvitation',
    summary: 'Get an invitation by the token of its link',
    body: z.strictObject({ token: LinkToken }),
    responses: {
      200: z
        .object({
          email: z.string(),
          account: z.object({ name: z.string() }),
          role: z.enum(ROLES),
          expiresAt: z.string(),
          hasPassword: z
            .boolean()
            .describe('true: ask for the password of this address. false: the person chooses one'),
        })
        .meta({ id: 'Invitation' }),
    },
    problems: ['invitation-not-found', 'rate-limit-exceeded'],
  },
  async (input) => {
    const { api, body } = input
    const opened = await openLink(input, body.token, { gone: invitationGone, stays: true }, (digest) =>
      openInvitation(api.em(), digest, api.now()),
    )
    const { member, accountName, endsAt, person } = opened
    const { email, role } = member
    return {
      status: 200,
      body: {
        email,
        account: { name: accountName },
        role,
        expiresAt: endsAt.toISOString(),
        hasPassword: person !== null,
      },
      headers: { 'Cache-Control': 'no-store' },
    }
  },
)

const AcceptBody = z.strictObject({
  token: LinkToken,
  password: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe(
      'A new password, or the current password of this address. Not needed by a person who is signed in with it.',
    ),
})

export const acceptInvitation = route(
  {
    tag: 'Session',
    auth: 'none',
    method: 'post',
    path: '/invitations/accept',
    operation: 'acceptInvitation',
    summary: 'Accept an invitation and sign in to its account',
    before: requireAttempts,
    body: AcceptBody,
    responses: { 201: SessionResource },
    problems: ['invitation-not-found', 'account-suspended', 'invalid-credentials', 'rate-limit-exceeded'],
  },
  async (input) => {
    const { api, ctx, body } = input
    try {
      const login = await openLink(input, body.token, { gone: invitationGone }, (digest) =>
        join(input, digest),
      )
      const { member } = login
      api.events.soon()
      if (!(await startSession(api, ctx, login)))
        throw invalidInput([{ field: 'password', message: 'was changed meanwhile', code: 'invalid_format' }])
      api.knownDevices.remember(ctx, member.email.toLowerCase(), api.now())
      return { status: 201, body: await presentSession(api, { member }) }
    } finally {
      await giveBackAttempts(ctx)
    }
  },
)

type Accepting = { api: ApiContext; ctx: Context; body: z.infer<typeof AcceptBody> }

/** Makes whoever accepts a member, if they prove that they may be. Returns their login. */
async function join(input: Accepting, digest: string): Promise<Login> {
  const { api, ctx } = input
  const who = await prove(input, await openInvitation(api.em(), digest, api.now()))
  const member = await api.em().transactional(async (em) => {
    const accepted = await accept(em, digest, who, api.now())
    const by = { accountId: accepted.accountId, actor: actorOf(api, ctx, accepted) }
    audit(em, by, joined(api, accepted))
    const data = { member: memberFacts(accepted) }
    recordEvent(em, by, { type: 'member.joined', subject: accepted.id, at: api.now(), data })
    return accepted
  })
  return { member, passwordHash: who.passwordHash }
}

const joined = (api: ApiContext, { id, role }: Member) => ({
  at: api.now(),
  action: 'member.joined' as const,
  targetId: id,
  details: { role },
})

/**
 * Who accepts. A link is worth one account and no password: whoever got hold of it must not get into the others of this
 * address. So a person who exists is signed in, or proves their password.
 */
async function prove(
  { api, ctx, body }: Accepting,
  { member, person }: OpenedInvitation,
): Promise<{ personId?: string; passwordHash: string }> {
  const fault = (message: string) => invalidInput([{ field: 'password', message, code: 'required' }])
  if (person) {
    const proved = { personId: person.id, passwordHash: person.passwordHash }
    const session = await sessionPrincipal(api, ctx)
    if (session?.member?.personId === person.id) return proved
    if (body.password === undefined) throw fault('is needed: this address has one')
    const login = { member: { ...member, personId: person.id }, passwordHash: person.passwordHash }
    await requirePassword(api, ctx, login, body.password, 'password')
    return proved
  }
  if (body.password === undefined) throw fault('is needed: choose one')
  if (body.password.length < PASSWORD_MIN)
    throw invalidInput([
      { field: 'password', message: `must have at least ${PASSWORD_MIN} characters`, code: 'out_of_range' },
    ])
  return { passwordHash: await hashFor({ api, ctx }, member.email, body.password) }
}

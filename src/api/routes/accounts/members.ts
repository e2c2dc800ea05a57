import { z } from 'zod'
import { loadMember, passwordIsPersonal } from '../../../domain/accounts/accountStore.ts'
import { InvitedMember } from '../../../domain/accounts/invitationStore.ts'
import { MemberSchema } from '../../../domain/accounts/Member.ts'
import { MemberResource, presentMember } from '../../../domain/accounts/presentMember.ts'
import { Roles } from '../../../domain/commands/payloadFields.ts'
import { Failure } from '../../../domain/failure.ts'
import { newId } from '../../../domain/ids.ts'
import { requireMemberEdit, requireRole } from '../../../domain/keys/holding.ts'
import type { Principal } from '../../context.ts'
import { route } from '../../guard.ts'
import { hashFor } from '../../hashFor.ts'
import { invitationTo } from '../../invitationLink.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, Email, IdParams, name, Password } from '../../schemas.ts'

const shared = { tag: 'Members', auth: { permission: 'members:manage' } } as const

export const listMembers = route(
  {
    ...shared,
    method: 'get',
    path: '/members',
    operation: 'listMembers',
    summary: 'List members',
    responses: { 200: z.object({ members: z.array(MemberResource) }) },
    problems: [],
  },
  async ({ api, principal }) => {
    const members = await api
      .em()
      .find(MemberSchema, { accountId: principal.accountId }, { orderBy: { createdAt: 'asc' } })
    return { status: 200, body: { members: members.map(presentMember) } }
  },
)

export const addMember = route(
  {
    ...shared,
    method: 'post',
    path: '/members',
    operation: 'addMember',
    summary: 'Add a member',
    description:
      'Without a password, the member is invited by email. With a password, the member is added at once. That password opens this account only.',
    body: z
      .strictObject({
        email: Email,
        role: Roles,
        password: Password.optional(),
        name: name(100).nullable().default(null),
      })
      .meta({ id: 'NewMember' }),
    responses: { 201: InvitedMember, 202: Accepted },
    problems: [
      'email-taken',
      'member-limit-reached',
      'rate-limit-exceeded',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { password, ...fields } = input.body
        requireNoGuest(input.principal, password)
        requireRole(input.principal.holds, fields.role, 'role')
        const memberId = newId('member')
        if (password === undefined) {
          const payload = { ...fields, memberId, link: invitationTo(input.api, fields.email) }
          return { kind: 'invite-member', targetId: memberId, payload }
        }
        const passwordHash = await hashFor(input, fields.email, password)
        const payload = { ...fields, memberId, passwordHash }
        return { kind: 'add-member', targetId: memberId, payload }
      },
      present: (result) => ({ status: 201, body: result, headers: { Location: `/members/${result.id}` } }),
    }),
)

export const getMember = route(
  {
    ...shared,
    method: 'get',
    path: '/members/:id',
    operation: 'getMember',
    summary: 'Get a member',
    params: IdParams,
    responses: { 200: MemberResource },
    problems: ['member-not-found'],
  },
  async ({ api, principal, params }) => ({
    status: 200,
    body: presentMember(await loadMember(api.em(), principal.accountId, params.id)),
  }),
)

export const updateMember = route(
  {
    ...shared,
    method: 'patch',
    path: '/members/:id',
    operation: 'updateMember',
    summary: 'Update a member',
    description: 'Changes the role, name or password. A new password ends the member’s sessions.',
    params: IdParams,
    body: z
      .strictObject({ role: Roles, name: name(100).nullable(), password: Password })
      .partial()
      .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field')
      .meta({ id: 'MemberChanges' }),
    responses: { 200: MemberResource, 202: Accepted },
    problems: ['member-not-found', 'last-admin', 'password-is-personal'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params, body } = input
        const member = await loadMember(api.em(), principal.accountId, params.id)
        const { password, ...changes } = body
        requireNoGuest(principal, password)
        requireMemberEdit(principal.holds, member.role, {
          role: body.role,
          hasPassword: password !== undefined,
        })
        if (password !== undefined && member.personId) throw passwordIsPersonal()
        const passwordHash = password === undefined ? undefined : await hashFor(input, member.email, password)
        const payload = { ...changes, memberId: params.id, passwordHash }
        return { kind: 'update-member', targetId: params.id, payload }
      },
      present: (result) => ({ status: 200, body: result }),
    }),
)

export const removeMember = route(
  {
    ...shared,
    method: 'delete',
    path: '/members/:id',
    operation: 'removeMember',
    summary: 'Remove a member',
    description: 'Their sessions end.',
    params: IdParams,
    responses: { 204: null, 202: Accepted },
    problems: ['member-not-found', 'last-admin'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params } = input
        const member = await loadMember(api.em(), principal.accountId, params.id)
        requireRole(principal.holds, member.role, 'role')
        return { kind: 'remove-member', targetId: params.id, payload: { memberId: params.id } }
      },
      present: () => ({ status: 204 }),
    }),
)

/** Who sets a password can sign in as that person from then on, and a guest is here for some hours. */
function requireNoGuest({ guest }: Pick<Principal, 'guest'>, password: string | undefined): void {
  if (!guest || password === undefined) return
  const message = 'cannot be set by a guest, whom a session link let in: invite the member instead'
  throw new Failure('insufficient-permissions', {
    detail: `password ${message}`,
    errors: [{ field: 'password', message, code: 'out_of_range' }],
  })
}

import { z } from 'zod'
import { AccountResource, loadPresented } from '../../../domain/accounts/presentAccount.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, FanOut, IdParams, name } from '../../schemas.ts'

const shared = {
  method: 'post',
  tag: 'Operators',
  auth: { operator: 'accounts:write' },
  params: IdParams,
  bodyOptional: true,
  responses: { 200: z.object({ account: AccountResource, fanOut: FanOut }), 202: Accepted },
} as const

export const suspendAccount = route(
  {
    ...shared,
    path: '/accounts/:id/suspend',
    operation: 'suspendAccount',
    summary: 'Suspend an account',
    description:
      'After the 200, no verification that starts later is accepted for any key of the account, in any region. Members can read but not change anything.',
    problems: ['account-not-found', 'account-erasing', 'idempotency-conflict', 'idempotency-in-flight'],
    body: z.strictObject({
      reason: name(500).nullable().default(null).describe('Shown to the members of the account'),
    }),
  },
  (input) => {
    const load = () => loadPresented(input.api.em(), input.params.id, input.api.now())
    return respondToCommand(input, {
      prepare: async () => {
        const { id } = await load()
        return { kind: 'suspend-account', accountId: id, targetId: id, payload: input.body }
      },
      present: async ({ fanOut }) => ({ status: 200, body: { account: await load(), fanOut } }),
    })
  },
)

export const resumeAccount = route(
  {
    ...shared,
    path: '/accounts/:id/resume',
    operation: 'resumeAccount',
    summary: 'Resume a suspended account',
    description:
      'Keys, limits and alert rules are as they were before. Returns when every region admits the keys again.',
    problems: ['account-not-found', 'account-erasing', 'idempotency-conflict', 'idempotency-in-flight'],
    body: z.strictObject({}),
  },
  (input) => {
    const load = () => loadPresented(input.api.em(), input.params.id, input.api.now())
    return respondToCommand(input, {
      prepare: async () => {
        const { id } = await load()
        return { kind: 'resume-account', accountId: id, targetId: id, payload: {} }
      },
      present: async ({ fanOut }) => ({ status: 200, body: { account: await load(), fanOut } }),
    })
  },
)

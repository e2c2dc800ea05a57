import { loadPresented } from '../../../domain/accounts/presentAccount.ts'
import { CommandSchema } from '../../../domain/commands/Command.ts'
import { type Answer, route } from '../../guard.ts'
import { presentOperation, respondToCommand } from '../../respondToCommand.ts'
import { Accepted, IdParams } from '../../schemas.ts'

const accepted = (operation: { id: string }): Answer => ({
  status: 202,
  body: { operation },
  headers: { Location: `/operations/${operation.id}`, 'Retry-After': '1' },
})

export const eraseAccount = route(
  {
    method: 'delete',
    path: '/accounts/:id',
    operation: 'eraseAccount',
    summary: 'Erase an account',
    description:
      'Permanently deletes members, keys, usage, alerts and logs. The 202 normally comes when every region refuses the keys, and earlier if one does not confirm within `COMMAND_WAIT_MS`. The operation succeeds when everything is deleted. The ID is then unknown, and the external ID can be used again.',
    tag: 'Operators',
    auth: { operator: 'accounts:write' },
    params: IdParams,
    responses: { 202: Accepted },
    problems: ['account-not-found'],
  },
  async (input) => {
    const { api, params } = input
    const { id } = await loadPresented(api.em(), params.id, api.now())
    const asked = { accountId: id, kind: 'erase-account', status: { $in: ['pending', 'applied'] } } as const
    const before = await api.em().findOne(CommandSchema, asked)
    if (before) return accepted(presentOperation(before))
    return respondToCommand(
      { ...input, body: undefined, file: undefined },
      {
        prepare: async () => ({ kind: 'erase-account', accountId: id, targetId: id, payload: {} }),
        present: ({ operationId }) => {
          const operation = { id: String(operationId), kind: 'erase-account', status: 'succeeded' }
          return accepted(operation)
        },
      },
    )
  },
)

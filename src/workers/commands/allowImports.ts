import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { accountFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { commandJob } from './commandJob.ts'

/** Whether the admins of an account may import keys. Keys that they have imported stay. */
export const allowImports = commandJob('allow-imports', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  account.importsAllowed = payload.allowed
  const action = payload.allowed ? 'account.imports-allowed' : 'account.imports-refused'
  audit(em, command, { at: now, action, targetId: account.id })
  const data = { account: accountFacts(account), fields: ['importsAllowed'] }
  recordEvent(em, command, { type: 'account.updated', subject: account.id, at: now, data })
  return { result: { accountId: account.id, importsAllowed: payload.allowed } }
})

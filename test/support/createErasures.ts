import { handlers } from '../../src/workers/handlers.ts'
import { createCommands } from './commandRows.ts'
import type { TestWorker } from './workerContext.ts'

const actor = { type: 'operator', id: 'root' } as const

/** Accounts to erase, and the steps of an erasure as a worker takes them. */
export function createErasures(worker: TestWorker) {
  const commands = createCommands(worker)
  return {
    commands,
    accountWithKey: async () => {
      const accountId = await commands.account()
      const payload = { ...commands.newKey(), ...commands.newSecret() }
      const commandId = await commands.submit('create-api-key', accountId, payload, { actor })
      await handlers['create-api-key'](worker.context, { commandId })
      return { accountId, keyId: payload.keyId, digest: payload.digest }
    },
    /** The command: every region refuses the keys. Returns its ID. */
    begin: async (accountId: string) => {
      const commandId = await commands.submit('erase-account', accountId, {}, { actor, targetId: accountId })
      await handlers['erase-account'](worker.context, { commandId })
      return commandId
    },
    /** The job that deletes what the account has. */
    remove: (commandId: string, accountId: string) =>
      handlers['remove-account-data'](worker.context, { commandId, accountId }),
    /** What is kept for invoices, by day. */
    unitsOf: async (accountId: string) => {
      const rows = await worker
        .em()
        .execute<{ units: string }[]>('select units from erased_usage where account_id = ?', [accountId])
      return rows.map(({ units }) => Number(units))
    },
  }
}

import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { type Actor, CommandSchema } from '../../src/domain/commands/Command.ts'
import type { CommandKind } from '../../src/domain/commands/catalogue.ts'
import { newId } from '../../src/domain/ids.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import type { TestWorker } from './workerContext.ts'

/** Makes accounts, and rows of commands as the api writes them. */
export function createCommands(worker: TestWorker) {
  const createdAt = () => worker.clock.now
  return {
    account: async () => {
      const id = newId('account')
      const em = worker.em()
      const fields = { name: 'A', plan: 'business', customLimits: {}, version: 1 } as const
      em.persist(em.create(AccountSchema, { id, ...fields, createdAt: createdAt() }))
      await em.flush()
      return id
    },
    submit: async (
      kind: CommandKind,
      accountId: string | null,
      payload: object,
      by: { actor?: Actor; permission?: string; targetId?: string } = {},
    ) => {
      const id = newId('operation')
      const em = worker.em()
      em.persist(
        em.create(CommandSchema, {
          actor: { type: 'system', id: 'test' },
          ...by,
          id,
          accountId,
          kind,
          payload,
          status: 'pending',
          createdAt: createdAt(),
          sweepAt: createdAt(),
          sweeps: 0,
        }),
      )
      await em.flush()
      return id
    },
    newSecret: () => {
      const { digest, hint } = generateSecret('pk', 'live')
      return { digest, hint }
    },
    /** The payload of a `create-api-key`, but for its secret. */
    newKey: () => ({
      keyId: newId('apiKey'),
      name: 'K',
      type: 'live',
      access: 'full',
      permissions: [],
      allowedIps: [],
      expiresAt: null,
      metadata: {},
    }),
  }
}

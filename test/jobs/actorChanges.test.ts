import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemberSchema } from '../../src/domain/accounts/Member.ts'
import { type Actor, CommandSchema } from '../../src/domain/commands/Command.ts'
import { ActorChanged } from '../../src/domain/commands/requireActor.ts'
import { newId } from '../../src/domain/ids.ts'
import { ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { permissionsFor } from '../../src/domain/keys/access.ts'
import type { Em } from '../../src/platform/postgres.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { createCommands } from '../support/commandRows.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let commands: ReturnType<typeof createCommands>
let accountId: string
beforeAll(async () => {
  worker = await startWorkerContext()
  commands = createCommands(worker)
  accountId = await commands.account()
})
afterAll(() => worker.stop())

async function storeKey(allowedIps: string[] = []): Promise<string> {
  const { keyId, expiresAt: _, ...key } = commands.newKey()
  const em = worker.em()
  const rights = { access: 'admin' as const, permissions: permissionsFor('admin') }
  const times = { createdAt: worker.clock.now, createdBy: 'test', version: 1 }
  em.persist(
    em.create(ApiKeySchema, {
      ...key,
      ...commands.newSecret(),
      ...rights,
      ...times,
      allowedIps,
      type: 'live',
      id: keyId,
      accountId,
      status: 'active',
    }),
  )
  await em.flush()
  return keyId
}

async function storeAdmin(): Promise<string> {
  const id = newId('member')
  const em = worker.em()
  const fields = { email: `${id}@example.com`, passwordHash: 'x', createdAt: worker.clock.now }
  em.persist(em.create(MemberSchema, { id, accountId, role: 'admin', ...fields }))
  await em.flush()
  return id
}

/** An edit of a key by this actor: allows an address to the key. Returns the command and how it ended so far. */
async function edit(actor: Actor) {
  const keyId = await storeKey(['192.0.2.2'])
  const changes = { allowedIps: ['192.0.2.1'] }
  const id = await commands.submit(
    'update-api-key',
    accountId,
    { keyId, changes },
    { actor, targetId: keyId },
  )
  return {
    run: () => handlers['update-api-key'](worker.context, { commandId: id }),
    outcome: async () => {
      const { status, problem } = await worker.em().findOneOrFail(CommandSchema, { id })
      return problem?.code ?? status
    },
  }
}

/** Resolves once a statement of this database waits for a lock. */
const untilOneWaits = () =>
  eventually(
    () =>
      worker
        .em()
        .execute(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        ),
    (rows) => rows.length > 0,
  )

/** Runs `meanwhile` while a transaction holds what `hold` locks, and commits it then. */
async function holding<Value>(
  hold: (em: Em) => Promise<unknown>,
  meanwhile: () => Promise<Value>,
): Promise<Value> {
  return worker.em().transactional(async (em) => {
    await hold(em)
    return meanwhile()
  })
}

const narrowings = [
  {
    what: 'a key that gets an address range',
    store: () => storeKey(),
    actor: (id: string): Actor => ({ type: 'api_key', id }),
    narrow: (em: Em, id: string) => em.nativeUpdate(ApiKeySchema, { id }, { allowedIps: ['10.0.0.0/8'] }),
  },
  {
    what: 'an admin who becomes an editor',
    store: storeAdmin,
    actor: (id: string): Actor => ({ type: 'member', id }),
    narrow: (em: Em, id: string) => em.nativeUpdate(MemberSchema, { id }, { role: 'editor' }),
  },
]

describe('promise 10: a command is decided by what its actor holds when it commits', () => {
  for (const { what, store, actor, narrow } of narrowings) {
    it(`${what}, after the command has looked`, async () => {
      const id = await store()
      const command = await edit(actor(id))
      // It reads this table after it has compared its change with what its actor holds.
      const running = await holding(
        (em) => em.execute('lock table api_key_use in access exclusive mode'),
        async () => {
          const run = command.run().then(
            () => undefined,
            (error: unknown) => error,
          )
          await untilOneWaits()
          await narrow(worker.em(), id)
          return { run }
        },
      )
      expect(await running.run).toBeInstanceOf(ActorChanged)
      expect(await command.outcome()).toBe('pending')
      // Its job is tried again, by what the actor holds now.
      await command.run()
      expect(await command.outcome()).toBe('insufficient-permissions')
    })

    it(`${what}, in a change that has not committed yet`, async () => {
      const id = await store()
      const command = await edit(actor(id))
      const running = await holding(
        (em) => narrow(em, id),
        async () => {
          const run = command.run().then(
            () => undefined,
            (error: unknown) => error,
          )
          await untilOneWaits()
          return { run }
        },
      )
      expect(await running.run).toBeInstanceOf(ActorChanged)
      await command.run()
      expect(await command.outcome()).toBe('insufficient-permissions')
    })
  }

  it('but a name that changes meanwhile changes nothing', async () => {
    const id = await storeKey()
    const command = await edit({ type: 'api_key', id })
    const running = await holding(
      (em) => em.nativeUpdate(ApiKeySchema, { id }, { name: 'Another' }),
      async () => {
        const run = command.run()
        await untilOneWaits()
        return { run }
      },
    )
    await running.run
    expect(await command.outcome()).toBe('succeeded')
  })
})

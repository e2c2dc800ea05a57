import { afterAll, beforeAll, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { lockAccount } from '../../src/domain/accounts/accountStore.ts'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import type { CommandKind } from '../../src/domain/commands/catalogue.ts'
import { newId } from '../../src/domain/ids.ts'
import { sealContext } from '../../src/domain/notifications/Channel.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { rule } from '../support/commandPayloads.ts'
import { createCommands } from '../support/commandRows.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let commands: ReturnType<typeof createCommands>
let accountId: string
let ids: { channelId: string; alertId: string; notificationId: string }
beforeAll(async () => {
  worker = await startWorkerContext()
  commands = createCommands(worker)
  accountId = await commands.account()
  const [channelId, alertId] = [newId('channel'), newId('alert')]
  const result = await run('create-channel', {
    channelId,
    type: 'webhook',
    name: 'C',
    sealedTarget: sealed(channelId),
    sealedSecret: worker.context.notifiers.vault.seal('whsec_AAAA', sealContext(channelId, 'secret')),
    link: null,
  })
  expect(result).toBe('succeeded')
  expect(await run('create-alert', { ...rule, alertId, channelIds: [channelId] })).toBe('succeeded')
  const [row] = await worker.em().execute<{ id: string }[]>('select id from notification')
  ids = { channelId, alertId, notificationId: row?.id ?? '' }
})
afterAll(() => worker.stop())

const sealed = (channelId: string) =>
  worker.context.notifiers.vault.seal('http://127.0.0.1:9/hook', sealContext(channelId, 'target'))

async function run(kind: CommandKind, payload: object): Promise<string> {
  const commandId = await commands.submit(kind, accountId, payload)
  await handlers[kind](worker.context, { commandId })
  const row = await worker.em().findOneOrFail(CommandSchema, { id: commandId })
  return row.status
}

const payloads = {
  'test-channel': () => ({ channelId: ids.channelId, link: null }),
  'update-channel': () => ({
    channelId: ids.channelId,
    name: null,
    move: { sealedTarget: sealed(ids.channelId), link: null },
  }),
  'redeliver-notification': () => ({ notificationId: ids.notificationId }),
  'test-alert': () => ({ alertId: ids.alertId, baseUrl: null }),
} satisfies Partial<Record<CommandKind, () => object>>

it.each(Object.keys(payloads) as (keyof typeof payloads)[])(
  '%s waits for its account before it locks anything that others lock then',
  async (kind) => {
    let running: Promise<string> | undefined
    const locks = await worker.em().transactional(async (em) => {
      await lockAccount(em, accountId)
      running = run(kind, payloads[kind]())
      const waiting = await eventually(
        () =>
          // A transaction sees what it saw of others first.
          worker
            .em()
            .execute<{ pid: number }[]>(
              `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            ),
        (rows) => rows.length === 1,
      )
      // Whoever holds the account, as `create-channel` does, may want the channel, the rule or the message next.
      for (const [table, id] of [
        ['channel', ids.channelId],
        ['alert_rule', ids.alertId],
        ['notification', ids.notificationId],
      ])
        await em.execute(`select 1 from ${table} where id = ? for update nowait`, [id])
      return em.execute(
        `select mode from pg_locks where pid = ? and locktype = 'advisory' and granted and mode = 'ExclusiveLock'`,
        [waiting[0]?.pid],
      )
    })
    expect(locks).toEqual([])
    expect(await running).toBe('succeeded')
  },
)

it('a locked account is what a look-up finds, beside a later release’s columns, too; nothing counts as changed', async () => {
  await worker.em().execute(`alter table account add column of_later jsonb default '{"a": 1}'`)
  await worker
    .em()
    .nativeUpdate(
      AccountSchema,
      { id: accountId },
      { customLimits: { rendersPerMonth: 7 }, metadata: { plan: 'x' }, lastSuspendedAt: new Date() },
    )
  await worker.em().transactional(async (em) => {
    const account = await lockAccount(em, accountId)
    expect({ ...account }).toEqual({ ...(await worker.em().findOneOrFail(AccountSchema, { id: accountId })) })
    em.getUnitOfWork().computeChangeSets()
    expect(em.getUnitOfWork().getChangeSets()).toEqual([])
  })
})

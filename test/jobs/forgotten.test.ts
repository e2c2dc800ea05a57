import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { type CommandKind, commands as catalogue } from '../../src/domain/commands/catalogue.ts'
import { newId } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { Postponed } from '../../src/workers/Postponed.ts'
import { expireRecords } from '../../src/workers/schedules/expireRecords.ts'
import { createCommands } from '../support/commandRows.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let commands: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  commands = createCommands(worker)
})
afterAll(() => worker.stop())

const planted: string[] = []
/** What must not be found again. */
function plant(): string {
  const secret = `planted-${randomBytes(12).toString('hex')}`
  planted.push(secret)
  return secret
}
const secret = () => ({ digest: plant(), hint: 'abcd' })
const link = () => ({ digest: plant(), sealed: plant() })

/** As a worker does: a postponed job comes back. */
async function handle(kind: CommandKind, commandId: string): Promise<void> {
  try {
    await handlers[kind](worker.context, { commandId })
  } catch (error) {
    if (!(error instanceof Postponed)) return
    await delay(error.ms)
    await handle(kind, commandId)
  }
}

async function run(kind: CommandKind, accountId: string | null, payload: object) {
  const id = await commands.submit(kind, accountId, payload)
  await handle(kind, id)
  return worker.em().findOneOrFail(CommandSchema, { id })
}
const rows = (sql: string, values: unknown[] = []) =>
  worker.em().execute<Record<string, string>[]>(sql, values)
const allCommands = async () =>
  JSON.stringify(await rows('select to_jsonb(command)::text as row from command'))
const add = (accountId: string, email: string) => {
  const memberId = newId('member')
  const payload = { memberId, email, name: null, role: 'editor', passwordHash: plant() }
  return run('add-member', accountId, payload).then(({ status }) => ({ memberId, status }))
}

describe('the payload of a command leaves its row', () => {
  it('when it is done, whatever secret it carried', async () => {
    const accountId = await commands.account()
    const key = { ...commands.newKey(), ...secret() }
    const { memberId } = await add(accountId, 'one@example.com')
    const [email, webhook] = [newId('channel'), newId('channel')]
    const target = { name: 'C', sealedTarget: plant() }
    const channel = { ...target, channelId: email, type: 'email', sealedSecret: null, link: link() }
    const hook = { ...target, channelId: webhook, type: 'webhook', sealedSecret: plant(), link: null }
    const endpoint = {
      ...{ webhookId: newId('webhook'), name: 'W', events: ['*'] },
      ...{ sealedTarget: plant(), sealedSecret: plant() },
    }
    const line = { line: 1, name: 'I', type: 'live', access: 'full', permissions: [], allowedIps: [] }
    const record = { ...line, ...secret(), metadata: {}, createdAt: null, expiresAt: null }
    const owner = { memberId: newId('member'), email: 'owner@example.com', name: null, role: 'admin' }
    const account = {
      accountId: newId('account'),
      name: 'B',
      plan: 'pro',
      adminKey: { ...secret(), keyId: newId('apiKey') },
      member: { ...owner, passwordHash: plant() },
    }
    const asked: [CommandKind, string | null, object][] = [
      ['create-api-key', accountId, key],
      [
        'rotate-api-key',
        accountId,
        { keyId: key.keyId, newKeyId: newId('apiKey'), ...secret(), overlapSeconds: 0 },
      ],
      ['import-api-keys', accountId, { records: [record], failed: 0, errors: [], furtherErrors: 0 }],
      ['update-member', accountId, { memberId, passwordHash: plant() }],
      ['create-account', null, account],
      ['create-service-token', null, { serviceTokenId: newId('serviceToken'), name: 'T', ...secret() }],
      ['create-channel', accountId, channel],
      ['create-channel', accountId, hook],
      ['create-webhook', null, endpoint],
      ['update-webhook', null, { ...endpoint, name: null, events: null, sealedTarget: plant() }],
      ['rotate-webhook-secret', null, { ...endpoint, sealedSecret: plant() }],
      ['test-channel', accountId, { channelId: email, link: link() }],
      [
        'update-channel',
        accountId,
        { channelId: email, name: null, move: { sealedTarget: plant(), link: link() } },
      ],
      ['rotate-channel-secret', accountId, { channelId: webhook, sealedSecret: plant() }],
      ['confirm-channel', accountId, { channelId: email, digest: planted.at(-3) }],
    ]
    for (const [kind, of, payload] of asked) {
      const { status, problem } = await run(kind, of, payload)
      expect([kind, status, problem]).toEqual([kind, 'succeeded', null])
    }
    const kept = await allCommands()
    expect(planted.filter((each) => kept.includes(each))).toEqual([])
  })

  it.each(Object.keys(catalogue) as CommandKind[])(
    'when %s has failed, or has nothing to do',
    async (kind) => {
      const id = await commands.submit(kind, newId('account'), { password: plant() })
      for (let tries = 0; tries < 5; tries++)
        await handlers[kind](worker.context, { commandId: id }).catch(() => {})
      // A page that no change of a plan waits for is done.
      const outcome = kind === 'apply-plan' ? 'succeeded' : 'failed'
      expect((await worker.em().findOneOrFail(CommandSchema, { id })).status).toBe(outcome)
      const kept = await allCommands()
      expect(planted.filter((each) => kept.includes(each))).toEqual([])
    },
  )

  it('when it was finished by a release that kept it', async () => {
    await rows(
      `insert into command (id, kind, payload, actor, status, created_at, finished_at, sweep_at)
       select 'op_old' || n, 'add-member', jsonb_build_object('passwordHash', ?::text), '{}', 'succeeded', now(), now(), now()
       from generate_series(1, 1200) n`,
      [plant()],
    )
    await expireRecords(worker.context)
    const kept = await allCommands()
    expect(planted.filter((each) => kept.includes(each))).toEqual([])
  })
})

describe('a member who is removed', () => {
  const ours = async (accountId: string) =>
    JSON.stringify([
      await rows('select to_jsonb(audit_entry)::text as row from audit_entry where account_id = ?', [
        accountId,
      ]),
      await rows('select to_jsonb(command)::text as row from command where account_id = ?', [accountId]),
    ])

  it('leaves their ID in the place of their email', async () => {
    const accountId = await commands.account()
    const { memberId } = await add(accountId, 'gone@example.com')
    await add(accountId, 'stays@example.com')
    await rows(`update member set role = 'viewer' where id = ?`, [memberId])
    expect(await ours(accountId)).toContain('gone@example.com')
    expect((await run('remove-member', accountId, { memberId })).status).toBe('succeeded')
    expect(await ours(accountId)).not.toContain('gone@example.com')
    expect(await ours(accountId)).toContain('stays@example.com')
    const [added] = await rows(
      `select details ->> 'email' as email from audit_entry where target_id = ? and action = 'member.added'`,
      [memberId],
    )
    expect(added?.email).toBe(memberId)
  })

  it('does so too when an earlier release has removed them', async () => {
    const accountId = await commands.account()
    await rows(
      `insert into audit_entry (account_id, at, action, target_id, actor, details)
       values (?, now(), 'member.removed', 'mem_before', '{}', '{"email": "before@example.com"}')`,
      [accountId],
    )
    await expireRecords(worker.context)
    expect(await ours(accountId)).not.toContain('before@example.com')
  })
})

it('audit entries are kept for as many days as configured, or for good', async () => {
  const accountId = await commands.account()
  const insert = (days: number, count: number) =>
    rows(
      `insert into audit_entry (account_id, at, action, actor) select ?, ?, 'test.done', '{}'
       from generate_series(1, ?::int)`,
      [accountId, new Date(worker.clock.now.getTime() - days * DAY_MS), count],
    )
  const count = async () =>
    Number((await rows('select count(*) as n from audit_entry where account_id = ?', [accountId]))[0]?.n)
  await rows('delete from audit_entry')
  await insert(401, 6_000)
  await insert(399, 3)
  await expireRecords({ ...worker.context, auditDays: 0 })
  expect(await count()).toBe(6_003)
  await expireRecords(worker.context)
  expect(await count()).toBe(3)
})

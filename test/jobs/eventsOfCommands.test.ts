import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { type CommandKind, commands } from '../../src/domain/commands/catalogue.ts'
import type { EventType } from '../../src/domain/events/eventTypes.ts'
import { newId } from '../../src/domain/ids.ts'
import { readJournalOf } from '../../src/domain/journal/journalStore.ts'
import { sealContext } from '../../src/domain/notifications/Channel.ts'
import { noPassword } from '../../src/platform/passwordHash.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { Postponed } from '../../src/workers/Postponed.ts'
import { imported, rule } from '../support/commandPayloads.ts'
import { createCommands } from '../support/commandRows.ts'
import { JOURNALED, recordedEvents } from '../support/eventRecord.ts'
import { SEED_PLANS } from '../support/seedPlans.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let make: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  make = createCommands(worker)
})
afterAll(() => worker.stop())

/** Runs a command as a worker does, twice; returns its row. */
async function run(kind: CommandKind, accountId: string | null, payload: object) {
  // Only the company may resume what is suspended.
  const actor = { type: 'operator', id: 'test' } as const
  const commandId = await make.submit(kind, accountId, payload, { actor })
  const once = () => handlers[kind](worker.context, { commandId })
  await once().catch(async (error) => {
    if (!(error instanceof Postponed)) throw error
    // The first import of a form waits until verifiers know it.
    await worker.em().execute(`update imported_form set announced_at = announced_at - interval '1 hour'`)
    await once()
  })
  await once()
  const row = await worker.em().findOneOrFail(CommandSchema, { id: commandId })
  expect([kind, row.problem, row.status]).toEqual([kind, null, 'succeeded'])
  return row
}

const invitation = () => ({ targetHash: 'hash', emailed: false, digest: randomBytes(8).toString('hex') })
const channelLink = () => ({ digest: randomBytes(8).toString('hex'), sealed: 'sealed' })

/** Things that commands act on, each made by its own command. */
const has = {
  key: async (accountId: string) => {
    const payload = { ...make.newKey(), ...make.newSecret() }
    await run('create-api-key', accountId, payload)
    return payload.keyId
  },
  importedKey: async (accountId: string) => {
    const digest = randomBytes(32).toString('base64url')
    await run('import-api-keys', accountId, imported(digest))
    return digest
  },
  member: async (accountId: string, role: 'admin' | 'viewer' = 'viewer') => {
    const payload = newMember(role)
    await run('add-member', accountId, payload)
    return payload.memberId
  },
  channel: async (accountId: string, type: 'webhook' | 'email' = 'webhook') => {
    const payload = newChannel(type)
    await run('create-channel', accountId, payload)
    return { channelId: payload.channelId, digest: payload.link?.digest ?? '' }
  },
  rule: async (accountId: string) => {
    const alertId = newId('alert')
    await run('create-alert', accountId, { ...rule, alertId })
    return alertId
  },
}

const newMember = (role: 'admin' | 'viewer') => {
  const memberId = newId('member')
  return { memberId, email: `${memberId}@example.com`, name: null, role, passwordHash: noPassword() }
}

const newChannel = (type: 'webhook' | 'email') => {
  const channelId = newId('channel')
  const { vault } = worker.context.notifiers
  const target = type === 'email' ? 'one@example.com' : 'http://127.0.0.1:9/hook'
  return {
    channelId,
    type,
    name: 'C',
    sealedTarget: vault.seal(target, sealContext(channelId, 'target')),
    sealedSecret: type === 'email' ? null : vault.seal('whsec_AAAA', sealContext(channelId, 'secret')),
    link: type === 'email' ? channelLink() : null,
  }
}

const newWebhook = () => ({
  webhookId: newId('webhook'),
  ...{ name: 'W', events: ['*'], sealedTarget: 'sealed', sealedSecret: 'sealed' },
})

const hook = async () => {
  const payload = newWebhook()
  await run('create-webhook', null, payload)
  return { webhookId: payload.webhookId }
}

const hasChannel = async (id: string) => ({ channelId: (await has.channel(id)).channelId })

type Case = {
  /** What the command carries, once what it acts on is there. */
  payload: (accountId: string) => object | Promise<object>
  /** Exactly what it announces; `elsewhere`: in another account. */
  events: EventType[]
  elsewhere?: EventType[]
}

const none = (payload: Case['payload']): Case => ({ payload, events: [] })
let former = ''

/** These need further jobs: see eventsOfLongCommands.test.ts. */
type Long = 'apply-plan' | 'erase-account'

/** Every other command, and the events of its change. A new command does not compile until it is here. */
const cases: Record<Exclude<CommandKind, Long>, Case> = {
  'create-api-key': {
    payload: () => ({ ...make.newKey(), ...make.newSecret() }),
    events: ['api_key.created'],
  },
  'update-api-key': {
    payload: async (id) => ({ keyId: await has.key(id), changes: { name: 'Another' } }),
    events: ['api_key.updated'],
  },
  'revoke-api-key': {
    payload: async (id) => ({ keyId: await has.key(id), reason: null }),
    events: ['api_key.revoked'],
  },
  'rotate-api-key': {
    payload: async (id) => ({
      ...{ keyId: await has.key(id), newKeyId: newId('apiKey'), overlapSeconds: 0 },
      ...make.newSecret(),
    }),
    events: ['api_key.rotated'],
  },
  'delete-api-key': {
    payload: async (id) => {
      const keyId = await has.key(id)
      await run('revoke-api-key', id, { keyId, reason: null })
      return { keyId }
    },
    events: ['api_key.deleted'],
  },
  'import-api-keys': {
    payload: () => imported(randomBytes(32).toString('base64url')),
    events: ['api_key.created'],
  },
  'allow-imports': { payload: () => ({ allowed: false }), events: ['account.updated'] },
  'move-imported-key': {
    payload: async () => {
      former = await make.account()
      return { digest: await has.importedKey(former), newKeyId: newId('apiKey') }
    },
    events: ['api_key.created'],
    elsewhere: ['api_key.revoked'],
  },
  'create-account': {
    payload: () => {
      former = newId('account')
      const adminKey = { keyId: newId('apiKey'), ...make.newSecret() }
      return { accountId: former, name: 'A', plan: 'pro', adminKey, member: newMember('admin') }
    },
    events: [],
    elsewhere: ['account.created', 'api_key.created', 'member.added'],
  },
  'update-account': {
    payload: () => ({ name: 'B', plan: 'pro', metadata: { a: 1 } }),
    events: ['account.updated'],
  },
  'suspend-account': { payload: () => ({ reason: null }), events: ['account.suspended'] },
  'resume-account': {
    payload: async (id) => {
      await run('suspend-account', id, { reason: null })
      return {}
    },
    events: ['account.resumed'],
  },
  'change-plan': { payload: () => ({ plan: 'pro' }), events: ['account.updated'] },
  'set-plan': none(() => ({ name: 'fresh', limits: SEED_PLANS.pro })),
  'add-member': { payload: () => newMember('viewer'), events: ['member.added'] },
  'invite-member': {
    payload: () => {
      const { passwordHash: _, ...member } = newMember('viewer')
      return { ...member, link: invitation() }
    },
    events: ['member.invited'],
  },
  'renew-invitation': {
    payload: async (id) => {
      const { passwordHash: _, ...member } = newMember('viewer')
      await run('invite-member', id, { ...member, link: invitation() })
      return { memberId: member.memberId, link: invitation() }
    },
    events: ['member.invited'],
  },
  'update-member': {
    payload: async (id) => ({ memberId: await has.member(id), role: 'editor' }),
    events: ['member.updated'],
  },
  'remove-member': {
    payload: async (id) => ({ memberId: await has.member(id) }),
    events: ['member.removed'],
  },
  'create-service-token': none(() => ({
    serviceTokenId: newId('serviceToken'),
    name: 'S',
    ...make.newSecret(),
  })),
  'revoke-service-token': none(async () => {
    const serviceTokenId = newId('serviceToken')
    await run('create-service-token', null, { serviceTokenId, name: 'S', ...make.newSecret() })
    return { serviceTokenId }
  }),
  'create-operator-token': none(() => newOperatorToken()),
  'revoke-operator-token': none(async () => {
    const token = newOperatorToken()
    await run('create-operator-token', null, token)
    return { operatorTokenId: token.operatorTokenId }
  }),
  'create-webhook': none(newWebhook),
  'update-webhook': none(async () => ({ ...(await hook()), name: 'V', events: null, sealedTarget: null })),
  'delete-webhook': none(hook),
  'test-webhook': none(hook),
  'rotate-webhook-secret': none(async () => ({ ...(await hook()), sealedSecret: 'sealed' })),
  'redeliver-event': none(async () => {
    const webhook = await hook()
    const row = await run('test-webhook', null, webhook)
    return { ...webhook, notificationId: row.result?.notificationId }
  }),
  'create-channel': none(() => newChannel('webhook')),
  'update-channel': none(async (id) => ({ ...(await hasChannel(id)), name: 'D', move: null })),
  'delete-channel': none(hasChannel),
  'test-channel': none(async (id) => ({ ...(await hasChannel(id)), link: null })),
  'rotate-channel-secret': none(async (id) => ({ ...(await hasChannel(id)), sealedSecret: 'sealed' })),
  'confirm-channel': none((id) => has.channel(id, 'email')),
  'redeliver-notification': none(async (id) => {
    const { channelId } = await has.channel(id)
    const row = await run('test-channel', id, { channelId, link: null })
    return { notificationId: row.result?.notificationId }
  }),
  'create-alert': none(() => ({ ...rule, alertId: newId('alert') })),
  'update-alert': none(async (id) => ({ alertId: await has.rule(id), changes: { name: 'Q' } })),
  'delete-alert': none(async (id) => ({ alertId: await has.rule(id) })),
  'mute-alert': none(async (id) => ({ alertId: await has.rule(id), until: null })),
  'test-alert': none(async (id) => ({ alertId: await has.rule(id), baseUrl: null })),
}

const newOperatorToken = () => ({
  operatorTokenId: newId('operatorToken'),
  ...{ name: 'O', permissions: ['act'], allowedIps: [], expiresAt: null },
  ...make.newSecret(),
})

it.each(Object.keys(cases) as (keyof typeof cases)[])(
  'promises 14 and 15: %s announces exactly its changes, once, however often its job runs, and journals what it ends',
  async (kind) => {
    const { payload, events, elsewhere = [] } = cases[kind]
    const accountId = commands[kind].ofAccount ? await make.account() : null
    const carried = await payload(accountId ?? '')
    const before = (await recordedEvents(worker)).at(-1)
    const row = await run(kind, accountId, carried)
    const after = await recordedEvents(worker, before ? { after: before.id } : {})
    expect(after.map(({ type }) => type).sort()).toEqual([...events, ...elsewhere].sort())
    const of = (id: string | null) => after.filter((event) => event.accountid === id).map(({ type }) => type)
    expect(of(accountId)).toEqual(events)
    if (elsewhere.length > 0) expect(of(former)).toEqual(elsewhere)
    const ended = after.flatMap(({ type }) => JOURNALED[type] ?? [])
    if (kind === 'revoke-service-token') ended.push('service-token-revoked')
    expect((await readJournalOf(worker.em(), row.id)).map((entry) => entry.kind)).toEqual(ended)
  },
)

it('no event carries a digest, an address or a name of a person', async () => {
  const text = JSON.stringify(await recordedEvents(worker))
  for (const secret of ['digest', '@example.com', 'passwordHash', 'sealed', 'whsec_'])
    expect(text).not.toContain(secret)
})

it('a key that was revoked already announces nothing', async () => {
  const accountId = await make.account()
  const keyId = await has.key(accountId)
  await run('revoke-api-key', accountId, { keyId, reason: null })
  await run('revoke-api-key', accountId, { keyId, reason: null })
  await run('update-account', accountId, {})
  expect((await recordedEvents(worker, { accountId })).map(({ type }) => type)).toEqual([
    'api_key.created',
    'api_key.revoked',
  ])
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemberSchema, type Role } from '../../src/domain/accounts/Member.ts'
import { type Actor, CommandSchema } from '../../src/domain/commands/Command.ts'
import { newId } from '../../src/domain/ids.ts'
import { ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { OperatorTokenSchema } from '../../src/domain/operators/OperatorToken.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { createCommands } from '../support/commandRows.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let commands: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  commands = createCommands(worker)
})
afterAll(() => worker.stop())

async function adminKey(accountId: string, fields: object = {}): Promise<Actor> {
  const { keyId, expiresAt: _, ...key } = commands.newKey()
  const em = worker.em()
  em.persist(
    em.create(ApiKeySchema, {
      ...key,
      ...commands.newSecret(),
      type: 'live',
      access: 'admin',
      permissions: ['keys:manage'],
      id: keyId,
      accountId,
      status: 'active',
      version: 1,
      createdAt: worker.clock.now,
      createdBy: 'test',
      ...fields,
    }),
  )
  await em.flush()
  return { type: 'api_key', id: keyId }
}

async function member(accountId: string, role: Role): Promise<Actor> {
  const id = newId('member')
  const em = worker.em()
  const fields = { email: `${id}@example.com`, passwordHash: 'x', createdAt: worker.clock.now }
  em.persist(em.create(MemberSchema, { id, accountId, role, ...fields }))
  await em.flush()
  return { type: 'member', id }
}

async function guest(accountId: string, fields: object = {}): Promise<Actor> {
  const id = newId('guest')
  const row = {
    ...{ role: 'admin', made_by: 'root', created_at: worker.clock.now },
    ...{ expires_at: new Date(worker.clock.now.getTime() + 1), ...fields },
  }
  const columns = Object.keys(row)
  await worker
    .em()
    .execute(
      `insert into guest_session (id, digest, account_id, ${columns}) values (?, ?, ?, ${columns.map(() => '?')})`,
      [id, id, accountId, ...Object.values(row)],
    )
  return { type: 'guest', id, madeBy: 'root' }
}

async function operatorToken(fields: object = {}): Promise<string> {
  const em = worker.em()
  const token = em.create(OperatorTokenSchema, {
    ...{ id: newId('operatorToken'), name: 'Our backend', digest: newId('operatorToken'), hint: 'hint' },
    ...{ permissions: ['sessions:create'], allowedIps: [], createdAt: worker.clock.now, createdBy: 'root' },
    ...fields,
  })
  await em.persist(token).flush()
  return token.id
}

async function outcomeOf(accountId: string, actor: Actor) {
  const payload = { ...commands.newKey(), ...commands.newSecret() }
  const id = await commands.submit('create-api-key', accountId, payload, { actor, permission: 'keys:manage' })
  await handlers['create-api-key'](worker.context, { commandId: id })
  const { status, problem } = await worker.em().findOneOrFail(CommandSchema, { id })
  const isThere = (await worker.em().count(ApiKeySchema, { id: payload.keyId })) === 1
  return { status, code: problem?.code, isThere }
}
const applied = { status: 'succeeded', code: undefined, isThere: true }
const refused = { status: 'failed', code: 'insufficient-permissions', isThere: false }

describe('a command is applied only while whoever asked for it may', () => {
  it('of a key that may', async () => {
    const accountId = await commands.account()
    expect(await outcomeOf(accountId, await adminKey(accountId))).toEqual(applied)
  })

  it.each([
    ['was revoked', { status: 'revoked' }],
    ['was deleted', { status: 'deleted' }],
    ['has expired', { expiresAt: new Date('2020-01-01') }],
    ['lost the permission', { permissions: ['account:read'] }],
  ])('not of a key that %s meanwhile', async (_what, fields) => {
    const accountId = await commands.account()
    expect(await outcomeOf(accountId, await adminKey(accountId, fields))).toEqual(refused)
  })

  it('not of another account’s key', async () => {
    const actor = await adminKey(await commands.account())
    expect(await outcomeOf(await commands.account(), actor)).toEqual(refused)
  })

  it('of an admin, and not of one who was removed or is an editor now', async () => {
    const accountId = await commands.account()
    expect(await outcomeOf(accountId, await member(accountId, 'admin'))).toEqual(applied)
    expect(await outcomeOf(accountId, await member(accountId, 'editor'))).toEqual(refused)
    expect(await outcomeOf(accountId, { type: 'member', id: newId('member') })).toEqual(refused)
  })

  it('of a guest who may, and not of one of another account', async () => {
    const accountId = await commands.account()
    expect(await outcomeOf(accountId, await guest(accountId))).toEqual(applied)
    expect(await outcomeOf(accountId, await guest(accountId, { made_by: await operatorToken() }))).toEqual(
      applied,
    )
    expect(await outcomeOf(accountId, await guest(await commands.account()))).toEqual(refused)
  })

  it.each([
    ['is signed in with a lower role', { role: 'editor' }, undefined],
    ['was signed in until now', { expires_at: () => worker.clock.now }, undefined],
    ['an operator token let in that was revoked', {}, { revokedAt: new Date('2020-01-01') }],
    ['an operator token let in that has expired', {}, { expiresAt: new Date('2020-01-01') }],
  ])('not of a guest whom or who %s', async (_what, fields: Record<string, unknown>, token) => {
    const accountId = await commands.account()
    const { expires_at: at } = fields as { expires_at?: () => Date }
    const row = { ...fields, ...(at ? { expires_at: at() } : {}) }
    const made = token ? { made_by: await operatorToken(token) } : {}
    expect(await outcomeOf(accountId, await guest(accountId, { ...row, ...made }))).toEqual(refused)
  })

  it('of an operator, who is not looked up', async () => {
    expect(await outcomeOf(await commands.account(), { type: 'operator', id: 'root' })).toEqual(applied)
  })

  it('a viewer changes their own password, which takes no permission', async () => {
    const accountId = await commands.account()
    const actor = await member(accountId, 'viewer')
    const payload = { memberId: actor.id, passwordHash: 'another' }
    const id = await commands.submit('update-member', accountId, payload, { actor, targetId: actor.id })
    await handlers['update-member'](worker.context, { commandId: id })
    expect((await worker.em().findOneOrFail(CommandSchema, { id })).status).toBe('succeeded')
  })

  it('a key may revoke itself', async () => {
    const accountId = await commands.account()
    const actor = await adminKey(accountId)
    const by = { actor, permission: 'keys:manage', targetId: actor.id }
    const id = await commands.submit('revoke-api-key', accountId, { keyId: actor.id, reason: null }, by)
    await handlers['revoke-api-key'](worker.context, { commandId: id })
    expect((await worker.em().findOneOrFail(CommandSchema, { id })).status).toBe('succeeded')
  })

  it('an actor who is being revoked waits for a change that was first, and a later change for neither', async () => {
    const accountId = await commands.account()
    const actor = await adminKey(accountId)
    const asked = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const payload = { ...commands.newKey(), ...commands.newSecret() }
        const by = { actor, permission: 'keys:manage' }
        return commands.submit('create-api-key', accountId, payload, by)
      }),
    )
    const revocation = await commands.submit('revoke-api-key', accountId, { keyId: actor.id, reason: null })
    const running = asked.map((commandId) => handlers['create-api-key'](worker.context, { commandId }))
    await handlers['revoke-api-key'](worker.context, { commandId: revocation })
    const atRevocation = await worker.em().count(ApiKeySchema, { accountId })
    await Promise.all(running)
    expect(await worker.em().count(ApiKeySchema, { accountId })).toBe(atRevocation)
  })
})

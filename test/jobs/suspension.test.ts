import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { MemberSchema } from '../../src/domain/accounts/Member.ts'
import { type Actor, CommandSchema } from '../../src/domain/commands/Command.ts'
import { newId } from '../../src/domain/ids.ts'
import { ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { readKeyStates } from '../../src/domain/keys/keyState.ts'
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

const operator: Actor = { type: 'operator', id: 'root' }

async function submitSuspension(accountId: string) {
  return commands.submit('suspend-account', accountId, { reason: 'Late' }, { actor: operator })
}
async function suspend(accountId: string) {
  const commandId = await submitSuspension(accountId)
  await handlers['suspend-account'](worker.context, { commandId })
}
async function resume(accountId: string) {
  const commandId = await commands.submit('resume-account', accountId, {}, { actor: operator })
  await handlers['resume-account'](worker.context, { commandId })
}

async function createKey(accountId: string, actor: Actor = operator) {
  const payload = { ...commands.newKey(), ...commands.newSecret() }
  const commandId = await commands.submit('create-api-key', accountId, payload, { actor })
  await handlers['create-api-key'](worker.context, { commandId })
  const { status, problem } = await worker.em().findOneOrFail(CommandSchema, { id: commandId })
  return { ...payload, status, code: problem?.code }
}

async function admin(accountId: string): Promise<Actor> {
  const em = worker.em()
  const id = newId('member')
  const fields = { email: `${id}@example.com`, passwordHash: 'x', createdAt: worker.clock.now }
  em.persist(em.create(MemberSchema, { id, accountId, role: 'admin', ...fields }))
  await em.flush()
  return { type: 'member', id }
}

const stateIn = async (digest: string) => (await worker.region.getStates([digest]))[0]?.account.status

describe('promises 9 and 13: the state of a suspended account', () => {
  it('comes in every order of late jobs and fills, and an older one never brings the account back', async () => {
    const accountId = await commands.account()
    const { digest } = await createKey(accountId)
    const read = () => readKeyStates(worker.em(), 'digest', [digest], worker.clock.now)
    const [before, active] = [await worker.region.beforeFill(), await read()]
    await suspend(accountId)
    await worker.region.putStates(active, before)
    expect(await stateIn(digest)).toBe('suspended')
    const suspended = await read()
    await resume(accountId)
    await worker.region.putStates(suspended, before)
    expect(await stateIn(digest)).toBe('active')
    await suspend(accountId)
    await worker.region.putStates(active, before)
    expect(await stateIn(digest)).toBe('suspended')
  })

  it('has a version in the region that an earlier release never claims, and never replaces', async () => {
    const accountId = await commands.account()
    const { digest } = await createKey(accountId)
    await suspend(accountId)
    const marker = await worker.region.marker()
    const accounts = `keys:${marker.split('|')[1]}:accounts`
    const [version, text] = await worker.region.redis.hmget(accounts, accountId, `state:${accountId}`)
    const { version: claimed } = JSON.parse(text ?? '')
    expect(Number(version)).toBe(claimed + 0.5)
    // What an earlier release reads from Postgres has the same version and no status.
    const [loaded] = await readKeyStates(worker.em(), 'digest', [digest], worker.clock.now)
    const { status: _, ...old } = loaded?.account ?? { status: 'none' }
    await worker.region.putStates([{ ...loaded, account: old } as never], await worker.region.beforeFill())
    expect(await stateIn(digest)).toBe('suspended')
  })

  it('twice and late changes nothing more', async () => {
    const accountId = await commands.account()
    const commandId = await submitSuspension(accountId)
    for (let times = 0; times < 2; times++) await handlers['suspend-account'](worker.context, { commandId })
    const once = await worker.em().findOneOrFail(AccountSchema, { id: accountId })
    await resume(accountId)
    await handlers['suspend-account'](worker.context, { commandId })
    const { version, suspendedAt } = await worker.em().findOneOrFail(AccountSchema, { id: accountId })
    expect([once.version, once.suspendedReason, version, suspendedAt]).toEqual([2, 'Late', 3, null])
  })
})

describe('a command that was asked for before the suspension', () => {
  it('is refused after it, unless the company asked', async () => {
    const accountId = await commands.account()
    const member = await admin(accountId)
    expect((await createKey(accountId, member)).status).toBe('succeeded')
    await suspend(accountId)
    expect(await createKey(accountId, member)).toMatchObject({ status: 'failed', code: 'account-suspended' })
    expect((await createKey(accountId)).status).toBe('succeeded')
    await resume(accountId)
    expect((await createKey(accountId, member)).status).toBe('succeeded')
  })

  it('is not committed once the suspension is done, whatever runs at the same time', async () => {
    const accountId = await commands.account()
    const member = await admin(accountId)
    const running = Array.from({ length: 8 }, () => createKey(accountId, member))
    await suspend(accountId)
    const atSuspension = await worker.em().count(ApiKeySchema, { accountId })
    const outcomes = await Promise.all(running)
    expect(await worker.em().count(ApiKeySchema, { accountId })).toBe(atSuspension)
    expect(outcomes.filter(({ status }) => status === 'succeeded')).toHaveLength(atSuspension)
  })
})

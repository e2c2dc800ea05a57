import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import type { CommandKind } from '../../src/domain/commands/catalogue.ts'
import { newId } from '../../src/domain/ids.ts'
import { ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { finishCommand } from '../../src/workers/regions/finishCommand.ts'
import { propagateState } from '../../src/workers/regions/propagateState.ts'
import { sweepCommands } from '../../src/workers/schedules/sweepCommands.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let accountId: string
beforeAll(async () => {
  worker = await startWorkerContext()
  accountId = newId('account')
  const em = worker.em()
  em.persist(
    em.create(AccountSchema, {
      id: accountId,
      name: 'A',
      plan: 'business',
      customLimits: {},
      version: 1,
      createdAt: new Date(),
    }),
  )
  await em.flush()
})
afterAll(() => worker.stop())

/** A command's row, as the api writes it. */
async function submit(kind: CommandKind, payload: object): Promise<string> {
  const id = newId('operation')
  const em = worker.em()
  em.persist(
    em.create(CommandSchema, {
      id,
      accountId,
      kind,
      payload,
      actor: { type: 'system', id: 'test' },
      status: 'pending',
      createdAt: worker.clock.now,
      sweepAt: worker.clock.now,
      sweeps: 0,
    }),
  )
  await em.flush()
  return id
}

const command = (id: string) => worker.em().findOneOrFail(CommandSchema, { id })
const outbox = async () =>
  Number((await worker.em().execute<{ n: string }[]>('select count(*) as n from outbox'))[0]?.n)
/** In a worker that reaches no region: what follows is left to the flow. */
const run = (kind: CommandKind, commandId: string) =>
  handlers[kind]({ ...worker.context, regions: new Map() }, { commandId })

async function createKey() {
  const { digest, hint } = generateSecret('pk', 'live')
  const keyId = newId('apiKey')
  const fields = {
    name: 'K',
    type: 'live',
    access: 'full',
    permissions: [],
    allowedIps: [],
    expiresAt: null,
    metadata: {},
  }
  const commandId = await submit('create-api-key', { keyId, digest, hint, ...fields })
  await run('create-api-key', commandId)
  return { keyId, digest, commandId }
}

const state = async (digest: string) => (await worker.region.getStates([digest]))[0]?.key
const propagate = (keyId: string, commandId = '') =>
  propagateState(worker.context, { commandId, region: 'primary', keyIds: [keyId], accountIds: [] })

describe('promise 9: a command’s job may run twice, or late, with the same end result', () => {
  it('is applied once, and is done once every region has confirmed', async () => {
    const { keyId, digest, commandId } = await createKey()
    expect((await command(commandId)).status).toBe('applied')
    expect(await outbox()).toBe(0)
    await run('create-api-key', commandId)
    expect(await worker.em().count(ApiKeySchema, { id: keyId })).toBe(1)
    await expect(finishCommand(worker.context, { commandId })).rejects.toThrow('has not reached primary')
    await propagate(keyId, commandId)
    await propagate(keyId, commandId)
    expect(await state(digest)).toMatchObject({ keyId, version: 1, status: 'active' })
    await finishCommand(worker.context, { commandId })
    await finishCommand(worker.context, { commandId })
    expect(await command(commandId)).toMatchObject({ status: 'succeeded', result: { id: keyId } })
    await run('create-api-key', commandId)
    expect((await command(commandId)).status).toBe('succeeded')
    expect(worker.replies).toContain(commandId)
  })

  it('is done in its own job where every region answers, and nothing is left to be sent', async () => {
    const { keyId, digest } = await createKey()
    const commandId = await submit('revoke-api-key', { keyId, reason: null })
    await handlers['revoke-api-key'](worker.context, { commandId })
    expect(await state(digest)).toMatchObject({ status: 'revoked', version: 2 })
    const { status, result } = await command(commandId)
    expect({ status, fanOut: result?.fanOut }).toEqual({
      status: 'succeeded',
      fanOut: {
        tookMs: expect.any(Number),
        regions: [{ region: 'primary', outcome: 'confirmed', tookMs: expect.any(Number) }],
      },
    })
    expect(worker.replies).toContain(commandId)
    expect(await outbox()).toBe(0)
    expect(await worker.context.queues.byName.commands.getJob(`${commandId}-finish`)).toBeUndefined()
    await handlers['revoke-api-key'](worker.context, { commandId })
    expect((await command(commandId)).result).toEqual(result)
  })

  it('a refused command stays failed, whatever runs its job again', async () => {
    const commandId = await submit('revoke-api-key', { keyId: 'key_unknown', reason: null })
    await run('revoke-api-key', commandId)
    await run('revoke-api-key', commandId)
    expect(await command(commandId)).toMatchObject({
      status: 'failed',
      problem: { code: 'api-key-not-found' },
    })
  })

  it('promise 3: a late or repeated propagation never brings a revoked key back', async () => {
    const { keyId, digest } = await createKey()
    const before = await worker.region.getStates([digest])
    await propagate(keyId)
    const [active] = await worker.region.getStates([digest])
    expect(before[0]).toBeUndefined()
    const revocation = await submit('revoke-api-key', { keyId, reason: null })
    await run('revoke-api-key', revocation)
    await propagate(keyId)
    expect(await state(digest)).toMatchObject({ status: 'revoked', version: 2 })
    // A fill that read the key before it was revoked and writes only now.
    const seed = { day: '2000-01-01', requests: 0, renders: 0, month: '2000-01-01', accountRenders: 0 }
    if (active) await worker.region.putStates([{ ...active, seed }], await worker.region.beforeFill())
    expect(await state(digest)).toMatchObject({ status: 'revoked', version: 2 })
    await propagate(keyId)
    expect(await state(digest)).toMatchObject({ status: 'revoked', version: 2 })
  })
})

describe('promise 1: the sweeper', () => {
  it('sends again what is not finished, later each time, and leaves alone what is', async () => {
    const pending = await submit('revoke-api-key', { keyId: 'key_unknown', reason: null })
    const { commandId: applied } = await createKey()
    worker.clock.now = new Date(worker.clock.now.getTime() + 60_000)
    await sweepCommands(worker.context)
    const { commands, revocations } = worker.context.queues.byName
    const jobs = [
      ...(await revocations.getJobs(['wait', 'prioritized'])),
      ...(await commands.getJobs(['waiting-children'])),
    ]
    const ids = jobs.map((job) => job.id)
    expect(ids).toContain(pending)
    expect(ids).toContain(`${applied}-finish`)
    const sweptAt = (await command(pending)).sweepAt.getTime()
    expect(sweptAt - worker.clock.now.getTime()).toBe(20_000)
    await sweepCommands(worker.context)
    expect((await command(pending)).sweeps).toBe(1)
    await run('revoke-api-key', pending)
    worker.clock.now = new Date(worker.clock.now.getTime() + 600_000)
    await sweepCommands(worker.context)
    expect((await command(pending)).sweeps).toBe(1)
  })
})

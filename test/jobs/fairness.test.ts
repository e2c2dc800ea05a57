import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, CommandSchema } from '../../src/domain/commands/Command.ts'
import type { CommandKind } from '../../src/domain/commands/catalogue.ts'
import { Failure } from '../../src/domain/failure.ts'
import { newId } from '../../src/domain/ids.ts'
import { createSealer } from '../../src/platform/seal.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'
import { submitCommand } from '../../src/platform/submitCommand.ts'
import { startWorkers } from '../../src/workers/startWorkers.ts'
import { createCommands } from '../support/commandRows.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let rows: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  rows = createCommands(worker)
})
afterAll(() => worker.stop())

/** Submits a command as the api does, without waiting for its outcome. Returns its ID. */
async function submit(
  kind: CommandKind,
  accountId: string,
  payload: object,
  actor: Actor = { type: 'system', id: 'test' },
): Promise<string> {
  const { context } = worker
  const replies = { channel: 'none', wait: async () => {}, close: () => {} }
  const sealer = createSealer(readSecretsKeys({ SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') }))
  const deps = { queues: context.queues, replies, sealer, log: context.log, waitMs: 0, now: context.now }
  const asked = { kind, accountId, targetId: null, payload, actor }
  return (await submitCommand(worker.em(), deps, asked as never)).command.id
}
/** A worker of one region, with one pool. */
const alone = () => ({ redisUrl: worker.redis.url, further: [], shards: 1, ormOf: () => worker.context.orm })
const create = (accountId: string) =>
  submit('create-api-key', accountId, { ...rows.newKey(), ...rows.newSecret() })
const revoke = (accountId: string) => submit('revoke-api-key', accountId, { keyId: 'key_no', reason: null })

describe('promise 12: one account’s commands do not hold up another’s', () => {
  it('a create and a revoke are through before a flood of another account is', async () => {
    const [flooder, other] = [await rows.account(), await rows.account()]
    const { keyId } = rows.newKey()
    const key = { ...rows.newKey(), keyId, ...rows.newSecret() }
    await submit('create-api-key', other, key)
    const flood: string[] = []
    for (let n = 0; n < 150; n++) flood.push(await create(flooder))
    const mine = [
      await create(other),
      await submit('revoke-api-key', other, { keyId: flood[0], reason: null }),
    ]
    worker.replies.length = 0
    const { context } = worker
    const workers = startWorkers(context, { ...alone(), concurrency: 8 })
    try {
      const done = () => worker.replies.filter((id) => flood.includes(id)).length
      await eventually(
        async () => done(),
        (n) => n === flood.length,
      )
    } finally {
      await workers.close()
    }
    // Eight places, four of them the flooder's at most: nothing of another's waits for more than what is in hand.
    for (const id of mine) expect(worker.replies.indexOf(id)).toBeLessThan(20)
  })

  it('the company suspends an account before what that has under way', async () => {
    const flooder = await rows.account()
    for (let n = 0; n < 100; n++) await revoke(flooder)
    const suspension = await submit(
      'suspend-account',
      flooder,
      { reason: null },
      { type: 'operator', id: 'a' },
    )
    worker.replies.length = 0
    const workers = startWorkers(worker.context, { ...alone(), concurrency: 1 })
    try {
      await eventually(
        async () => worker.replies,
        (replies) => replies.includes(suspension),
      )
    } finally {
      await workers.close()
    }
    expect(worker.replies.indexOf(suspension)).toBeLessThan(50)
  })

  it('an account has two hundred unfinished commands at the most, and more that end something', async () => {
    const [flooder, other] = [await rows.account(), await rows.account()]
    await worker.em().execute(
      `insert into command (id, account_id, kind, payload, actor, status, created_at, sweep_at)
       select 'op_cap' || n, ?, 'create-api-key', '{}', '{"type":"system","id":"test"}', 'pending', now(), now()
       from generate_series(1, 200) n`,
      [flooder],
    )
    const refused = await create(flooder).catch((error) => error)
    expect(refused).toBeInstanceOf(Failure)
    expect(refused).toMatchObject({ code: 'rate-limit-exceeded', details: { retryAfter: 2 } })
    expect(await worker.em().count(CommandSchema, { accountId: flooder })).toBe(200)
    await revoke(flooder)
    await create(other)
    await worker.em().execute(
      `insert into command (id, account_id, kind, payload, actor, status, created_at, sweep_at)
       select 'op_end' || n, ?, 'revoke-api-key', '{}', '{"type":"system","id":"test"}', 'pending', now(), now()
       from generate_series(1, 1799) n`,
      [flooder],
    )
    await expect(revoke(flooder)).rejects.toThrow('rate-limit-exceeded')
  })

  it('a worker takes what an older api has sent: revocations among the commands, without their account', async () => {
    const accountId = await rows.account()
    const id = await rows.submit('revoke-api-key', accountId, { keyId: newId('apiKey'), reason: null })
    await worker.context.queues.byName.commands.add('revoke-api-key', { commandId: id }, { jobId: id })
    const { context } = worker
    const workers = startWorkers(context, { ...alone(), concurrency: 2 })
    try {
      await eventually(
        async () => worker.replies,
        (replies) => replies.includes(id),
      )
    } finally {
      await workers.close()
    }
    expect((await worker.em().findOneOrFail(CommandSchema, { id })).problem?.code).toBe('api-key-not-found')
  })
})

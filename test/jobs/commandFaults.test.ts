import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import type { CommandKind } from '../../src/domain/commands/catalogue.ts'
import { newId } from '../../src/domain/ids.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { sweepCommands } from '../../src/workers/schedules/sweepCommands.ts'
import { createCommands } from '../support/commandRows.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let commands: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  commands = createCommands(worker)
})
afterAll(() => worker.stop())

const queue = () => worker.context.queues.byName.commands
const command = (id: string) => worker.em().findOneOrFail(CommandSchema, { id })
const run = (kind: CommandKind, commandId: string, context = worker.context) =>
  handlers[kind](context, { commandId })
const advance = (ms: number) => {
  worker.clock.now = new Date(worker.clock.now.getTime() + ms)
}
/** How many of `most` tries are thrown, so that BullMQ tries again. */
async function tryUntilDone(kind: CommandKind, id: string, most = 50): Promise<number> {
  for (let tries = 0; tries < most; tries++) {
    const isDone = await run(kind, id).then(
      () => true,
      () => false,
    )
    if (isDone) return tries
  }
  return most
}
const givenUp = { status: 'failed', problem: { code: 'internal-error' }, payload: {} }

it('a command that changes an account is refused when its row names none', async () => {
  const id = await commands.submit('update-api-key', null, { keyId: newId('apiKey'), changes: {} })
  await run('update-api-key', id)
  expect(await command(id)).toMatchObject({ status: 'failed', problem: { code: 'account-not-found' } })
})

describe('a command that can never succeed ends as internal-error', () => {
  it('when Postgres refuses its data', async () => {
    const accountId = await commands.account()
    const secret = commands.newSecret()
    const payload = { ...commands.newKey(), ...secret, expiresAt: '0000-01-01T00:00:00Z' }
    const id = await commands.submit('create-api-key', accountId, payload)
    expect(await tryUntilDone('create-api-key', id)).toBe(4)
    expect(await command(id)).toMatchObject(givenUp)
    expect((await command(id)).problem?.details.operationId).toBe(id)
    expect(worker.replies).toContain(id)
    const { values } = await worker.context.metrics.commandsGivenUp.get()
    expect(values).toContainEqual({ labels: { kind: 'create-api-key' }, value: 1 })
  })

  it('when its payload cannot be read', async () => {
    const id = await commands.submit('create-api-key', await commands.account(), { name: 1 })
    expect(await tryUntilDone('create-api-key', id)).toBe(4)
    expect(await command(id)).toMatchObject(givenUp)
  })

  it('when a constraint refuses it', async () => {
    const accountId = await commands.account()
    const key = { ...commands.newKey(), ...commands.newSecret() }
    await run('create-api-key', await commands.submit('create-api-key', accountId, key))
    const id = await commands.submit('create-api-key', accountId, { ...key, keyId: newId('apiKey') })
    expect(await tryUntilDone('create-api-key', id)).toBe(4)
    expect(await command(id)).toMatchObject(givenUp)
  })

  it('when no worker has known its kind for a day', async () => {
    const id = await commands.submit('dance' as CommandKind, await commands.account(), {})
    advance(60_000)
    await sweepCommands(worker.context)
    expect((await command(id)).status).toBe('pending')
    advance(25 * 3_600_000)
    await sweepCommands(worker.context)
    expect(await command(id)).toMatchObject(givenUp)
  })

  it('an error that nobody foresaw: after a day and twenty tries', async () => {
    const accountId = await commands.account()
    const id = await commands.submit('create-api-key', accountId, {
      ...commands.newKey(),
      ...commands.newSecret(),
    })
    const em = worker.em()
    await em.execute(`create function surprise() returns trigger language plpgsql as
      $$ begin if new.account_id = '${accountId}' then raise exception 'surprise'; end if; return new; end $$`)
    await em.execute(
      'create trigger surprise before insert on api_key for each row execute function surprise()',
    )
    expect(await tryUntilDone('create-api-key', id, 30)).toBe(30)
    expect(await command(id)).toMatchObject({ status: 'pending', tries: 30 })
    advance(24 * 3_600_000)
    await run('create-api-key', id)
    expect(await command(id)).toMatchObject(givenUp)
    await em.execute('drop trigger surprise on api_key')
  })
})

describe('promise 1: a command that could not be tried is never given up', () => {
  it('while Postgres says that it cannot now, for a week', async () => {
    const accountId = await commands.account()
    const payload = { ...commands.newKey(), ...commands.newSecret() }
    const id = await commands.submit('create-api-key', accountId, payload)
    const em = worker.em()
    const codes = ['57P03', '53300', '40001', '55P03', '08006', '57014']
    for (const code of codes) {
      await em.execute(`create or replace function away() returns trigger language plpgsql as
        $$ begin raise exception 'away' using errcode = '${code}'; end $$`)
      await em.execute(
        'create or replace trigger away before insert on api_key for each row execute function away()',
      )
      expect(await tryUntilDone('create-api-key', id, 10)).toBe(10)
      advance(24 * 3_600_000)
    }
    expect(await command(id)).toMatchObject({ status: 'pending', tries: 0 })
    await em.execute('drop trigger away on api_key')
    await run('create-api-key', id)
    expect(await command(id)).toMatchObject({ status: 'succeeded', payload: {} })
  })
})

describe('the sweeper', () => {
  beforeEach(async () => {
    await worker.em().execute(`delete from command`)
    await queue().obliterate({ force: true })
  })
  const jobIds = async () =>
    (await queue().getJobs(['wait', 'prioritized', 'delayed', 'waiting-children'])).map(({ id }) => id)

  it('has one job per command, however often it sends it', async () => {
    const accountId = await commands.account()
    const ids = [
      await commands.submit('create-api-key', accountId, {}),
      await commands.submit('create-api-key', accountId, {}),
    ]
    for (let sweep = 0; sweep < 5; sweep++) {
      advance(600_000)
      await sweepCommands(worker.context)
    }
    expect((await jobIds()).sort()).toEqual(ids.sort())
    expect((await command(ids[0] ?? '')).sweeps).toBe(5)
  })

  it('sends a command whose job is among the failed ones, or was dropped from them', async () => {
    const accountId = await commands.account()
    const id = await commands.submit('create-api-key', accountId, {})
    await queue().add('create-api-key', { commandId: id }, { jobId: id, attempts: 1 })
    await failOnce(id)
    expect(await (await queue().getJob(id))?.getState()).toBe('failed')
    advance(600_000)
    await sweepCommands(worker.context)
    expect(await (await queue().getJob(id))?.getState()).toMatch(/waiting|prioritized/)
    await queue().obliterate({ force: true })
    advance(600_000)
    await sweepCommands(worker.context)
    expect(await jobIds()).toEqual([id])
  })

  it('gets past more commands than it takes at once, and past one that cannot be sent', async () => {
    const accountId = await commands.account()
    await commands.submit('dance' as CommandKind, accountId, {})
    await worker.em().execute(
      `insert into command (id, account_id, kind, payload, actor, status, created_at, sweep_at)
       select 'op_many' || n, ?, 'create-api-key', '{}', '{"type":"system","id":"test"}', 'pending', ?, ?
       from generate_series(1, 450) n`,
      [accountId, worker.clock.now, worker.clock.now],
    )
    advance(600_000)
    await sweepCommands(worker.context)
    expect(await jobIds()).toHaveLength(450)
  })
})

/** Takes the job as a worker does, and fails it. */
async function failOnce(id: string): Promise<void> {
  const { Worker } = await import('bullmq')
  const connection = { url: worker.redis.url, maxRetriesPerRequest: null }
  const taker = new Worker('commands', null, { connection })
  const job = await taker.getNextJob('token')
  expect(job?.id).toBe(id)
  await job?.moveToFailed(new Error('no'), 'token')
  await taker.close()
}

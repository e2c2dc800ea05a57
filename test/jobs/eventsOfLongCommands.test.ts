import { afterAll, beforeAll, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { eraseRows } from '../../src/domain/erasure/eraseRows.ts'
import type { JobName } from '../../src/domain/jobs.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { createCommands } from '../support/commandRows.ts'
import { recordedEvents } from '../support/eventRecord.ts'
import { SEED_PLANS } from '../support/seedPlans.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let make: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  make = createCommands(worker)
})
afterAll(() => worker.stop())

const actor = { type: 'operator', id: 'test' } as const
const run = (job: JobName, data: object) =>
  (handlers[job] as (context: unknown, data: unknown) => Promise<unknown>)(worker.context, data)
const eventsOf = async (accountId: string) =>
  (await recordedEvents(worker, { accountId })).map(({ sequence, type, data }) => ({
    sequence: Number(sequence),
    type,
    data,
  }))

it('promise 14: a change of a plan announces each of its accounts once, however often its jobs run', async () => {
  const accountId = await make.account()
  const limits = { ...SEED_PLANS.business, requestsPerDay: 77 }
  const commandId = await make.submit('set-plan', null, { name: 'business', limits }, { actor })
  await run('set-plan', { commandId })
  const page = await worker.em().findOneOrFail(CommandSchema, { kind: 'apply-plan', targetId: commandId })
  for (let times = 0; times < 2; times += 1) await run('apply-plan', { commandId: page.id })
  expect(await eventsOf(accountId)).toEqual([
    {
      sequence: 1,
      type: 'account.updated',
      data: { account: expect.objectContaining({ id: accountId }), fields: ['limits'], actor },
    },
  ])
})

it('promise 14: an erased account keeps one event, which has the next number', async () => {
  const accountId = await make.account()
  const created = await make.submit(
    'create-api-key',
    accountId,
    { ...make.newKey(), ...make.newSecret() },
    { actor },
  )
  await run('create-api-key', { commandId: created })
  expect(await eventsOf(accountId)).toMatchObject([{ sequence: 1, type: 'api_key.created' }])
  const commandId = await make.submit('erase-account', accountId, {}, { actor })
  await run('erase-account', { commandId })
  for (let times = 0; times < 2; times += 1) await run('remove-account-data', { commandId, accountId })
  // A run that began before the end and deletes after it.
  await eraseRows(worker.em(), accountId, commandId)
  expect(await eventsOf(accountId)).toEqual([
    { sequence: 2, type: 'account.erased', data: { account: { id: accountId }, actor } },
  ])
})

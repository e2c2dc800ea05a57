import { afterAll, beforeAll, expect, it } from 'vitest'
import { DAY_MS as DAY, HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { expireRecords } from '../../src/workers/schedules/expireRecords.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

const ago = (ms: number) => new Date(worker.clock.now.getTime() - ms)

/** A command that ended so long ago, with an answer for whoever repeats its Idempotency-Key. */
const insert = (id: string, ended: Date, status = 'succeeded') =>
  worker.em().execute(
    `insert into command (id, kind, payload, actor, status, created_at, finished_at, sweep_at, idempotency_hash, sealed_secret)
     values (?, 'create-api-key', '{}', '{}', ?, ?, ?, ?, ?, 'sealed')`,
    [id, status, ended, status === 'pending' ? null : ended, ended, `hash of ${id}`],
  )
const left = () =>
  worker
    .em()
    .execute<{ id: string; sealed: boolean }[]>(
      'select id, sealed_secret is not null and idempotency_hash is not null as sealed from command order by id',
    )

it('the outcome of a command stays for 90 days, the answer for its Idempotency-Key for 24 hours', async () => {
  await insert('op_a', ago(23 * HOUR))
  await insert('op_b', ago(25 * HOUR))
  await insert('op_c', ago(89 * DAY))
  await insert('op_d', ago(91 * DAY))
  await insert('op_e', ago(91 * DAY), 'pending')
  await expireRecords(worker.context)
  await expireRecords(worker.context)
  expect(await left()).toEqual([
    { id: 'op_a', sealed: true },
    { id: 'op_b', sealed: false },
    { id: 'op_c', sealed: false },
    { id: 'op_e', sealed: false },
  ])
})

it('promise 12: a command that is refused or repeats a revocation stays for two days, so these do not fill the table', async () => {
  await worker.em().execute('delete from command')
  await insert('op_a', ago(23 * HOUR), 'failed')
  await insert('op_b', ago(47 * HOUR), 'failed')
  await insert('op_c', ago(49 * HOUR), 'failed')
  await insert('op_d', ago(49 * HOUR))
  for (const [id, hours] of Object.entries({ op_e: 47, op_f: 49, op_g: 49 })) {
    await insert(id, ago(hours * HOUR))
    await worker.em().execute(`update command set propagate = '{"repeats": "an entry"}' where id = ?`, [id])
  }
  // A region has not got it yet.
  await worker.em().execute(`insert into command_region (command_id, region) values ('op_g', 'primary')`)
  await expireRecords(worker.context)
  expect(await left()).toEqual([
    { id: 'op_a', sealed: true },
    { id: 'op_b', sealed: false },
    { id: 'op_d', sealed: false },
    { id: 'op_e', sealed: false },
    { id: 'op_g', sealed: false },
  ])
})

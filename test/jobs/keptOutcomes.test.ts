import { afterAll, beforeAll, expect, it } from 'vitest'
import { DAY_MS as DAY, HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { expireRecords } from '../../src/workers/schedules/expireRecords.ts'
import { createCommands } from '../support/commandRows.ts'
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

/** Tables whose rows go with time: by age, or within seconds. */
const GO = [
  ...[
    'audit_entry',
    'operator_audit_entry',
    'command',
    'command_region',
    'journal',
    'backup',
    'erased_usage',
  ],
  ...['lifecycle_event', 'lifecycle_event_pending', 'outbox', 'notification', 'delivery_attempt', 'incident'],
  ...['session', 'guest_session', 'session_link', 'password_reset', 'invitation_email', 'imported_form'],
  ...['usage_minute', 'usage_hour', 'usage_day', 'usage_ip', 'usage_folded', 'usage_claim', 'usage_accepted'],
  ...['quota_day', 'quota_reached', 'endpoint'],
]
/** What bounds the others. */
const STAY: Record<string, string[]> = {
  'the changes of a day: a key that has ended stays refused': ['api_key', 'api_key_use', 'key_region'],
  'a number per account': [
    'member',
    'invitation',
    'person',
    'channel',
    'alert_rule',
    'alert_state',
    'quota_month',
  ],
  'the company, who makes accounts': ['account', 'erasure', 'lifecycle_event_account'],
  'the company alone writes them': ['operator_token', 'service_token', 'plan', 'region', 'region_epoch'],
  'one row, or some': ['layout', 'journal_head', 'lifecycle_event_head', 'schema_version', 'event_id_rule'],
}

it('promise 12: of every table it is known what bounds it', async () => {
  const tables = await worker.em().execute<{ name: string }[]>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not like 'mikro_orm%' order by 1`,
  )
  expect(tables.map(({ name }) => name)).toEqual([...GO, ...Object.values(STAY).flat()].toSorted())
})

it('promise 12: an incident stays for 400 days after its end', async () => {
  const accountId = await createCommands(worker).account()
  const add = (id: string, began: number, ended: number | null) =>
    worker
      .em()
      .execute(
        `insert into incident (id, account_id, rule_id, started_at, resolved_at) values (?, ?, 'rule_1', ?, ?)`,
        [id, accountId, ago(began * DAY), ended === null ? null : ago(ended * DAY)],
      )
  await add('inc_open', 500, null)
  await add('inc_kept', 500, 399)
  await add('inc_gone', 500, 401)
  await expireRecords(worker.context)
  expect(await worker.em().execute('select id from incident order by id')).toEqual([
    { id: 'inc_kept' },
    { id: 'inc_open' },
  ])
})

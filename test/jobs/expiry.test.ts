import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deleteInBatches } from '../../src/domain/deleteInBatches.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { expireRecords } from '../../src/workers/schedules/expireRecords.ts'
import { createCommands } from '../support/commandRows.ts'
import { recordedEvents } from '../support/eventRecord.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let accountId: string
beforeAll(async () => {
  worker = await startWorkerContext()
  accountId = await createCommands(worker).account()
})
afterAll(() => worker.stop())

const ago = (days: number) => new Date(worker.clock.now.getTime() - days * DAY_MS)
const rows = (sql: string, values: unknown[] = []) =>
  worker.em().execute<Record<string, string>[]>(sql, values)
const countOf = async (table: string) => Number((await rows(`select count(*) as n from ${table}`))[0]?.n)

const insertCommands = (name: string, days: number, count: number, finishedDays = days) =>
  rows(
    `insert into command (id, kind, payload, actor, status, created_at, finished_at, sweep_at)
     select ? || n, 'add-member', '{}', '{}', 'succeeded', ?, ?, now() from generate_series(1, ?::int) n`,
    [name, ago(days), ago(finishedDays), count],
  )
const insertNotifications = (name: string, days: number, count: number) =>
  rows(
    `insert into notification (id, account_id, channel_id, type, body, status, created_at, finished_at)
     select ? || n, ?, 'chn', 'alert.test', '{}', 'delivered', ?, ? from generate_series(1, ?::int) n`,
    [name, accountId, ago(days), ago(days), count],
  )

describe('the nightly deletion', () => {
  it('takes what is past its time of each table, more than one batch of it, and nothing else', async () => {
    await insertCommands('old', 91, 2_500)
    await insertCommands('late', 91, 1, 89)
    await insertCommands('new', 89, 3)
    // What a region is still owed stays, and keeps nothing behind it from being deleted.
    await insertCommands('owed', 92, 1)
    await rows(`insert into command_region (command_id, region) values ('owed1', 'eu')`)
    await insertNotifications('old', 91, 2_500)
    await insertNotifications('new', 89, 3)
    await rows(
      `insert into quota_day (key_id, day, region) select 'key' || n % 30, (?::timestamptz - n * interval '1 day')::date, 'primary'
       from generate_series(1, 3000) n`,
      [ago(300)],
    )
    for (const [table, more] of [
      ['session_link', ''],
      ['guest_session', ', id'],
    ])
      await rows(
        `insert into ${table} (digest, account_id, role, made_by, created_at, expires_at${more})
         select 'd' || n, ?, 'viewer', 'root', now(), ?::timestamptz + n * interval '1 hour' ${more && ", 'guest' || n"}
         from generate_series(-1, 2) n`,
        [accountId, ago(0)],
      )
    await expireRecords(worker.context)
    for (const table of ['session_link', 'guest_session']) expect(await countOf(table)).toBe(3)
    const left = await rows(`select id from command order by id`)
    expect(left.map(({ id }) => id)).toEqual(['late1', 'new1', 'new2', 'new3', 'owed1'])
    expect(await countOf('notification')).toBe(3)
    expect(await countOf('quota_day')).toBe(100)
  })

  it('promise 15: keeps the journal of what ended for 40 days', async () => {
    await rows(
      `insert into journal (sequence, command_id, kind, subject, at)
       select n, 'cmd', 'key-revoked', 'key_' || n, ?::timestamptz - n * interval '1 day' from generate_series(38, 42) n`,
      [ago(0)],
    )
    await expireRecords(worker.context)
    expect((await rows('select subject from journal order by at')).map(({ subject }) => subject)).toEqual([
      'key_40',
      'key_39',
      'key_38',
    ])
    await rows('delete from journal')
  })

  it('promise 14: keeps lifecycle events for 30 days', async () => {
    for (const days of [31, 29])
      await rows(
        `insert into lifecycle_event_pending (event_id, account_id, type, subject, at, data, created_at)
         values (?, ?, 'api_key.updated', 'key_1', ?, '{}', ?)`,
        [`evt_${days}`, accountId, ago(days), ago(days)],
      )
    const kept = async () => (await recordedEvents(worker, { accountId })).map(({ id }) => id)
    expect(await kept()).toEqual(['evt_31', 'evt_29'])
    await expireRecords(worker.context)
    expect(await kept()).toEqual(['evt_29'])
  })

  it('takes a bounded number of rows per statement, each of which commits by itself', async () => {
    await rows('create table deletion (at timestamptz, n bigint)')
    await rows(`
      create function note_deletion() returns trigger language plpgsql as $$
      begin insert into deletion select now(), count(*) from gone; return null; end $$;
      create trigger note_deletion after delete on notification
        referencing old table as gone for each statement execute function note_deletion()`)
    await insertNotifications('batch', 91, 2_500)
    await expireRecords(worker.context)
    const statements = await rows('select n from deletion where n > 0 order by at')
    expect(statements.map(({ n }) => Number(n))).toEqual([1_000, 1_000, 500])
    expect(await countOf('(select distinct at from deletion where n > 0) as each')).toBe(3)
  })

  it('goes on where it ended when it is interrupted, and one table keeps no other waiting', async () => {
    await insertNotifications('first', 95, 1_000)
    await insertNotifications('second', 94, 1_000)
    await insertCommands('last', 95, 10)
    await rows(`
      create function refuse_second() returns trigger language plpgsql as $$
      begin raise exception 'interrupted'; end $$;
      create trigger refuse_second before delete on notification
        for each row when (old.id = 'second1') execute function refuse_second()`)
    await expect(expireRecords(worker.context)).rejects.toThrow('1 kinds of records')
    expect(await countOf(`notification where id like 'first%'`)).toBe(0)
    expect(await countOf(`notification where id like 'second%'`)).toBe(1_000)
    expect(await countOf(`command where id like 'last%'`)).toBe(0)
    await rows('drop trigger refuse_second on notification')
    await expireRecords(worker.context)
    expect(await countOf(`notification where id like 'second%'`)).toBe(0)
  })

  it('passes over rows that stay, however many share a time', async () => {
    await rows(`create table thing (id integer primary key, at timestamptz, stays boolean)`)
    await rows(`insert into thing select n, ?, n % 2 = 0 from generate_series(1, 50) n`, [ago(1)])
    const things = { table: 'thing', key: 'id', by: 'at', type: 'timestamptz' } as const
    const all = { ...things, where: 'not stays and at < ?', values: [ago(0)] }
    expect(await deleteInBatches(worker.em(), all, 4)).toBe(25)
    expect(await countOf('thing')).toBe(25)
  })
})

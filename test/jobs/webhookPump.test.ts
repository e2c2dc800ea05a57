import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { eraseRows } from '../../src/domain/erasure/eraseRows.ts'
import { expireEvents } from '../../src/domain/events/eventStore.ts'
import type { EventType } from '../../src/domain/events/eventTypes.ts'
import { listBehind } from '../../src/domain/notifications/listBehind.ts'
import { takeEvents } from '../../src/domain/notifications/takeEvents.ts'
import { enqueuePushes } from '../../src/platform/enqueuePushes.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { createCommands } from '../support/commandRows.ts'
import { createPushes } from '../support/eventPushes.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let { record, subscribe, push, pushed, attempted, sql } = {} as ReturnType<typeof createPushes>
let commands: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  ;({ record, subscribe, push, pushed, attempted, sql } = createPushes(worker))
  commands = createCommands(worker)
})
afterAll(() => worker.stop())

const eventIds = async (channelId: string) => (await pushed(channelId)).map(({ eventId }) => eventId)
const many = (count: number, type: EventType = 'api_key.created') => Array.from({ length: count }, () => type)
const ACCOUNT = 'acct_pushed'
/** How many events of a webhook wait for their first attempt, and how many may be pending. */
const [FRESH, PENDING] = [8, 1_000]

const behindOf = async (which?: Parameters<typeof listBehind>[1]) =>
  (await listBehind(worker.em(), which)).map(({ id }) => id)

describe('promise 14: a push', () => {
  it('writes each event once, in order, however often and at once its job runs', async () => {
    const { id } = await subscribe(['*'])
    const events = await record(ACCOUNT, ...many(5), 'api_key.revoked')
    await Promise.all(Array.from({ length: 5 }, () => push(id)))
    await push(id)
    expect(await eventIds(id)).toEqual(events)
    const jobs = await worker.context.queues.byName.notifications.getJobs(['prioritized'])
    const enqueued = jobs.map(({ data }) => data.notificationId)
    for (const { id: pushId } of await pushed(id))
      expect(enqueued.filter((one) => one === pushId)).toHaveLength(1)
  })

  it('begins at the creation of its webhook, and gives a redone push the same ID', async () => {
    await record(ACCOUNT, 'api_key.created')
    const { id } = await subscribe(['*'])
    await push(id)
    expect(await eventIds(id)).toEqual([])
    const events = await record(ACCOUNT, 'api_key.updated')
    await push(id)
    const [first] = await pushed(id)
    // As after a restore of an older backup.
    await sql('delete from notification where channel_id = ?', [id])
    await sql('update channel set event_position = event_position - 1 where id = ?', [id])
    await push(id)
    expect((await pushed(id)).map((one) => [one.id, one.eventId])).toEqual([[first?.id, events[0]]])
  })

  it('that dies before its commit has written nothing; after it, the outbox sends its jobs', async () => {
    const { id } = await subscribe(['*'])
    const events = await record(ACCOUNT, ...many(3))
    const dies = worker.context.orm.em.fork().transactional(async (em) => {
      await takeEvents(em, id, worker.clock.now)
      throw new Error('died')
    })
    await expect(dies).rejects.toThrow('died')
    expect(await eventIds(id)).toEqual([])
    const send = () => Promise.reject(new Error('died'))
    const dying = { ...worker.context, queues: { ...worker.context.queues, send } }
    await expect(handlers['push-events'](dying, { channelId: id })).rejects.toThrow('died')
    expect(await eventIds(id)).toEqual(events)
    expect(await sql('select from outbox')).toHaveLength(3)
    await push(id)
    expect(await eventIds(id)).toEqual(events)
    await handlers['relay-outbox'](worker.context, {})
    expect(await sql('select from outbox')).toEqual([])
  })

  it('takes the types that are subscribed to, and passes over the others', async () => {
    const one = await subscribe(['api_key.*'])
    const two = await subscribe(['member.added', 'account.suspended'])
    const [key, member, , account] = await record(
      ACCOUNT,
      ...(['api_key.expired', 'member.added', 'member.removed', 'account.suspended'] as const),
    )
    for (const { id } of [one, two]) await push(id)
    expect(await eventIds(one.id)).toEqual([key])
    expect(await eventIds(two.id)).toEqual([member, account])
    const behind = await behindOf()
    for (const { id } of [one, two]) expect(behind).not.toContain(id)
  })

  it('takes as many as can be attempted, keeps a bound on what is pending, and leaves no gap', async () => {
    const { id } = await subscribe(['*'])
    const events = await record(ACCOUNT, ...many(FRESH * 3))
    await push(id)
    await push(id)
    expect(await eventIds(id)).toEqual(events.slice(0, FRESH))
    // Each failed, and waits for its next attempt.
    await attempted(id, 'pending')
    await push(id)
    expect(await eventIds(id)).toEqual(events.slice(0, FRESH * 2))
    await attempted(id, 'pending')
    await sql(
      `insert into notification (id, channel_id, type, body, status, attempts, next_attempt_at, created_at, event_id)
       select 'ntf_' || n, ?, 'api_key.created', '{}', 'pending', 1, now() + interval '1 day', now(), 'evt_' || n
       from generate_series(1, ?) n`,
      [id, PENDING - FRESH * 2],
    )
    await push(id)
    expect((await sql('select from notification where channel_id = ?', [id])).length).toBe(PENDING)
    expect(await behindOf()).toContain(id)
    await sql(`update notification set status = 'failed' where channel_id = ?`, [id])
    await push(id)
    const taken = await eventIds(id)
    for (const event of events) expect(taken.filter((one) => one === event)).toHaveLength(1)
  })

  it('rests while its webhook is disabled, and goes on from where it was', async () => {
    const { id } = await subscribe(['*'], { disabledAt: worker.clock.now, disabledReason: 'Gone' })
    const events = await record(ACCOUNT, ...many(2))
    await push(id)
    expect(await eventIds(id)).toEqual([])
    await sql('update channel set disabled_at = null where id = ?', [id])
    await push(id)
    expect(await eventIds(id)).toEqual(events)
  })

  it('ends with the subscription: what is pending is not sent any more', async () => {
    const { id } = await subscribe(['*'], { accountId: await commands.account() })
    const [row] = await sql<{ account_id: string }>('select account_id from channel where id = ?', [id])
    await record(row?.account_id ?? '', 'api_key.created')
    await push(id)
    const [one] = await pushed(id)
    await sql('update channel set events = null where id = ?', [id])
    await record(row?.account_id ?? '', 'api_key.created')
    await push(id)
    expect(await eventIds(id)).toHaveLength(1)
    await handlers['deliver-notification'](worker.context, { notificationId: one?.id ?? '' })
    expect((await pushed(id))[0]?.status).toBe('failed')
  })

  it('whose position is older than the record begins at the oldest event that is kept', async () => {
    const { id } = await subscribe(['*'])
    await record(ACCOUNT, ...many(2))
    await sql(`update lifecycle_event set created_at = now() - interval '31 days'`)
    await expireEvents(worker.em(), new Date(Date.now() - 30 * 86_400_000))
    const events = await record(ACCOUNT, 'api_key.updated')
    await push(id)
    expect(await eventIds(id)).toEqual(events)
  })
})

describe('a job', () => {
  const jobsOf = async (channelId: string) => {
    const jobs = await worker.context.queues.byName.notifications.getJobs(['delayed', 'prioritized'])
    return jobs.filter(({ name, data }) => name === 'push-events' && data.channelId === channelId)
  }

  it('is enqueued for whoever is behind, one for many events in a row, and by the schedule if it was lost', async () => {
    const { id } = await subscribe(['*'])
    await enqueuePushes(worker.context)
    expect(await jobsOf(id)).toEqual([])
    await record(ACCOUNT, 'api_key.created')
    await handlers['relay-events'](worker.context, {})
    const [job] = await jobsOf(id)
    expect(job?.opts).toMatchObject({ priority: 10 })
    await push(id)
  })

  it('promise 12: of an account’s channel begins every second while its events go on, every other one every 50 ms', async () => {
    const accountId = await commands.account()
    const [theirs, ours] = [await subscribe(['*'], { accountId }), await subscribe(['*'])]
    await record(accountId, 'api_key.created')
    for (const [{ id }, goesOn, slotMs] of [
      [theirs, false, 50],
      [theirs, true, 1_000],
      [ours, true, 50],
    ] as const) {
      const known = (await jobsOf(id)).map((job) => job.id)
      const before = Date.now()
      for (let times = 0; times < 3; times += 1)
        await enqueuePushes(worker.context, { channelId: id }, goesOn)
      const jobs = (await jobsOf(id)).map((job) => ({ job: job.id, at: Number(job.id?.split('-').at(-1)) }))
      for (const { at } of jobs.filter(({ job }) => !known.includes(job)))
        expect([at > before, at % slotMs]).toEqual([true, 0])
      // It may have been set before: for one time there is one.
      const begins = jobs.map(({ at }) => at).filter((at) => at > before && at % slotMs === 0)
      expect(Math.min(...begins)).toBeLessThanOrEqual(Date.now() + slotMs)
    }
  })

  it('promise 12: gives an account’s channel four events a second, whatever it could take, and one that follows the rest', async () => {
    const accountId = await commands.account()
    const { id } = await subscribe(['*'], { accountId })
    const events = await record(accountId, ...many(9))
    const takeSome = async () => {
      for (let times = 0; times < 3; times += 1) {
        await push(id)
        await attempted(id, 'delivered')
      }
      return eventIds(id)
    }
    const began = Math.ceil(worker.clock.now.getTime() / 1_000) * 1_000
    const at = async (ms: number) => {
      worker.clock.now = new Date(began + ms)
      return takeSome()
    }
    expect(await at(950)).toEqual(events.slice(0, 4))
    const [next] = await jobsOf(id)
    expect(Number(next?.id?.split('-').at(-1)) % 1_000).toBe(0)
    expect(await at(999)).toEqual(events.slice(0, 4))
    // A few ms after its due time, and the next one sooner after its own.
    expect(await at(1_007)).toEqual(events.slice(0, 8))
    expect(await at(2_001)).toEqual(events)
  })

  it('promise 8: is enqueued for channels of the account of an event, and of no other', async () => {
    const [accountId, otherId] = [await commands.account(), await commands.account()]
    const mine = await subscribe(['*'], { accountId })
    const other = await subscribe(['*'], { accountId: otherId })
    const [event] = await record(accountId, 'api_key.created')
    expect(await behindOf({ accountIds: [accountId] })).toContain(mine.id)
    expect(await behindOf()).not.toContain(other.id)
    for (const { id } of [mine, other]) await push(id)
    expect(await eventIds(mine.id)).toEqual([event])
    expect(await eventIds(other.id)).toEqual([])
  })
})

it('an erasure waits for a push that is under way, and deletes what that has written', async () => {
  const accountId = await commands.account()
  const { id } = await subscribe(['*'])
  await record(accountId, 'api_key.created')
  const waits = async () =>
    (
      await sql('select from pg_stat_activity where datname = current_database() and wait_event_type = ?', [
        'Lock',
      ])
    ).length > 0
  let isOver = false
  const erasure = await worker.context.orm.em.fork().transactional(async (em) => {
    await takeEvents(em, id, worker.clock.now)
    const erased = eraseRows(worker.em(), accountId, 'op_none').then(() => {
      isOver = true
    })
    await eventually(async () => isOver || (await waits()), Boolean)
    return { erased }
  })
  await erasure.erased
  expect(await eventIds(id)).toEqual([])
})

it('the erasure of an account deletes the pushes of its events, and is itself pushed', async () => {
  const accountId = await commands.account()
  const { id } = await subscribe(['*'])
  await record(accountId, 'api_key.created', 'api_key.revoked')
  await push(id)
  expect(await eventIds(id)).toHaveLength(2)
  const actor = { type: 'operator', id: 'root' } as const
  const commandId = await commands.submit('erase-account', accountId, {}, { actor, targetId: accountId })
  await handlers['erase-account'](worker.context, { commandId })
  for (let times = 0; times < 2; times += 1)
    await handlers['remove-account-data'](worker.context, { commandId, accountId })
  expect((await worker.em().findOneOrFail(CommandSchema, { id: commandId })).status).toBe('succeeded')
  expect(await sql('select from notification where event_account_id = ?', [accountId])).toEqual([])
  await worker.context.events.relay()
  await push(id)
  expect((await pushed(id)).map(({ type, eventAccountId }) => [type, eventAccountId])).toEqual([
    ['account.erased', accountId],
  ])
})

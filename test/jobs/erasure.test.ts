import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { ERASED_TABLES, OTHER_TABLES } from '../../src/domain/erasure/erasedTables.ts'
import { moveEvents } from '../../src/domain/events/moveEvents.ts'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { registerRegions, removeRegion } from '../../src/domain/regions.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { createErasures } from '../support/createErasures.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let { commands, accountWithKey, begin, remove, unitsOf } = {} as ReturnType<typeof createErasures>
beforeAll(async () => {
  worker = await startWorkerContext()
  ;({ commands, accountWithKey, begin, remove, unitsOf } = createErasures(worker))
})
afterAll(() => worker.stop())

const sql = <Row>(text: string, params: unknown[] = []) => worker.em().execute<Row[]>(text, params)
const actor = { type: 'operator', id: 'root' } as const

let sent = 0
async function use({ accountId, keyId }: { accountId: string; keyId: string }, times: number) {
  const at = worker.clock.now.getTime()
  const events = Array.from({ length: times }, () => {
    const event = { id: `erasure-${++sent}`, keyId, accountId, at, status: 200, units: 2 }
    return toRow({ ...event, ip: '192.0.2.1', endpoint: '/a', method: 'GET' })
  })
  await handlers['roll-up-events'](worker.context, { events })
}

const statusOf = async (id: string) => (await worker.em().findOneOrFail(CommandSchema, { id })).status
/** Does something in a transaction, which stays open until `commit`. */
async function hold(work: (em: ReturnType<typeof worker.em>) => Promise<unknown>) {
  const done = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const transaction = worker.em().transactional(async (em) => {
    await work(em)
    done.resolve()
    await end.promise
  })
  await Promise.race([done.promise, transaction])
  return {
    commit: () => {
      end.resolve()
      return transaction
    },
  }
}

describe('an erasure', () => {
  it('knows every table: a new one is erased, or says why not', async () => {
    const tables = await sql<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname not like 'mikro_orm%' order by 1`,
    )
    const listed = [...Object.keys(ERASED_TABLES), ...Object.keys(OTHER_TABLES)]
    expect(tables.map(({ name }) => name)).toEqual(listed.toSorted())
  })

  it('has every region refuse the keys first, and is done when everything is gone; twice and at once, too', async () => {
    const one = await accountWithKey()
    await use(one, 3)
    const commandId = await begin(one.accountId)
    expect(await statusOf(commandId)).toBe('applied')
    expect(worker.replies).toContain(commandId)
    expect((await worker.region.getStates([one.digest]))[0]?.account.status).toBe('erasing')
    await Promise.all([1, 2].map(() => remove(commandId, one.accountId)))
    await remove(commandId, one.accountId)
    expect(await statusOf(commandId)).toBe('succeeded')
    expect(await worker.em().count(AccountSchema, { id: one.accountId })).toBe(0)
    expect(await worker.region.getStates([one.digest])).toEqual([undefined])
    expect(await unitsOf(one.accountId)).toEqual([6])
  })

  it('promise 9: continues after it died at any step', async () => {
    const one = await accountWithKey()
    await use(one, 3)
    const commandId = await begin(one.accountId)
    let statements = 0
    // Each run dies one statement later than the one before.
    for (let last = 1; (await statusOf(commandId)) === 'applied'; last++) {
      expect(last).toBeLessThan(200)
      statements = 0
      const { orm } = worker.context
      const dying = new Proxy(orm, {
        get: (target, name) =>
          name === 'em' ? mortal(target.em, () => ++statements > last) : Reflect.get(target, name),
      })
      await handlers['remove-account-data'](
        { ...worker.context, orm: dying },
        { commandId, accountId: one.accountId },
      ).catch((error) => expect(String(error)).toContain('died'))
    }
    expect(await worker.em().count(AccountSchema, { id: one.accountId })).toBe(0)
    expect(await unitsOf(one.accountId)).toEqual([6])
  })

  it('deletes events that wait, also while others move into the record', async () => {
    const { accountId } = await accountWithKey()
    const commandId = await begin(accountId)
    await worker.context.events.relay()
    await sql(
      `insert into lifecycle_event_pending (event_id, account_id, type, subject, at, data)
       select 'evt_' || n, ?, 'account.updated', ?, now(), '{}' from generate_series(1, 700) n`,
      [accountId, accountId],
    )
    // Has moved as many as go at once, and holds their rows.
    const moved = await hold((em) => moveEvents(em))
    // The next one that moves comes only after the rows of the record are deleted.
    const next = hold((em) => em.execute('select 1 from lifecycle_event_head for update'))
    const removing = remove(commandId, accountId)
    await eventually(
      () =>
        sql(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
             and query like 'delete from lifecycle_event_pending%'`,
        ),
      (waiting) => waiting.length > 0,
    )
    await moved.commit()
    await removing
    await (await next).commit()
    await worker.context.events.relay()
    expect(await sql('select type from lifecycle_event where account_id = ?', [accountId])).toEqual([
      { type: 'account.erased' },
    ])
  })

  it('promise 3: keeps the rows of ended keys until every region has forgotten the keys', async () => {
    const one = await accountWithKey()
    const commandId = await begin(one.accountId)
    // Nobody reaches it now, and it may still know the key.
    await worker.em().transactional((em) => registerRegions(em, ['eu']))
    await expect(remove(commandId, one.accountId)).rejects.toThrow('eu')
    const keys = await sql('select status, name, hint, created_by from api_key where id = ?', [one.keyId])
    expect(keys).toEqual([{ status: 'deleted', name: '', hint: '', created_by: '' }])
    expect(await sql('select 1 from audit_entry where account_id = ?', [one.accountId])).toEqual([])
    expect(await statusOf(commandId)).toBe('applied')
    await worker.em().transactional((em) => removeRegion(em, { region: 'eu', marginMs: 0 }))
    await remove(commandId, one.accountId)
    expect(await statusOf(commandId)).toBe('succeeded')
    expect(await sql('select 1 from api_key where id = ?', [one.keyId])).toEqual([])
  })

  it('keeps only the units of usage that is counted late', async () => {
    const one = await accountWithKey()
    await use(one, 1)
    const commandId = await begin(one.accountId)
    await use(one, 2)
    await remove(commandId, one.accountId)
    await use(one, 4)
    const other = await accountWithKey()
    await use(other, 5)
    expect([await unitsOf(one.accountId), await unitsOf(other.accountId)]).toEqual([[14], []])
    for (const table of ['usage_minute', 'usage_hour', 'usage_day', 'usage_ip', 'usage_accepted', 'endpoint'])
      expect(await sql(`select 1 from ${table} where account_id = ?`, [one.accountId]), table).toEqual([])
    for (const table of ['api_key_use', 'quota_day'])
      expect(await sql(`select 1 from ${table} where key_id = ?`, [one.keyId]), table).toEqual([])
    expect(await sql('select 1 from usage_day where account_id = ?', [other.accountId])).toHaveLength(1)
  })

  it('lets nothing else happen to the account, and units go when their time is over', async () => {
    const one = await accountWithKey()
    await use(one, 1)
    const commandId = await begin(one.accountId)
    const late = await commands.submit('resume-account', one.accountId, {}, { actor })
    await handlers['resume-account'](worker.context, { commandId: late })
    const { problem } = await worker.em().findOneOrFail(CommandSchema, { id: late })
    expect(problem?.code).toBe('account-erasing')
    await remove(commandId, one.accountId)
    worker.clock.now = new Date(worker.clock.now.getTime() + 402 * 86_400_000)
    await handlers['expire-records'](worker.context, {})
    worker.clock.now = new Date()
    expect(await unitsOf(one.accountId)).toEqual([])
  })
})

/** An EntityManager, and all that it forks, whose statements throw once `isDead`. */
function mortal<Em extends object>(em: Em, isDead: () => boolean): Em {
  return new Proxy(em, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (name === 'execute' || name === 'findOne' || name === 'flush') {
          if (isDead()) throw new Error('The process died.')
        }
        const answer = value.apply(target, args)
        return name === 'fork' ? mortal(answer, isDead) : answer
      }
    },
  })
}

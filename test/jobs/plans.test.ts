import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import type { JobName } from '../../src/domain/jobs.ts'
import type { PlanChange } from '../../src/domain/plans/Plan.ts'
import { readProgress } from '../../src/domain/plans/planStore.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { sweepCommands } from '../../src/workers/schedules/sweepCommands.ts'
import { createCommands } from '../support/commandRows.ts'
import { SEED_PLANS } from '../support/seedPlans.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let commands: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  commands = createCommands(worker)
})
afterAll(() => worker.stop())

let round = 0
let name: string
/** A plan with 450 accounts, which are three pages, each with a key. */
beforeEach(async () => {
  name = `plan-${round++}`
  const em = worker.em()
  const limits = JSON.stringify(SEED_PLANS.free)
  await em.execute('insert into plan (name, label, place, limits) values (?, ?, 1, ?::jsonb)', [
    name,
    name,
    limits,
  ])
  await em.execute(
    `insert into account (id, name, plan, custom_limits, version, created_at)
     select ? || lpad(n::text, 3, '0'), 'A', ?, '{}', 1, now() from generate_series(1, 450) n`,
    [name, name],
  )
  await em.execute(
    `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, allowed_ips, metadata,
       version, created_at, created_by)
     select 'key_' || id, id, 'K', 'live', 'full', '[]', 'active', 'digest-' || id, 'hint', '[]', '{}', 1, now(), 'test'
     from account where plan = ?`,
    [name],
  )
})

const run = (job: JobName, commandId: string) =>
  (handlers[job] as (context: unknown, data: unknown) => Promise<unknown>)(worker.context, { commandId })
const submit = (limits: object) =>
  commands.submit('set-plan', null, { name, limits: { ...SEED_PLANS.pro, ...limits } })
const statusOf = async (id: string) => (await worker.em().findOneOrFail(CommandSchema, { id })).status
const changeOf = async () =>
  (
    await worker
      .em()
      .execute<{ change: PlanChange | null }[]>('select change from plan where name = ?', [name])
  )[0]?.change
const versions = async () =>
  (
    await worker
      .em()
      .execute<{ version: number; n: number }[]>(
        'select version, count(*)::int as n from account where plan = ? group by version order by version',
        [name],
      )
  ).map(({ version, n }) => [version, n])

/** The account's limit of requests a day as the region knows it. */
const inRegion = async (n: number) => {
  const [state] = await worker.region.getStates([`digest-${name}${String(n).padStart(3, '0')}`])
  return state?.account.requestsPerDay
}

/** Takes a page, as its job does; returns its command's ID. */
async function takePage(): Promise<string> {
  const pageId = (await changeOf())?.pageId ?? ''
  await run('apply-plan', pageId)
  return pageId
}

describe('promise 9: a change of a plan', () => {
  it('goes page by page, is done after the last one, and then every region has it', async () => {
    const id = await submit({ requestsPerDay: 7 })
    await run('set-plan', id)
    expect(await statusOf(id)).toBe('applied')
    expect(await readProgress(worker.em(), id)).toEqual({ done: 0, total: 450 })
    await takePage()
    expect(await readProgress(worker.em(), id)).toEqual({ done: 200, total: 450 })
    expect([await inRegion(200), await inRegion(201)]).toEqual([7, undefined])
    await takePage()
    await takePage()
    expect([await statusOf(id), await changeOf()]).toEqual(['succeeded', null])
    expect(await versions()).toEqual([[2, 450]])
    expect([await inRegion(1), await inRegion(450)]).toEqual([7, 7])
    expect(worker.replies).toContain(id)
    const audit = await worker
      .em()
      .execute(
        `select count(*)::int as n from audit_entry where account_id like ? and action = 'account.plan-changed'`,
        [`${name}%`],
      )
    expect(audit).toEqual([{ n: 450 }])
  })

  it('whose jobs run twice, late and out of order raises each account once', async () => {
    const id = await submit({})
    await run('set-plan', id)
    await run('set-plan', id)
    const first = await takePage()
    await run('apply-plan', first)
    await Promise.all([takePage(), run('set-plan', id), run('apply-plan', first)])
    await takePage()
    await run('apply-plan', first)
    await run('set-plan', id)
    expect(await versions()).toEqual([[2, 450]])
    expect(await statusOf(id)).toBe('succeeded')
  })

  it('whose worker died between two pages is taken up by the sweeper', async () => {
    const id = await submit({})
    await run('set-plan', id)
    await takePage()
    // The page's job was lost with its worker, and so was the row of the page.
    await worker.em().execute('delete from command where id = ?', [(await changeOf())?.pageId])
    worker.clock.now = new Date(worker.clock.now.getTime() + 3_600_000)
    await sweepCommands(worker.context)
    expect(await worker.context.queues.byName.commands.getJob(id)).toMatchObject({ name: 'set-plan' })
    await run('set-plan', id)
    await takePage()
    await takePage()
    expect([await statusOf(id), await versions()]).toEqual(['succeeded', [[2, 450]]])
  })

  it('that goes on is not swept, however long it takes', async () => {
    const id = await submit({})
    await run('set-plan', id)
    for (let page = 0; page < 2; page++) {
      await takePage()
      worker.clock.now = new Date(worker.clock.now.getTime() + 9_000)
      await sweepCommands(worker.context)
    }
    expect((await worker.em().findOneOrFail(CommandSchema, { id })).sweeps).toBe(0)
    await takePage()
    expect(await statusOf(id)).toBe('succeeded')
  })

  it('where a region does not answer, a page waits for it, and the change goes on after it', async () => {
    const id = await submit({ requestsPerDay: 9 })
    await run('set-plan', id)
    const pageId = (await changeOf())?.pageId ?? ''
    await handlers['apply-plan']({ ...worker.context, regions: new Map() }, { commandId: pageId })
    expect([await statusOf(pageId), await inRegion(1)]).toEqual(['applied', undefined])
    await run('set-plan', id)
    expect((await changeOf())?.pageId).toBe(pageId)
    const { propagate } = await worker.em().findOneOrFail(CommandSchema, { id: pageId })
    const data = { commandId: pageId, region: 'primary', keyIds: [], accountIds: propagate?.accountIds ?? [] }
    await handlers['propagate-state'](worker.context, data)
    await run('finish-command', pageId)
    await takePage()
    await takePage()
    expect([await statusOf(id), await inRegion(1), await inRegion(450)]).toEqual(['succeeded', 9, 9])
  })

  it('leaves out who has moved away, and has who moves in by the new limits', async () => {
    const id = await submit({ requestsPerDay: 5 })
    await run('set-plan', id)
    await takePage()
    await worker
      .em()
      .execute(`update account set plan = 'free', version = version + 1 where id = ?`, [`${name}300`])
    const moved = await commands.account()
    const change = await commands.submit('update-account', moved, { plan: name })
    await run('update-account', change)
    await takePage()
    await takePage()
    expect([await statusOf(id), await versions()]).toEqual([
      'succeeded',
      // 449 by the change, and the one that moved in by its own.
      [[2, 450]],
    ])
    const [gone] = await worker.em().execute('select version from account where id = ?', [`${name}300`])
    expect(gone).toEqual({ version: 2 })
  })

  it('a page that was given up begins again', async () => {
    const id = await submit({})
    await run('set-plan', id)
    const pageId = (await changeOf())?.pageId ?? ''
    await worker.em().execute(`update command set status = 'failed' where id = ?`, [pageId])
    await run('set-plan', id)
    expect((await changeOf())?.pageId).not.toBe(pageId)
    for (let page = 0; page < 3; page++) await takePage()
    expect([await statusOf(id), await versions()]).toEqual(['succeeded', [[2, 450]]])
  })
})

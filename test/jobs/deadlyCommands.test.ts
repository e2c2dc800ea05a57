import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import type { CommandKind } from '../../src/domain/commands/catalogue.ts'
import { DEATH_HOURS, DEATHS, isDeadly, pauseAfterDeaths } from '../../src/domain/commands/deaths.ts'
import { HOUR_MS } from '../../src/domain/time.ts'
import { runSuspect } from '../../src/workers/commands/runSuspect.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { Postponed } from '../../src/workers/Postponed.ts'
import { createCommands } from '../support/commandRows.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let commands: ReturnType<typeof createCommands>
beforeAll(async () => {
  worker = await startWorkerContext()
  commands = createCommands(worker)
})
afterAll(() => worker.stop())

const pass = (ms: number) => {
  worker.clock.now = new Date(worker.clock.now.getTime() + ms)
}
const newCreate = async () =>
  commands.submit('create-api-key', await commands.account(), {
    ...commands.newKey(),
    ...commands.newSecret(),
  })
const rowOf = (id: string) => worker.em().findOneOrFail(CommandSchema, { id })

/**
 * A run by a worker that dies in it: `run` never comes back, so nothing after it happens. Resolves once it has begun.
 */
function die(kind: CommandKind, commandId: string): Promise<'begun' | number | 'ended'> {
  const job = { name: kind, data: { commandId }, stalledCounter: 1 }
  return new Promise((resolve, reject) => {
    runSuspect(worker.context, job, () => new Promise<void>(() => resolve('begun'))).then(
      () => resolve('ended'),
      (error) => (error instanceof Postponed ? resolve(error.ms) : reject(error)),
    )
  })
}
const live = (kind: CommandKind, commandId: string) =>
  runSuspect(worker.context, { name: kind, data: { commandId }, stalledCounter: 1 }, () =>
    handlers[kind](worker.context, { commandId }),
  )

/** Lets workers die by a command for as long as one begins it; resolves with how many have. */
async function dieFor(kind: CommandKind, id: string, hours: number): Promise<number> {
  const until = worker.clock.now.getTime() + hours * HOUR_MS
  let deaths = 0
  while (worker.clock.now.getTime() < until) {
    const outcome = await die(kind, id)
    if (outcome === 'ended') return deaths
    if (outcome === 'begun') deaths += 1
    // A worker that died is noticed after about ten seconds.
    pass(outcome === 'begun' ? 10_000 : outcome)
  }
  return deaths
}

describe('a command that no worker survives', () => {
  it('ends as failed, with a reason, after a bounded number of workers', async () => {
    const id = await newCreate()
    const deaths = await dieFor('create-api-key', id, 24)
    expect(deaths).toBeGreaterThanOrEqual(DEATHS)
    expect(deaths).toBeLessThan(30)
    const { status, problem, payload } = await rowOf(id)
    expect([status, problem?.code, payload]).toEqual(['failed', 'internal-error', {}])
    expect(problem?.details.detail).toContain('workers stopped unexpectedly')
    expect(worker.replies).toContain(id)
    await live('create-api-key', id)
    expect((await rowOf(id)).status).toBe('failed')
  })

  it('is never given up where it ends something, and leaves the worker to others for most of the time', async () => {
    const id = await commands.submit('revoke-api-key', await commands.account(), {
      keyId: 'key_x',
      reason: null,
    })
    const deaths = await dieFor('revoke-api-key', id, 24)
    expect((await rowOf(id)).status).toBe('pending')
    expect(deaths).toBeGreaterThan(24 * 30)
    expect(deaths).toBeLessThan(24 * 130)
    expect([pauseAfterDeaths(1, true, 1), pauseAfterDeaths(2, true, 1)]).toEqual([0, 0])
  })
})

describe('promise 1: a command whose workers died for other reasons', () => {
  it('is done as soon as one survives, and its deaths are forgotten', async () => {
    const id = await newCreate()
    for (let deaths = 0; deaths < DEATHS - 1; ) {
      const outcome = await die('create-api-key', id)
      if (outcome === 'begun') deaths += 1
      pass(HOUR_MS)
    }
    // It is refused for now by something that is away: that is no death.
    const away = Object.assign(new Error('down'), { code: '57P03' })
    const job = { name: 'create-api-key', data: { commandId: id }, stalledCounter: 1 }
    await expect(runSuspect(worker.context, job, () => Promise.reject(away))).rejects.toBe(away)
    for (let n = 0; n < 3; n++) {
      expect(await die('create-api-key', id)).toBe('begun')
      pass(HOUR_MS)
    }
    await live('create-api-key', id)
    expect((await rowOf(id)).status).toBe('succeeded')
  })

  it('is not given up within an hour, however often they died', () => {
    const now = new Date()
    const since = new Date(now.getTime() - DEATH_HOURS * HOUR_MS + 1)
    expect(isDeadly({ count: 1_000, since, last: now }, false, now)).toBe(false)
    expect(isDeadly({ count: DEATHS, since: new Date(since.getTime() - 1), last: now }, false, now)).toBe(
      true,
    )
  })

  it('is not counted where no worker has died', async () => {
    const id = await newCreate()
    const job = { name: 'create-api-key', data: { commandId: id }, stalledCounter: 0 }
    let seen: unknown
    await runSuspect(worker.context, job, async () => {
      const [row] = await worker.em().execute('select suspect_runs as runs from command where id = ?', [id])
      seen = row
    })
    expect(seen).toEqual({ runs: 0 })
  })
})

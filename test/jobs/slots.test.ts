import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobData } from '../../src/domain/jobs.ts'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import type { KnownKey } from '../../src/domain/metering/Ticket.ts'
import { encodeBatch } from '../../src/domain/metering/verificationBatch.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import { RedisNames } from '../../src/platform/redisNames.ts'
import { admitArgs } from '../../src/region/admitArgs.ts'
import { SLOT_BATCHES } from '../../src/region/scripts.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { account, cached, key, seed } from '../support/regionFixtures.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let commit: GroupCommit
beforeAll(async () => {
  worker = await startWorkerContext()
  commit = new GroupCommit(worker.region, () => {})
})
afterAll(() => worker.stop())

type Slot = JobData<'roll-up-slot'>
const queues = () => worker.context.queues.byName
const redis = () => worker.region.redis
const names = new RedisNames(false)

/** Each test has a key of its own. */
let known: KnownKey
beforeEach(async () => {
  await queues().slots.obliterate({ force: true })
  await queues().metering.obliterate({ force: true })
  for (const name of await redis().keys('keys:*:slot')) await redis().del(name)
  const id = randomUUID()
  const state = { ...key, keyId: `key_${id}`, digest: id.padEnd(64, '0') }
  await worker.region.putStates([{ key: state, account, seed }], await worker.region.beforeFill())
  known = { ...cached(), name: `${state.digest}:1`, state }
})

const decide = (context = '["203.0.113.7","/v1","GET"]', of = known) =>
  commit.decide({ key: of, verdict: ADMIT, units: 2, context })
const slots = async (): Promise<Slot[]> => (await queues().slots.getJobs(['wait'])).map(({ data }) => data)
const rollUp = (slot: Slot, context = worker.context) => handlers['roll-up-slot'](context, slot)
const usage = async ({ state } = known) => {
  const of = (await readWindows(worker.em(), [state.keyId], new Date())).get(state.keyId)?.['24h']
  return [of?.requests ?? 0, of?.units ?? 0]
}
/** The only slot that waits. */
async function onlySlot(): Promise<Slot> {
  const [slot, ...more] = await slots()
  expect(more).toEqual([])
  if (!slot) throw new Error('No slot waits')
  return slot
}

describe('promise 2: the batches of a slot', () => {
  it('share one job until a worker takes it, and are counted once however often that runs', async () => {
    for (let batch = 0; batch < 5; batch++) await decide()
    const slot = await onlySlot()
    await rollUp(slot)
    expect(await usage()).toEqual([5, 10])
    expect(await redis().exists(names.slot(slot.slot))).toBe(0)
    await decide()
    await Promise.all([rollUp(slot), rollUp(slot)])
    // What came after it is in another.
    expect(await usage()).toEqual([5, 10])
    const next = (await slots()).find((one) => one.slot !== slot.slot)
    await rollUp(next as Slot)
    expect(await usage()).toEqual([6, 12])
  })

  it('that are decided while its job runs are in this slot or in the next one', async () => {
    await decide()
    const running = rollUp(await onlySlot())
    let decided = 1
    for (; decided < 50; decided++) await decide()
    await running
    for (const slot of await slots()) await rollUp(slot)
    expect(await usage()).toEqual([decided, 2 * decided])
    expect(await redis().keys('keys:slot:*')).toEqual([])
  })

  it('are counted once though a worker dies before it has forgotten them, or has counted some', async () => {
    for (let batch = 0; batch < 4; batch++) await decide()
    const slot = await onlySlot()
    const { rollup } = worker.context
    let left = 2
    const dies = Object.assign(Object.create(rollup), {
      add: async (...work: Parameters<typeof rollup.add>) => {
        if (left-- <= 0) throw new Error('died')
        await rollup.add(...work)
      },
    })
    await expect(rollUp(slot, { ...worker.context, rollup: dies })).rejects.toThrow('died')
    expect(await usage()).toEqual([2, 4])
    left = 4
    const dump = await redis().dumpBuffer(names.slot(slot.slot))
    await rollUp(slot, { ...worker.context, rollup: dies })
    expect(await usage()).toEqual([4, 8])
    // As a Redis that has lost its last moments: the slot is there again, and open.
    await redis().restore(names.slot(slot.slot), 0, dump)
    const marker = await worker.region.marker()
    await redis().set(`keys:${marker.split('|')[1]}:slot`, slot.slot)
    await decide()
    await rollUp(slot)
    expect(await usage()).toEqual([5, 10])
  })

  it('are bounded: the next one begins another', async () => {
    for (let batch = 0; batch <= SLOT_BATCHES; batch++) await decide()
    const all = await slots()
    const lengths = await Promise.all(all.map(({ slot }) => redis().llen(names.slot(slot))))
    expect(lengths.sort((one, other) => one - other)).toEqual([1, SLOT_BATCHES])
    for (const slot of all) await rollUp(slot)
    expect(await usage()).toEqual([SLOT_BATCHES + 1, 2 * (SLOT_BATCHES + 1)])
  })

  it('do not wait for one that Postgres refuses: that becomes a job of its own, which an older release reads', async () => {
    await decide()
    await decide('["203.0.113.7","/v1","GET"]', {
      ...known,
      state: { ...known.state, keyId: `${known.state.keyId}\0` },
    })
    await decide()
    const slot = await onlySlot()
    await rollUp(slot)
    expect(await usage()).toEqual([2, 4])
    const [alone, ...more] = await queues().metering.getJobs(['wait'])
    expect(more).toEqual([])
    expect(alone?.name).toBe('roll-up-verifications')
    expect(alone?.data.results).toBe(`${ADMIT},,,`)
    expect(alone?.opts.removeOnFail).toBe(false)
    await expect(handlers['roll-up-verifications'](worker.context, alone?.data)).rejects.toThrow()
    expect(await redis().keys('keys:slot:*')).toEqual([])
  })

  it('do not wait for one that this release cannot read, which stays until another can', async () => {
    await decide()
    const slot = await onlySlot()
    await redis().rpush(names.slot(slot.slot), '{"form":"of a later release"}')
    await expect(rollUp(slot)).rejects.toThrow()
    expect(await usage()).toEqual([1, 2])
    expect(await redis().llen(names.slot(slot.slot))).toBe(2)
  })
})

it('a batch that is taken back before its slot is counted is not counted', async () => {
  const ticket = { key: known, verdict: ADMIT, units: 2, context: '[null,null,null]' }
  const { batch } = encodeBatch([{ ticket }], { verifier: randomUUID(), sequence: 1, batchId: randomUUID() })
  const until = performance.now() + 10_000
  await worker.region.runUntil(until, 'admit', (at) => admitArgs(worker.region, batch, at))
  await decide()
  expect(await worker.region.run('takeBack', ...admitArgs(worker.region, batch, 0))).toEqual(['OK', 1])
  const [taken] = await queues().metering.getJobs(['wait'])
  const slot = await onlySlot()
  await handlers['take-back-verifications'](worker.context, taken?.data)
  await rollUp(slot)
  expect(await usage()).toEqual([1, 2])
})

it('a batch that is taken back after its slot was counted is subtracted, once', async () => {
  const ticket = { key: known, verdict: ADMIT, units: 2, context: '[null,null,null]' }
  const tickets = [{ ticket }, { ticket }]
  const { batch } = encodeBatch(tickets, { verifier: randomUUID(), sequence: 1, batchId: randomUUID() })
  const until = performance.now() + 10_000
  await worker.region.runUntil(until, 'admit', (at) => admitArgs(worker.region, batch, at))
  await decide()
  await rollUp(await onlySlot())
  expect(await usage()).toEqual([3, 6])
  expect(await worker.region.run('takeBack', ...admitArgs(worker.region, batch, 0))).toEqual(['OK', 2])
  const [taken] = await queues().metering.getJobs(['wait'])
  for (let time = 0; time < 2; time++) await handlers['take-back-verifications'](worker.context, taken?.data)
  expect(await usage()).toEqual([1, 2])
})

it('countMetering: a slot that waits is usage that is not counted yet', async () => {
  await decide()
  expect(await worker.context.queues.countMetering()).toBe(1)
})

import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import type { Once } from '../../src/domain/metering/Ticket.ts'
import { encodeBatch } from '../../src/domain/metering/verificationBatch.ts'
import { admitArgs } from '../../src/region/admitArgs.ts'
import { BOUND_MS, type Region } from '../../src/region/Region.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { freshRedis } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { epochsInMemory } from '../support/epochsInMemory.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { cached, countBatches, openRegion } from '../support/regionFixtures.ts'
import type { TestRedis } from '../support/startService.ts'

let redis: TestRedis
let proxy: FlakyProxy
let region: Region
let commit: GroupCommit
let epochs: ReturnType<typeof epochsInMemory>
beforeAll(() => awayFromMidnight(60_000))
beforeEach(async () => {
  redis = await freshRedis()
  proxy = await startFlakyProxy(redis.port)
  epochs = epochsInMemory()
  region = await openRegion(`redis://127.0.0.1:${proxy.port}`, epochs)
  commit = new GroupCommit(region, () => {})
})
afterEach(async () => {
  await region.close()
  await proxy.close()
  await redis.stop()
})

const once = (tail: string): Once => ({ name: 'hash of a header', requestHash: 'hash of a request', tail })
const decide = (repeatable?: Once, by = commit) =>
  by.decide({ key: cached(), verdict: ADMIT, units: 2, context: '[null,null,null]', once: repeatable })
const nextDecision = (repeatable?: Once) =>
  eventually(
    () => decide(repeatable).catch(() => undefined),
    (made) => made !== undefined,
  )
/** What is to be counted: batches in slots, and jobs by their names. */
async function storedByName(): Promise<Record<string, number>> {
  const counts: Record<string, number> = { batches: await countBatches(region) }
  for (const id of await region.redis.lrange(`${region.meteringPrefix}wait`, 0, -1)) {
    const name = (await region.redis.hget(`${region.meteringPrefix}${id}`, 'name')) ?? ''
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

describe('a batch that was decided, but whose answer did not come in time, is taken back', () => {
  for (const fate of ['deliver', 'lose'] as const) {
    it(`when the answer is held up, and the proxy then ${fate}s it`, async () => {
      expect(await decide()).toMatchObject({ inDay: 1, renders: 2 })
      proxy.hold('answers')
      const refused = await Promise.allSettled([decide(), decide()])
      expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      proxy.mend(fate)
      expect(await nextDecision()).toMatchObject({ code: ADMIT, inDay: 2, renders: 4 })
      expect(await storedByName()).toEqual({ batches: 3, 'take-back-verifications': 1 })
    })
  }

  it('by itself, while no other request comes', async () => {
    proxy.hold('answers')
    await expect(decide()).rejects.toThrow('in time')
    proxy.mend()
    await eventually(storedByName, (jobs) => jobs['take-back-verifications'] === 1)
  })

  it('and makes nobody late who asks after it, where each answer takes 220 ms', async () => {
    const counts = { decided: 0, refused: 0 }
    let isOver = false
    // Not in step with the batches: most wait for one that is under way when they ask.
    const ask = async (_: unknown, place: number) => {
      for (; !isOver; await delay(20 + place))
        await decide().then(
          () => (counts.decided += 1),
          () => (counts.refused += 1),
        )
    }
    proxy.slow(110)
    const asking = Array.from({ length: 20 }, ask)
    await eventually(async () => counts.decided, Boolean)
    proxy.hold('requests', 'answers')
    await eventually(async () => counts.refused, Boolean)
    proxy.mend()
    const before = counts.decided
    await eventually(
      async () => counts.decided - before,
      (decided) => decided > 40,
    )
    isOver = true
    await Promise.all(asking)
  })

  it('and is not decided later, even where the deadline says nothing', async () => {
    expect(await decide()).toMatchObject({ inDay: 1 })
    proxy.hold('requests')
    const { now } = performance
    // As if the region's clock had gone back by an hour since its last answer.
    performance.now = () => now.call(performance) + 3_600_000
    const refused = decide()
    performance.now = now
    await expect(refused).rejects.toThrow()
    proxy.mend()
    expect(await nextDecision()).toMatchObject({ code: ADMIT, inDay: 2, renders: 4 })
  })
})

it('a batch that arrives after it was taken back, as over a former connection, is not decided', async () => {
  const ticket = { key: cached(), verdict: ADMIT, units: 2, context: '[null,null,null]' }
  const { batch } = encodeBatch([{ ticket }], { verifier: 'held up', sequence: 1, batchId: 'batch' })
  expect(await region.run('takeBack', ...admitArgs(region, batch, 0))).toEqual(['OK', 0])
  const late = region.runUntil(performance.now() + BOUND_MS, 'admit', (at) => admitArgs(region, batch, at))
  await expect(late).rejects.toThrow()
  expect(await decide()).toMatchObject({ inDay: 1, renders: 2 })
  expect(await storedByName()).toEqual({ batches: 1 })
})

describe('an Idempotency-Key', () => {
  it('whose first request was answered 503 is free: its repeat is decided, and counted once', async () => {
    proxy.hold('answers')
    await expect(decide(once('first'))).rejects.toThrow('in time')
    proxy.mend()
    const repeat = await nextDecision(once('second'))
    expect(repeat).toMatchObject({ code: ADMIT, inDay: 1, tail: 'second' })
    expect(repeat?.repeated).toBeUndefined()
    expect(await decide(once('third'))).toMatchObject({ inDay: 1, tail: 'second', repeated: true })
  })

  it('whose decision another verifier has given out meanwhile stays counted', async () => {
    proxy.hold('answers')
    await expect(decide(once('first'))).rejects.toThrow('in time')
    const other = await openRegion(redis.url, epochs)
    try {
      const repeat = await decide(once('second'), new GroupCommit(other, () => {}))
      expect(repeat).toMatchObject({ code: ADMIT, inDay: 1, tail: 'first', repeated: true })
      proxy.mend()
      expect(await nextDecision()).toMatchObject({ inDay: 2, renders: 4 })
    } finally {
      await other.close()
    }
  })
})

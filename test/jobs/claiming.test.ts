import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimIds } from '../../src/domain/metering/claims.ts'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import { Claiming } from '../../src/workers/metering/Claiming.ts'
import { Rollup } from '../../src/workers/metering/Rollup.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

/** Claims these IDs in a transaction of its own; what was expected is noted in `tries`. */
async function claim(claiming: Claiming, ids: string[], tries: boolean[] = []) {
  let fresh = new Set<string>()
  await claiming.run(async (expectNew) => {
    tries.push(expectNew)
    await worker.em().transactional(async (em) => {
      fresh = await claimIds(em, ids, expectNew)
    })
  })
  return fresh
}
const ids = (count: number) => Array.from({ length: count }, () => randomUUID())

describe('promise 2: a claim is made once, whatever was expected of it', () => {
  it('of IDs of which some were claimed before, the others are fresh, and nothing is left of the first try', async () => {
    const [before, others] = [ids(50), ids(50)]
    const claiming = new Claiming()
    expect(await claim(claiming, before)).toEqual(new Set(before))
    const tries: boolean[] = []
    expect(await claim(claiming, [...others, ...before], tries)).toEqual(new Set(others))
    expect(tries).toEqual([true, false])
    expect(await claim(new Claiming(), [...before, ...others])).toEqual(new Set())
  })

  it('two that claim the same at once, one of them looking and one not, have each ID once', async () => {
    for (let round = 0; round < 20; round++) {
      const same = ids(200)
      const looking = worker.em().transactional((em) => claimIds(em, same))
      const [one, other] = await Promise.all([looking, claim(new Claiming(), same.toReversed())])
      expect(one.size + other.size).toBe(200)
      expect(one.intersection(other).size).toBe(0)
    }
  })

  it('events that are repeated in every transaction count once, and so do new ones among them', async () => {
    const rollup = new Rollup(worker.context.orm, () => worker.clock.now)
    const of = { keyId: 'key_again', accountId: 'acct_1', at: Date.now(), status: 200 }
    const add = (id: string) =>
      rollup.add({ name: 'roll-up-events', data: { events: [toRow({ id, ...of })] } })
    for (let round = 0; round < 10; round++) {
      await Promise.all([add('again'), add(`new-${round}`)])
      await Promise.all([add(`only-new-${round}`), add(`and-${round}`)])
    }
    const windows = (await readWindows(worker.em(), ['key_again'], new Date())).get('key_again')
    expect(windows?.['24h'].requests).toBe(31)
  })
})

it('who repeats IDs again and again has ever more transactions look at once, and one that is new ends that', async () => {
  const claiming = new Claiming()
  const again = ids(1)
  const tries: boolean[] = []
  for (let round = 0; round < 200; round++) await claim(claiming, again, tries)
  // A failed try of all is followed by the look that replaces it, and by 1, 2, 4, … 64 more.
  expect(tries.filter(Boolean).length).toBe(1 + 8)
  while (!tries.at(-1)) await claim(claiming, ids(1), tries)
  tries.length = 0
  for (let round = 0; round < 5; round++) await claim(claiming, ids(1), tries)
  expect(tries).toEqual([true, true, true, true, true])
})

it('another error of Postgres is not taken for a claim: the transaction is tried once', async () => {
  let tries = 0
  const run = async () => {
    tries += 1
    await worker.em().transactional((em) => em.execute('select 1 / 0'))
  }
  await expect(new Claiming().run(run)).rejects.toThrow('division by zero')
  expect(tries).toBe(1)
})

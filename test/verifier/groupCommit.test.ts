import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AccountState, KeyState } from '../../src/domain/keys/keyState.ts'
import { ADMIT, PER_DAY } from '../../src/domain/metering/decisionCodes.ts'
import type { KnownKey } from '../../src/domain/metering/Ticket.ts'
import { createLog } from '../../src/platform/log.ts'
import { fill } from '../../src/region/fill.ts'
import { Region } from '../../src/region/Region.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { freshRedis } from '../setup/services.ts'
import { epochsInMemory } from '../support/epochsInMemory.ts'
import type { TestRedis } from '../support/startService.ts'

let redis: TestRedis
let region: Region
beforeAll(async () => {
  redis = await freshRedis()
  region = new Region(
    { name: 'primary', url: redis.url, kind: 'primary', register: epochsInMemory() },
    createLog('silent', { process: 'test' }),
  )
  await region.ready(10_000)
})
afterAll(async () => {
  await region.close()
  await redis.stop()
})

const account: AccountState = {
  version: 1,
  accountId: 'acct_1',
  plan: 'free',
  requestsPerMinute: -1,
  requestsPerDay: 3,
  rendersPerMonth: -1,
  rendersHard: false,
}
const key: KeyState = {
  version: 1,
  digest: 'd'.repeat(43),
  keyId: 'key_1',
  accountId: 'acct_1',
  name: 'One',
  type: 'live',
  access: 'full',
  permissions: [],
  status: 'active',
  expiresAt: 0,
  allowedIps: [],
}
const seed = { day: '2000-01-01', requests: 0, renders: 0, month: '2000-01-01', accountRenders: 0 }

const cached = (): KnownKey => ({
  name: `${key.digest}:1`,
  state: key,
  version: '1',
  account: { state: account, version: '1' },
})

it('promise 5: a key that is in memory twice is counted as one within a batch', async () => {
  await region.putStates([{ key, account, seed }], await region.beforeFill())
  const batches: number[] = []
  const commit = new GroupCommit(region, (size) => batches.push(size))
  const decisions = await Promise.all(
    Array.from({ length: 5 }, () =>
      commit.decide({ key: cached(), verdict: ADMIT, units: 0, context: '[null,null,null]' }),
    ),
  )
  expect(batches).toEqual([5])
  expect(decisions.map(({ code }) => code)).toEqual([ADMIT, ADMIT, ADMIT, PER_DAY, PER_DAY])
  expect(decisions.at(-1)?.inDay).toBe(3)
})

it('promise 3: a fill that was read before the region lost its memory is not written after it', async () => {
  const before = await region.beforeFill()
  await region.redis.flushall()
  // The next one to ask agrees on a new epoch.
  expect(await region.getStates([key.digest])).toEqual([undefined])
  expect(await region.putStates([{ key, account, seed }], before)).toBe(false)
  expect(await region.getStates([key.digest])).toEqual([undefined])

  let reads = 0
  await fill(region, async () => {
    reads += 1
    if (reads === 1) await region.redis.flushall()
    return [{ key, account, seed }]
  })
  expect(reads).toBe(2)
  expect((await region.getStates([key.digest]))[0]?.key).toEqual(key)
})

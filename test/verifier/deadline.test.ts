import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import type { Decision } from '../../src/domain/metering/readDecisions.ts'
import { quotasIn } from '../../src/region/quotasIn.ts'
import type { Region } from '../../src/region/Region.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { freshRedis } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { cached, countBatches, key, openRegion } from '../support/regionFixtures.ts'
import type { TestRedis } from '../support/startService.ts'

let redis: TestRedis
let proxy: FlakyProxy
let region: Region
let commit: GroupCommit
beforeAll(() => awayFromMidnight(60_000))
beforeEach(async () => {
  redis = await freshRedis()
  proxy = await startFlakyProxy(redis.port)
  region = await openRegion(`redis://127.0.0.1:${proxy.port}`)
  commit = new GroupCommit(region, () => {})
})
afterEach(async () => {
  await region.close()
  await proxy.close()
  await redis.stop()
})

const decide = () => commit.decide({ key: cached(), verdict: ADMIT, units: 1, context: '[null,null,null]' })
const outcome = () =>
  decide().then(
    ({ code }) => code,
    ({ name }) => name,
  )
/** The first decision that is made: what came before has run in the region by then. */
const nextDecision = () =>
  eventually(
    () => decide().catch(() => undefined),
    (made) => made !== undefined,
  )

describe('a batch whose callers were given up does nothing when it runs', () => {
  it('after its Redis hung', async () => {
    expect(await outcome()).toBe(ADMIT)
    process.kill(redis.pid, 'SIGSTOP')
    expect(await Promise.all([outcome(), outcome(), outcome()])).toEqual(Array(3).fill('RegionUnavailable'))
    process.kill(redis.pid, 'SIGCONT')
    expect(await nextDecision()).toMatchObject({
      code: ADMIT,
      inDay: 2,
      renders: 2,
    } satisfies Partial<Decision>)
    expect(await countBatches(region)).toBe(2)
  })

  it('after it was held up on the way', async () => {
    expect(await outcome()).toBe(ADMIT)
    proxy.hold('requests')
    expect(await outcome()).toBe('RegionUnavailable')
    proxy.mend()
    expect(await nextDecision()).toMatchObject({ code: ADMIT, inDay: 2 })
    expect(await countBatches(region)).toBe(2)
  })

  it('nor do reservations of renders for further regions', async () => {
    const quotas = quotasIn([region], async () => [])
    const claim = { kind: 'month' as const, digest: key.digest, id: 'acct_1', units: 5, limit: 100 }
    expect(await quotas.claim([claim])).toMatchObject([{ granted: true, used: 5 }])
    process.kill(redis.pid, 'SIGSTOP')
    await expect(quotas.claim([claim])).rejects.toThrow('in time')
    process.kill(redis.pid, 'SIGCONT')
    const [after] = await eventually(
      () => quotas.claim([claim]).catch(() => []),
      (answers) => answers.length > 0,
    )
    expect(after).toMatchObject({ granted: true, used: 10 })
  })
})

it('a region whose clock jumps ahead is asked again with its new time', async () => {
  expect(await outcome()).toBe(ADMIT)
  // As good as a jump: what this process knows of the clock is an hour old.
  const { now } = performance
  performance.now = () => now.call(performance) - 3_600_000
  try {
    expect(await outcome()).toBe(ADMIT)
  } finally {
    performance.now = now
  }
})

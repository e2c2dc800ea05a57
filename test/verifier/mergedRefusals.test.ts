import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { REVOKED } from '../../src/domain/metering/decisionCodes.ts'
import { readRefusals, sealRefusals } from '../../src/region/mergedRefusals.ts'
import type { Region } from '../../src/region/Region.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { cached, openRegion } from '../support/regionFixtures.ts'
import type { TestRedis } from '../support/startService.ts'

let redis: TestRedis
let proxy: FlakyProxy
let region: Region
let commit: GroupCommit
beforeEach(async () => {
  redis = await freshRedis()
  proxy = await startFlakyProxy(redis.port)
  region = await openRegion(`redis://127.0.0.1:${proxy.port}`)
  commit = new GroupCommit(region, () => {})
  await region.redis.rpush(
    `${region.meteringPrefix}wait`,
    ...Array.from({ length: 20_000 }, (_, n) => `none-${n}`),
  )
})
afterEach(async () => {
  await region.close()
  await proxy.close()
  await redis.stop()
})

const once = (name: string) => ({ name, requestHash: 'hash of a request', tail: 'tail' })
const refuse = (name?: string) => {
  const repeatable = name === undefined ? {} : { once: once(name) }
  return commit.decide({
    key: cached(),
    verdict: REVOKED,
    units: 1,
    context: '[null,null,null]',
    ...repeatable,
  })
}
/** How many are counted of all that was added up, set aside or not. */
async function total(): Promise<number> {
  const counts = await Promise.all((await sealRefusals(region)).map((id) => readRefusals(region, id)))
  return counts.flat().reduce((sum, { count }) => sum + count, 0)
}
/** Refuses two requests whose answer is lost, so that their callers are answered 503. */
async function loseAnswer(): Promise<void> {
  proxy.hold('answers')
  const lost = await Promise.allSettled([refuse(), refuse('of the lost one')])
  expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
}

describe('a batch that is taken back, of which refused requests were added up', () => {
  it('is subtracted, and only it', async () => {
    await refuse()
    await loseAnswer()
    proxy.mend('lose')
    await eventually(
      () => refuse().catch(() => undefined),
      (made) => made !== undefined,
    )
    expect(await total()).toBe(2)
    // Its decision is forgotten: a repeat is a new request, and counts.
    expect((await refuse('of the lost one')).repeated).toBeUndefined()
    expect(await total()).toBe(3)
    expect(await region.redis.llen(`${region.meteringPrefix}wait`)).toBe(20_000)
  })

  it('is subtracted under another ID where it was set aside meanwhile', async () => {
    const direct = new Redis(redis.url)
    proxy.hold('answers')
    const lost = refuse().catch(() => undefined)
    const id = await eventually(
      () => direct.hget('keys:refusals', 'id'),
      (found) => found !== null,
    )
    // As sealRefusals does.
    await direct.rename('keys:refusals', `keys:refusals:${id}`)
    await direct.sadd('keys:refusals:sealed', id ?? '')
    expect(await lost).toBeUndefined()
    proxy.mend('lose')
    await eventually(
      () => direct.hget('keys:refusals', 'id'),
      (found) => found === `${id}-back`,
    )
    direct.disconnect()
    const ids = await eventually(
      () => sealRefusals(region).catch(() => []),
      (found) => found.length > 0,
    )
    expect(ids.sort()).toEqual([id, `${id}-back`])
    expect(await total()).toBe(0)
  })
})

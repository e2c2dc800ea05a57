import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import { createLog } from '../../src/platform/log.ts'
import { addToJournal } from '../../src/region/addToJournal.ts'
import type { EpochRegister } from '../../src/region/agreeOnEpoch.ts'
import { Region } from '../../src/region/Region.ts'
import type { RegionOptions } from '../../src/region/regionOptions.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { freshRedis } from '../setup/services.ts'
import { epochsInMemory } from '../support/epochsInMemory.ts'
import { eventually } from '../support/eventually.ts'
import { account, cached, key, seed } from '../support/regionFixtures.ts'
import type { TestRedis } from '../support/startService.ts'

const log = createLog('silent', { process: 'test' })
/** A Postgres that is away. */
const away: EpochRegister = {
  read: () => Promise.reject(new Error('away')),
  register: () => Promise.reject(new Error('away')),
  lease: () => Promise.reject(new Error('away')),
  holds: () => Promise.reject(new Error('away')),
}

let redis: TestRedis
const open: Region[] = []
let register: ReturnType<typeof epochsInMemory>
beforeAll(async () => {
  redis = await freshRedis()
})
// One that stayed open would begin an epoch of its own in whichever Redis listens on the port next.
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())))
afterAll(() => redis.stop())
beforeEach(() => {
  register = epochsInMemory()
})

/** A new connection, as of another process. */
function connect(options: Partial<RegionOptions> = {}): Region {
  const region = new Region({ name: 'primary', url: redis.url, kind: 'primary', ...options }, log)
  open.push(region)
  return region
}

async function openWithState(options: Partial<RegionOptions> = {}): Promise<Region> {
  const region = connect({ register, ...options })
  await region.ready(10_000)
  await region.putStates([{ key, account, seed }], await region.beforeFill())
  return region
}

const knows = async (region: Region) => (await region.getStates([key.digest]))[0] !== undefined
const leaseName = async (region: Region) => `keys:${(await region.marker()).split('|')[1]}:lease`

describe('promise 3: an epoch of a region', () => {
  it('goes on for every process that finds it registered', async () => {
    const region = await openWithState()
    const second = connect({ register })
    await second.ready(10_000)
    expect(await second.marker()).toBe(await region.marker())
    expect(await knows(second)).toBe(true)
  })

  it.each([
    ['none', (markers: Map<string, string>) => markers.delete('primary')],
    ['another one', (markers: Map<string, string>) => markers.set('primary', 'another|epoch.of')],
  ])('is over where %s is registered, also on connections that were open', async (_, change) => {
    const region = await openWithState()
    const before = await region.marker()
    change(register.markers)
    const second = connect({ register })
    await second.ready(10_000)
    expect(await second.marker()).not.toBe(before)
    expect(register.markers.get('primary')).toBe(await second.marker())
    expect([await knows(second), await knows(region)]).toEqual([false, false])
  })

  it('is one for two processes that begin it at once', async () => {
    await openWithState()
    register.markers.clear()
    const both = [connect({ register }), connect({ register })]
    await Promise.all(both.map((one) => one.ready(10_000)))
    await Promise.all(both.map((one) => knows(one)))
    expect(await both[0]?.marker()).toBe(await both[1]?.marker())
    expect(register.markers.get('primary')).toBe(await both[0]?.marker())
  })

  it('is over after a fail-over to a replica and back, though the run ID is the same', async () => {
    const region = await openWithState()
    const replica = await freshRedis()
    const lagging = connect({ url: replica.url })
    try {
      await lagging.connected(10_000)
      await lagging.redis.call('REPLICAOF', '127.0.0.1', String(redis.port))
      await eventually(
        () => lagging.redis.get('keys:region'),
        (marker) => marker !== null,
      )
      await lagging.redis.call('REPLICAOF', 'NO', 'ONE')
      const revoked = { ...key, version: 2, status: 'revoked' as const }
      await region.putStates([{ key: revoked, account, seed }], await region.beforeFill())

      await region.redis.call('REPLICAOF', '127.0.0.1', String(replica.port))
      await eventually(
        () => region.redis.info('replication'),
        (info) => info.includes('master_link_status:up'),
      )
      await region.redis.call('REPLICAOF', 'NO', 'ONE')
      const after = connect({ register })
      await after.ready(10_000)
      expect(await knows(after)).toBe(false)
    } finally {
      await replica.stop()
    }
  })
})

describe('while Postgres is away', () => {
  it('a new connection believes the epoch that is there, as long as its lease runs', async () => {
    const region = await openWithState()
    const second = connect({ register: away })
    await second.ready(10_000)
    expect(await knows(second)).toBe(true)
    await region.redis.set(await leaseName(region), 1)
    await expect(connect({ register: away }).ready(10_000)).rejects.toThrow('could not be opened')
  })

  it('a lease that has run out is not given again', async () => {
    const region = await openWithState()
    const [marker, since] = [await region.marker(), await region.now()]
    expect(await region.renewLease(marker, since, 60_000, false)).toBe(true)
    await region.redis.set(await leaseName(region), 1)
    expect(await region.renewLease(marker, since, 60_000, false)).toBe(false)
    expect(await region.renewLease(marker, since, 60_000)).toBe(true)
  })

  it('a lease ends where the region’s clock goes back, and the next one is no longer than others', async () => {
    const region = await openWithState()
    const [marker, name, now] = [await region.marker(), await leaseName(region), await region.now()]
    // As an hour ago, when this clock was an hour ahead.
    await region.redis.mset({ [name]: now + 3_660_000, [`${name}d`]: now + 3_600_000 })
    const library = connect()
    await library.ready(10_000)
    const admit = () =>
      new GroupCommit(library, () => {}).decide({ key: cached(), verdict: ADMIT, units: 0, context: '[]' })
    await expect(admit()).rejects.toThrow('holds no lease')
    expect(await region.renewLease(marker, now + 3_600_000, 60_000)).toBe(false)
    expect(await region.renewLease(marker, now, 60_000)).toBe(true)
    expect(await region.redis.get(name)).toBe(String(now + 60_000))
    expect((await admit()).code).toBe(ADMIT)
  })

  it('no new epoch begins', async () => {
    const region = await openWithState()
    await region.redis.flushall()
    await expect(connect({ register: away }).ready(10_000)).rejects.toThrow('could not be opened')
    expect(await region.redis.get('keys:region')).toBeNull()
  })
})

describe('promise 15: while Postgres is older than the region', () => {
  /** Something has ended in the region that such a Postgres does not have. */
  const endSomething = async (region: Region) => {
    const entry = {
      sequence: Date.now(),
      id: randomUUID(),
      kind: 'key-revoked',
      subject: 'key_2',
      until: null,
      at: Date.now(),
    } as const
    await addToJournal(region, await region.marker(), [entry])
  }

  it('a new connection believes the epoch that is there, and registers none', async () => {
    const region = await openWithState()
    await endSomething(region)
    // It has the epoch of the time of its backup.
    const restored = Object.assign(epochsInMemory(), { holds: async () => false })
    restored.markers.set('primary', 'former|1.a')
    const second = connect({ register: restored })
    await second.ready(10_000)
    expect(await second.marker()).toBe(await region.marker())
    expect(await knows(second)).toBe(true)
    expect(restored.markers.get('primary')).toBe('former|1.a')
  })

  it('a lease that has run out does not begin again', async () => {
    let isOld = false
    register.holds = async () => !isOld
    const region = await openWithState()
    await endSomething(region)
    isOld = true
    await region.redis.unlink(await leaseName(region))
    const admit = () =>
      new GroupCommit(region, () => {}).decide({ key: cached(), verdict: ADMIT, units: 0, context: '[]' })
    await expect(admit()).rejects.toThrow('holds no lease')
    expect(await region.redis.exists(await leaseName(region))).toBe(0)
    isOld = false
    expect((await admit()).code).toBe(ADMIT)
  })
})

describe('a process without Postgres', () => {
  it.each(['primary', 'unleased'] as const)(
    'in a region of the kind %s believes only who is vouched for',
    async (kind) => {
      const region = await openWithState({ kind })
      const library = connect({ kind })
      await library.ready(10_000)
      expect(await knows(library)).toBe(true)
      await region.redis.set(await leaseName(region), 1)
      const late = connect({ kind })
      if (kind === 'unleased') await expect(late.ready(10_000)).rejects.toThrow('could not be opened')
      else await late.ready(10_000)
      const admit = () =>
        new GroupCommit(late, () => {}).decide({ key: cached(), verdict: ADMIT, units: 0, context: '[]' })
      await expect(admit()).rejects.toThrow(kind === 'unleased' ? 'could not be opened' : 'holds no lease')
    },
  )

  it('never begins an epoch', async () => {
    const region = await openWithState()
    await region.redis.flushall()
    await expect(connect().ready(10_000)).rejects.toThrow('could not be opened')
    expect(await region.redis.get('keys:region')).toBeNull()
  })
})

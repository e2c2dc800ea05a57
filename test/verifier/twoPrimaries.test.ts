import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import { encodeBatch } from '../../src/domain/metering/verificationBatch.ts'
import { createLog } from '../../src/platform/log.ts'
import { type Orm, openPostgres } from '../../src/platform/postgres.ts'
import { admitArgs } from '../../src/region/admitArgs.ts'
import type { EpochRegister } from '../../src/region/agreeOnEpoch.ts'
import { epochRegister } from '../../src/region/epochRegister.ts'
import { Region } from '../../src/region/Region.ts'
import { scripts } from '../../src/region/scripts.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { type Group, type Node, startCluster, startSentinelGroup } from '../setup/redisGroups.ts'
import { freshDatabase } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { moveSlot } from '../support/moveSlot.ts'
import { cached, openRegion } from '../support/regionFixtures.ts'

/** Longer than a lease lasts, with its margin. */
const OVER_MS = 8_000

type Admission = { redis: { admit: (...args: (string | number)[]) => Promise<unknown[]> }; close: () => void }

describe.each([
  ['Sentinels', () => startSentinelGroup({ downAfterMs: 60_000 })],
  ['a Cluster', () => startCluster({ timeoutMs: 60_000 })],
])('two primaries of %s', (_kind, startGroup) => {
  let group: Group
  let database: FreshDatabase
  let orm: Orm
  let isAway = false
  const closing: (() => unknown)[] = []

  beforeEach(async () => {
    await awayFromMidnight(60_000)
    isAway = false
    ;[group, database] = await Promise.all([startGroup(), freshDatabase()])
    orm = await openPostgres(database.databaseUrl)
  }, 60_000)
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await orm.close()
    await Promise.all([group.stop(), database.drop()])
  })

  /** Postgres, for a process that can be cut off from it. */
  const register = (): EpochRegister => {
    const real = epochRegister(orm)
    const unless = <Args extends unknown[], Value>(ask: (...args: Args) => Promise<Value>) => {
      return async (...args: Args) => {
        if (!isAway) return ask(...args)
        // As long as a Postgres that hangs is waited for.
        await delay(500)
        throw new Error('away')
      }
    }
    return {
      read: unless(real.read),
      register: unless(real.register),
      lease: unless(real.lease),
      holds: unless(real.holds),
    }
  }
  const open = async (asks: EpochRegister) => {
    const region = await openRegion(`${group.url}?confirm=0`, asks)
    closing.push(() => region.close())
    return region
  }
  /** As another process opens the region, until it can. Returns how long that took, in ms. */
  const untilOpened = async () => {
    const since = performance.now()
    const options = {
      name: 'primary',
      url: group.url,
      kind: 'primary',
      register: epochRegister(orm),
    } as const
    const region = new Region(options, createLog('silent', { process: 'test' }))
    closing.push(() => region.close())
    await eventually(
      () => region.marker().catch(() => undefined),
      (marker) => marker !== undefined,
    )
    return performance.now() - since
  }

  /** Sends verifications to this very server, as a process that has not heard of another. */
  const sendTo = ({ port }: Node): Admission => {
    const redis = new Redis(port, '127.0.0.1', {
      scripts: { admit: { lua: scripts.admit, numberOfKeys: 2 } },
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    })
    redis.on('error', () => {})
    closing.push(() => redis.disconnect())
    return { redis: redis as never, close: () => redis.disconnect() }
  }
  const admit = async ({ redis }: Admission, region: Region, marker: string) => {
    const ticket = { key: cached(), verdict: ADMIT, units: 1, context: '[null,null,null]' }
    const { batch } = encodeBatch([{ ticket }], {
      verifier: randomUUID(),
      sequence: 1,
      batchId: randomUUID(),
    })
    const { names } = region
    // No deadline: what is held up for long is not refused for that.
    const args = admitArgs(region, batch, Number.MAX_SAFE_INTEGER)
    const answer = await redis.admit(names.marker, names.absent, marker, names.prefix, ...args).catch(String)
    return Array.isArray(answer) ? answer[0] : answer
  }

  it('promises 3 and 5: one that is stopped admits nothing after another has begun', async () => {
    const region = await open(register())
    const marker = await region.marker()
    const before = await group.primary()
    const old = sendTo(before)
    expect(await admit(old, region, marker)).toBe('OK')
    const [replica] = (await group.replicas()) as [Node]
    process.kill(before.pid, 'SIGSTOP')
    const late = admit(old, region, marker)
    await group.takeOver(replica)
    await eventually(group.primary, (now) => now !== before)
    await untilOpened()
    process.kill(before.pid, 'SIGCONT')
    expect(await late).toMatch(/LAPSED|MOVED|READONLY|closed/)
  }, 60_000)

  /** Postgres says that the server of the registered epoch may admit for an hour. */
  const leaseForLong = () =>
    orm.em.fork().execute(`update region_epoch set lease_until = clock_timestamp() + interval '1 hour'`)

  it('promises 3 and 11: a node that follows the other is not waited for, and admits nothing any more', async ({
    skip,
  }) => {
    if (group.sentinels.length > 0) return skip('With Sentinels its lease is over before it follows another.')
    const region = await open(register())
    const marker = await region.marker()
    const before = await group.primary()
    const old = sendTo(before)
    expect(await admit(old, region, marker)).toBe('OK')
    await region.close()
    await leaseForLong()
    const [replica] = (await group.replicas()) as [Node]
    await group.takeOver(replica)
    await eventually(group.primary, (now) => now !== before)
    await untilOpened()
    expect(await admit(old, region, marker)).toMatch(/MOVED|READONLY|closed/)
    // Nor when it is the primary again: what it has is of the new epoch.
    await group.takeOver(before)
    await eventually(group.primary, (now) => now === before)
    expect(await admit(sendTo(before), region, marker)).toBe('CLOSED')
  }, 60_000)

  it('promises 3 and 11: a node whose slot has moved away is not waited for', async ({ skip }) => {
    if (group.sentinels.length > 0) return skip('Sentinels move no slots.')
    const region = await open(register())
    const marker = await region.marker()
    const from = await group.primary()
    const old = sendTo(from)
    await region.close()
    await leaseForLong()
    const roles = await Promise.all(group.nodes.map(({ redis }) => redis.info('replication')))
    const to = group.nodes.find((node, place) => node !== from && roles[place]?.includes('role:master'))
    await moveSlot(group, { from, to: to as Node })
    await untilOpened()
    expect(await admit(old, region, marker)).toMatch(/MOVED/)
  }, 60_000)

  it('promise 3: a node that has not handed over is waited for', async () => {
    const region = await open(register())
    const marker = await region.marker()
    const fresh = `${'a'.repeat(40)}|${randomUUID()}.b`
    expect(await region.failover.hasYielded(marker, fresh)).toBe(false)
    // A managed Redis shows one run ID for all its nodes: then nobody knows which of them has.
    expect(await region.failover.hasYielded(marker, marker)).toBe(false)
    const before = await group.primary()
    const [replica] = (await group.replicas()) as [Node]
    process.kill(before.pid, 'SIGSTOP')
    await group.takeOver(replica)
    await eventually(group.primary, (now) => now !== before)
    expect(await region.failover.hasYielded(marker, fresh)).toBe(false)
    process.kill(before.pid, 'SIGCONT')
  }, 60_000)

  it('promise 11: one Sentinel may hang; without most of them nobody says that it is the primary, and it ends', async ({
    skip,
  }) => {
    const [one, other] = group.sentinels
    if (!one || !other) return skip('A node of a Cluster refuses by itself.')
    const region = await open(register())
    const marker = await region.marker()
    const server = sendTo(await group.primary())
    process.kill(one.pid, 'SIGSTOP')
    const since = performance.now()
    await eventually(
      async () => expect(await admit(server, region, marker)).toBe('OK'),
      () => performance.now() - since > OVER_MS,
    )
    process.kill(other.pid, 'SIGSTOP')
    const until = (expected: string) =>
      eventually(
        () => admit(server, region, marker),
        (word) => word === expected,
      )
    await until('LAPSED')
    process.kill(other.pid, 'SIGCONT')
    await until('OK')
  }, 60_000)

  it('promise 11: while Postgres is away one that all replicas follow goes on; another then waits for it', async () => {
    const region = await open(register())
    const marker = await region.marker()
    const before = await group.primary()
    const old = sendTo(before)
    const replicas = await group.replicas()
    isAway = true
    const since = performance.now()
    await eventually(
      async () => expect(await admit(old, region, marker)).toBe('OK'),
      () => performance.now() - since > OVER_MS,
    )
    for (const { pid } of replicas) process.kill(pid, 'SIGSTOP')
    await eventually(
      () => admit(old, region, marker),
      (word) => word === 'LAPSED',
      OVER_MS,
    )
    for (const { pid } of replicas) process.kill(pid, 'SIGCONT')
    isAway = false
    await eventually(
      () => admit(old, region, marker),
      (word) => word === 'OK',
    )
    isAway = true
    await eventually(
      () => before.redis.exists(region.names.alone),
      (there) => there === 1,
    )
    process.kill(before.pid, 'SIGSTOP')
    const [replica] = (await group.replicas()) as [Node]
    await group.takeOver(replica)
    await eventually(group.primary, (now) => now !== before)
    // What Postgres has noted is long over. It does not know of the last extension.
    await orm.em.fork().execute(`update region_epoch set lease_until = '2020-01-01'`)
    expect(await untilOpened()).toBeGreaterThan(6_000)
    process.kill(before.pid, 'SIGCONT')
  }, 90_000)
})

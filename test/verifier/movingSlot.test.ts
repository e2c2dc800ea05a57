import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import { connectRedis } from '../../src/platform/connectRedis.ts'
import { type Orm, openPostgres } from '../../src/platform/postgres.ts'
import { connectRegion } from '../../src/region/connectRegion.ts'
import { epochRegister } from '../../src/region/epochRegister.ts'
import type { Region } from '../../src/region/Region.ts'
import { scripts } from '../../src/region/scripts.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { type Group, type Node, startCluster } from '../setup/redisGroups.ts'
import { freshDatabase } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { moveSlot } from '../support/moveSlot.ts'
import { account, cached, countBatches, key, openRegion, seed } from '../support/regionFixtures.ts'

let group: Group
let database: FreshDatabase
let orm: Orm
let region: Region
let from: Node
let to: Node
beforeAll(async () => {
  await awayFromMidnight(120_000)
  ;[group, database] = await Promise.all([startCluster(), freshDatabase()])
  orm = await openPostgres(database.databaseUrl)
  region = await openRegion(group.url, epochRegister(orm))
  from = await group.primary()
  const replicas = await group.replicas()
  to = group.nodes.slice(0, 3).find((node) => node !== from && !replicas.includes(node)) as Node
}, 60_000)
afterAll(async () => {
  await region.close()
  await orm.close()
  await Promise.all([group.stop(), database.drop()])
})

it('every script is refused before it begins while the slot moves, and nothing is lost or counted twice', async () => {
  const commit = new GroupCommit(region, () => {})
  const counted = { admitted: 0, refused: 0 }
  let isOver = false
  const verify = async () => {
    const asked = { key: cached(), verdict: ADMIT, units: 0, context: '[null,null,null]' }
    const { code } = await commit.decide(asked)
    expect(code).toBe(ADMIT)
    counted.admitted += 1
  }
  const verifying = async () => {
    for (; !isOver; await delay(2)) {
      await verify().catch(() => {
        counted.refused += 1
      })
    }
  }
  const running = Promise.all([verifying(), verifying(), verifying()])
  await delay(200)

  const old = connectRegion(`redis://127.0.0.1:${from.port}`, 0, () => {})
  const { marker, absent } = region.names
  const refused = async () => {
    for (const name of Object.keys(scripts)) {
      const run = (old as unknown as Record<string, (...args: string[]) => Promise<unknown>>)[name]
      await expect(run?.call(old, marker, absent, 'x', 'y'), name).rejects.toThrow(/TRYAGAIN|ASK|MOVED/)
    }
  }
  await eventually(
    async () => old.status,
    (status) => status === 'ready',
  )
  await moveSlot(group, { from, to }, refused)
  old.disconnect()
  const before = { ...counted }

  await eventually(
    () => restore(region),
    (done) => done,
  )
  await eventually(
    async () => counted.admitted,
    (admitted) => admitted > before.admitted + 100,
  )
  isOver = true
  await running
  expect(counted.refused).toBeGreaterThan(0)
  expect(await group.primary()).toBe(to)
  expect(await countAdmitted(region.redis)).toBe(counted.admitted)
  expect(await countBatches(region)).toBeGreaterThan(0)
}, 120_000)

it('a Cluster that is away when a process starts is found once it is there', async () => {
  await Promise.all(group.nodes.map((node) => node.kill()))
  const errors: string[] = []
  const redis = connectRedis(group.url, 'publisher', { onError: ({ message }) => errors.push(message) })
  try {
    await eventually(
      async () => errors.length,
      (count) => count > 1,
    )
    expect(errors[0]).toMatch('No node of the Cluster')
    await Promise.all(group.nodes.map((node) => node.restart()))
    await eventually(
      () => redis.set('{keys}:there', '1').catch(() => ''),
      (answer) => answer === 'OK',
    )
  } finally {
    redis.disconnect()
  }
})

/** What a verifier does that does not find its key's state: an epoch that has begun has none. */
const restore = async (one: Region): Promise<boolean> =>
  one
    .beforeFill()
    .then((before) => one.putStates([{ key, account, seed }], before))
    .catch(() => false)

/** Admitted verifications of today, as the region counts them. */
async function countAdmitted(redis: Redis): Promise<number> {
  const day = new Date().toISOString().slice(0, 10)
  return Number(await redis.hget(region.names.dayRequests(day), key.keyId))
}

import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

/** SEED repeats when Redis is emptied. */
const seed = anySeed()

let service: Service
let redis: Redis
beforeAll(async () => {
  await awayFromMidnight()
  service = await startService({ workers: 2 })
  redis = new Redis(service.redis.url)
})
afterAll(async () => {
  redis.disconnect()
  await service.stop()
})

it(`promises 1, 2, 3 and 9: Redis is emptied three times under load: every command is done once, no event counted twice, and no revoked key passes (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const account = await service.account('enterprise')
  const revoked: string[] = []
  const load = await startLoad(service)
  for (let times = 0; times < 3; times += 1) {
    const { id, key } = await account.createKey()
    await eventually(
      () => account.post(`/api-keys/${id}/revoke`),
      ({ status }) => status === 200,
      60_000,
    )
    revoked.push(key)
    await delay(random.between(200, 2_000))
    await redis.flushall()
    for (const value of revoked) {
      const { body } = await eventually(
        () => service.server.post('/verify', { key: value }),
        ({ status }) => status === 200,
      )
      expect(body.code).toBe('REVOKED')
    }
  }
  // Usage that no worker had taken from Redis is gone with it.
  await load.end({ losesUsage: true })
  await eventually(
    () => runSql(service.databaseUrl, `select from command where status in ('pending', 'applied')`),
    ([rows]) => rows?.length === 0,
    60_000,
  )
}, 240_000)

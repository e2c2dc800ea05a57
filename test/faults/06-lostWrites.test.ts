import { cp, readdir, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

/** Redis returns without writes that it has acknowledged. SEED repeats how many bytes of its file are gone. */
const seed = anySeed()

let service: Service
let files: string
beforeAll(async () => {
  await awayFromMidnight()
  service = await startService({ apis: 2, workers: 2, appendfsync: 'always' })
  const redis = new Redis(service.redis.url)
  const [, folder = ''] = (await redis.config('GET', 'dir')) as string[]
  redis.disconnect()
  files = join(folder, 'appendonlydir')
})
afterAll(() => service.stop())

/** Expects that both apis refuse these keys as soon as they can decide. */
async function expectRevoked(keys: string[]): Promise<void> {
  for (const { url } of service.apis) {
    const server = createClient(url, service.serviceToken)
    for (const key of keys) {
      const { body } = await eventually(
        () => server.post('/verify', { key }),
        ({ status }) => status === 200,
      )
      expect(body.code).toBe('REVOKED')
    }
  }
}

/** What Redis has appended since its file was last written as a whole. */
async function appended(): Promise<{ file: string; size: number }> {
  const name = (await readdir(files))
    .filter((file) => file.endsWith('.incr.aof'))
    .toSorted()
    .at(-1)
  const file = join(files, name ?? '')
  return { file, size: (await stat(file)).size }
}

/** Revokes a key that works, again until that is answered. Returns how much Redis had appended before. */
async function revokeKey(account: Awaited<ReturnType<Service['account']>>) {
  const { id, key } = await account.createKey()
  expect((await service.server.post('/verify', { key })).body.code).toBe('VALID')
  const { size } = await appended()
  await eventually(
    () => account.post(`/api-keys/${id}/revoke`),
    ({ status }) => status === 200,
  )
  return { key, size }
}

it(`promises 1, 2, 3 and 9: Redis loses the end of its file, three times under load: every command is done once, no event counted twice, and no revoked key passes (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const account = await service.account('enterprise')
  const revoked: string[] = []
  const load = await startLoad(service)
  // What was written since the key worked, and this share of what was written before.
  for (const most of [0, 0.1, 0.9]) {
    const { key, size } = await revokeKey(account)
    revoked.push(key)
    await delay(random.between(200, 1_500))
    await service.redis.kill()
    await truncate((await appended()).file, Math.floor(size * (1 - random.next() * most)))
    await service.redis.restart()
    await expectRevoked(revoked)
  }
  await load.end({ losesUsage: true })
  await eventually(
    () => runSql(service.databaseUrl, `select from command where status in ('pending', 'applied')`),
    ([rows]) => rows?.length === 0,
  )
}, 240_000)

it('promise 3: a Redis restored from an older file does not bring a revoked key back', async () => {
  const account = await service.account('enterprise')
  const { id, key } = await account.createKey()
  expect((await service.server.post('/verify', { key })).body.code).toBe('VALID')
  // As it is now, with the key active in it.
  await cp(files, `${files}-older`, { recursive: true })
  expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
  await expectRevoked([key])
  await service.redis.kill()
  await rm(files, { recursive: true })
  await cp(`${files}-older`, files, { recursive: true })
  await service.redis.restart()
  await expectRevoked([key])
})

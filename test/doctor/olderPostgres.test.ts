import { expect, it } from 'vitest'
import { RedisNames } from '../../src/platform/redisNames.ts'
import { startGoodSetUp } from './goodSetUp.ts'

it('promise 15: a Postgres that lacks what the region has confirmed is found', async () => {
  const setUp = await startGoodSetUp()
  try {
    const at = { sequence: 9, id: crypto.randomUUID(), kind: 'key-revoked', subject: 'key_a', until: null }
    const entry = JSON.stringify({ ...at, at: Date.now() })
    await setUp.redis.zadd(new RedisNames(false).journal, 9, entry)
    expect(await setUp.findings()).toEqual(['postgres-older primary'])
    await setUp.redis.zrem(new RedisNames(false).journal, entry)
    expect(await setUp.findings()).toEqual([])
  } finally {
    await setUp.stop()
  }
})

import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { within } from '../../src/platform/within.ts'
import { freshRedis } from '../setup/services.ts'
import { startFlakyProxy } from '../support/flakyProxy.ts'

it('an answer that came while the event loop was blocked past the bound is not late', async () => {
  const server = await freshRedis()
  const redis = new Redis(server.url)
  try {
    await redis.ping()
    const bound = 20
    const answer = within(bound, redis.ping())
    const started = performance.now()
    while (performance.now() - started < 20 * bound);
    expect(await answer).toBe('PONG')
  } finally {
    redis.disconnect()
    await server.stop()
  }
})

it('an answer that does not come is late', async () => {
  const server = await freshRedis()
  const proxy = await startFlakyProxy(server.port)
  const redis = new Redis(proxy.port)
  try {
    await redis.ping()
    proxy.hold('answers')
    await expect(within(20, redis.ping())).rejects.toThrow('20 ms')
  } finally {
    redis.disconnect()
    await proxy.close()
    await server.stop()
  }
})

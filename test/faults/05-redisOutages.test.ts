import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  await awayFromMidnight()
  service = await startService({ workers: 2, appendfsync: 'always' })
})
afterAll(() => service.stop())

describe('promises 1 and 2: a Redis that is killed under load', () => {
  it.each([1, 7, 60])(
    'and returns after %i s loses nothing, and consumption resumes by itself',
    async (seconds) => {
      const load = await startLoad(service)
      await delay(1_000)
      await service.redis.kill()
      await delay(seconds * 1_000)
      await service.redis.restart()
      await delay(1_000)
      await load.end()
    },
    240_000,
  )
})

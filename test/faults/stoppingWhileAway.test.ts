import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshRedis } from '../setup/services.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'

let eu: TestRedis
let service: Service
let proxies: Record<'primary' | 'eu' | 'postgres', FlakyProxy>

/** Processes reach every dependency through a proxy; the Redis of a region `gone` was never there. */
beforeAll(async () => {
  eu = await freshRedis()
  service = await startService()
  const through = async (url: string) => {
    const proxy = await startFlakyProxy(Number(new URL(url).port))
    return { proxy, url: Object.assign(new URL(url), { port: String(proxy.port) }).href }
  }
  const [primary, near, postgres] = await Promise.all(
    [service.redis.url, eu.url, service.databaseUrl].map(through),
  )
  if (!primary || !near || !postgres) throw new Error('Three proxies')
  proxies = { primary: primary.proxy, eu: near.proxy, postgres: postgres.proxy }
  Object.assign(service.env, {
    REDIS_URL: primary.url,
    REGIONS: `eu=${near.url},gone=redis://127.0.0.1:9`,
    DATABASE_URL: postgres.url,
  })
})
afterAll(async () => {
  await service.stop()
  await Promise.all([eu.stop(), ...Object.values(proxies).map((proxy) => proxy.close())])
})

const away = {
  refuses: (proxy: FlakyProxy) => proxy.cut(),
  hangs: (proxy: FlakyProxy) => proxy.hold('requests', 'answers'),
}
const each = (['primary', 'eu', 'postgres'] as const).flatMap((name) =>
  (['refuses', 'hangs'] as const).map((how) => ({ name, how })),
)

describe('promise 11: who stops waits for nothing that is away', () => {
  it.each(each)('a worker and an api end with 0 while $name $how', async ({ name, how }) => {
    const both = await Promise.all([service.startReadyWorker(), service.startApi()])
    away[how](proxies[name])
    try {
      expect(await Promise.all(both.map((one) => one.end()))).toEqual([0, 0])
      expect(service.output.join('')).not.toContain('a closing step failed')
    } finally {
      proxies[name].mend('lose')
    }
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectRedis } from '../../src/platform/connectRedis.ts'
import { namesIn } from '../../src/platform/redisNames.ts'
import { createVerifier, type KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { freshRedis } from '../setup/services.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Api, type Service, startService, type TestRedis } from '../support/startService.ts'

let eu: TestRedis
let service: Service
let former: TestRedis
let other: TestRedis
/** Processes are started several times over. */
const BOUND_MS = 240_000

const processes: { end: () => Promise<unknown> }[] = []

/** Ends every process of the service and starts one worker and one api in another configuration. */
async function restart(env: Record<string, string>): Promise<Api> {
  await Promise.all(processes.splice(0).map((one) => one.end()))
  Object.assign(service.env, env)
  processes.push(service.startWorker())
  const api = await service.startApi()
  processes.push(api)
  return api
}

const inEu = (name = 'eu') => `${name}=${eu.url}`
const verifyAt = ({ url }: { url: string }, key: string) =>
  eventually(
    () => createClient(url, service.serviceToken).post('/verify', { key }),
    ({ status }) => status === 200,
  ).then(({ body }) => body.code)

beforeAll(async () => {
  ;[eu, other] = await Promise.all([freshRedis(), freshRedis()])
  service = await startService({ env: { REGIONS: inEu(), REGION_LEASE_MS: '1000' } })
  processes.push(...service.workers, ...service.apis)
  former = service.redis
})
afterAll(async () => {
  await service.stop()
  await Promise.all([eu.stop(), other.stop()])
})

/** A key that the region of this api knows as active. */
async function keyKnownTo(api: { url: string }, via: { url: string }) {
  const account = await service.account('pro', via.url)
  const { id, key } = await account.createKey()
  expect(await verifyAt(api, key)).toBe('VALID')
  return { id, key, account }
}

describe('promise 3: a revoked key stays revoked', () => {
  it(
    'in a region that was removed and added again meanwhile',
    async () => {
      const near = await service.startApi({ REGION: 'eu' })
      processes.push(near)
      const { id, key, account } = await keyKnownTo(near, service)
      const { key: live } = await account.createKey()
      expect(await verifyAt(near, live)).toBe('VALID')

      const alone = await restart({ REGIONS: '' })
      await eventually(
        () => service.cli('region', 'remove', 'eu', '--lose-usage').catch((error) => error),
        (outcome) => outcome.removed === true,
      )
      const revoked = await createClient(alone.url, account.adminKey).post(`/api-keys/${id}/revoke`)
      expect(revoked.body.fanOut.regions.map(({ region }: { region: string }) => region)).toEqual(['primary'])

      await restart({ REGIONS: inEu() })
      const again = await service.startApi({ REGION: 'eu' })
      processes.push(again)
      expect([await verifyAt(again, key), await verifyAt(again, live)]).toEqual(['REVOKED', 'VALID'])
    },
    BOUND_MS,
  )

  it(
    'in a region that has another name on the same Redis',
    async () => {
      const [near] = processes.slice(-1) as [Api]
      const [, first] = processes as [unknown, Api]
      const { id, key, account } = await keyKnownTo(near, first)
      // Workers cannot reach eu any more: the revocation lapses there, and is owed to it by that name.
      const alone = await restart({ REGIONS: 'eu=redis://127.0.0.1:9' })
      const revoked = await createClient(alone.url, account.adminKey).post(`/api-keys/${id}/revoke`)
      expect(revoked.body.fanOut.regions[0]).toMatchObject({ region: 'eu', outcome: 'lapsed' })

      await restart({ REGIONS: inEu('europe') })
      const renamed = await service.startApi({ REGION: 'europe' })
      processes.push(renamed)
      expect(await verifyAt(renamed, key)).toBe('REVOKED')
    },
    BOUND_MS,
  )

  it(
    'in a primary that another Redis took the place of for a while, for libraries, too',
    async () => {
      const before = await restart({ REGIONS: '' })
      const listed = (await service.cli('region', 'list')) as unknown as { name: string }[]
      for (const { name } of listed)
        await eventually(
          () => service.cli('region', 'remove', name, '--lose-usage').catch((error) => error),
          (outcome) => outcome.removed === true,
        )
      const { id, key, account } = await keyKnownTo(before, before)
      const library: KeyVerifier = createVerifier({
        redisUrl: former.url,
        serviceToken: service.serviceToken,
        onError: () => {},
      })
      try {
        await library.ready()
        const inLibrary = () => library.verify({ value: key }).then(({ code }) => code, String)
        expect(await inLibrary()).toBe('VALID')

        const meanwhile = await restart({ REDIS_URL: other.url })
        const revoked = await createClient(meanwhile.url, account.adminKey).post(`/api-keys/${id}/revoke`)
        expect(revoked).toMatchObject({ status: 200 })
        // The lease that the former processes kept up runs out within a minute: here it has.
        await endLease(former)
        expect(await inLibrary()).toMatch('holds no lease')

        const back = await restart({ REDIS_URL: former.url })
        expect(await verifyAt(back, key)).toBe('REVOKED')
        expect(await eventually(inLibrary, (code) => !code.includes('Unavailable'))).toBe('REVOKED')
      } finally {
        await library.close()
      }
    },
    BOUND_MS,
  )
})

async function endLease({ url }: TestRedis): Promise<void> {
  const [redis, names] = [connectRedis(url, 'publisher'), namesIn(url)]
  await redis.set(`${names.states(String(await redis.get(names.marker)))}lease`, 1)
  redis.disconnect()
}

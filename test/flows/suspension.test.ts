import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { freshRedis } from '../setup/services.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { askLibrary, openLibrary } from '../support/libraries.ts'
import { runTrials, trialsOf } from '../support/runTrials.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'

const TRIALS = trialsOf(300)

let eu: TestRedis
let service: Service
let libraries: KeyVerifier[]
beforeAll(async () => {
  eu = await freshRedis()
  const env = { REGIONS: `eu=${eu.url}`, COMMAND_WAIT_MS: '60000' }
  service = await startService({ apis: 2, workers: 2, env })
  const { serviceToken, redis } = service
  libraries = await Promise.all([
    openLibrary({ serviceToken, redisUrl: redis.url }),
    openLibrary({ serviceToken, redisUrl: eu.url, region: 'eu' }),
  ])
})
afterAll(async () => {
  await Promise.all(libraries.map((one) => one.close()))
  await service.stop()
  await eu.stop()
})

it(`promise 13: in ${TRIALS} suspensions under load nothing that starts after the answer is accepted, by two apis, a library and a further region; after a resumption everything is`, async () => {
  const operator = createClient(service.url, await service.operatorToken())
  const askApi = async (url: string, key: string) =>
    (await createClient(url, service.serviceToken).post('/verify', { key })).body.valid as boolean | undefined
  const lanes = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const { body } = await operator.post('/accounts', { name: 'A', plan: 'enterprise', adminKey: true })
      const { key } = body.adminKey as { key: string }
      const ways = [
        ...service.apis.map(
          ({ url }) =>
            () =>
              askApi(url, key),
        ),
        ...libraries.map((library) => async () => (await askLibrary(library, key))?.valid),
      ]
      // A region of its own has a first lease by now.
      for (const ask of ways) await eventually(ask, Boolean)
      return { path: `/accounts/${body.account.id}`, ways }
    }),
  )
  const counts = await runTrials(TRIALS, async (lane) => {
    const { path, ways } = lanes[lane] as (typeof lanes)[number]
    expect((await operator.post(`${path}/resume`)).status).toBe(200)
    const decided = (ask: () => Promise<boolean | undefined>) =>
      eventually(ask, (accepted) => accepted !== undefined)
    expect(await Promise.all(ways.map(decided))).toEqual(ways.map(() => true))
    return {
      ways,
      end: async () => {
        const { status, body } = await operator.post(`${path}/suspend`)
        const outcomes = body.fanOut.regions.map(({ outcome }: { outcome: string }) => outcome)
        expect([status, outcomes]).toEqual([200, ['confirmed', expect.any(String)]])
      },
    }
  })
  expect(counts.acceptedAfter).toBe(0)
  expect(counts.acceptedBefore).toBeGreaterThan(TRIALS)
}, 240_000)

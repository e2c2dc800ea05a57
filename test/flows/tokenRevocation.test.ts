import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { freshRedis } from '../setup/services.ts'
import { createClient } from '../support/client.ts'
import { askLibrary, openLibrary } from '../support/libraries.ts'
import { runTrials, trialsOf } from '../support/runTrials.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'

let eu: TestRedis
let service: Service
let urls: string[]
beforeAll(async () => {
  eu = await freshRedis()
  const env = { REGIONS: `eu=${eu.url}`, COMMAND_WAIT_MS: '60000' }
  service = await startService({ apis: 2, env })
  const inEu = await service.startApi({ REGION: 'eu' })
  urls = [...service.apis, inEu].map(({ url }) => url)
})
afterAll(async () => {
  await service.stop()
  await eu.stop()
})

const TRIALS = trialsOf(300)

it(`promise 13: in ${TRIALS} revocations of service tokens under load nothing that starts after the answer is accepted, by any api in any region, or by a library`, async () => {
  const operator = createClient(service.url, await service.operatorToken())
  const account = await service.account('enterprise')
  const { id: keyId, key } = await account.createKey()
  const events = () => [{ id: crypto.randomUUID(), at: new Date().toISOString(), keyId, status: 200 }]
  const asker = (path: string, bodyOf: () => unknown) => (url: string, token: string) => async () =>
    (await createClient(url, token).post(path, bodyOf())).status < 300
  const verifies = asker('/verify', () => ({ key }))
  const others = [
    // No batch decides about this one.
    asker('/verify', () => ({ key: 'pk_live_typo' })),
    asker('/usage/events', () => ({ events: events() })),
  ]
  const opened: KeyVerifier[] = []
  const counts = await runTrials(TRIALS, async () => {
    const { body } = await operator.post('/service-tokens', { name: 'Trial' })
    const library = await openLibrary({ serviceToken: body.token, redisUrl: service.redis.url })
    opened.push(library)
    return {
      ways: [
        ...urls.map((url) => verifies(url, body.token)),
        async () => (await askLibrary(library, key))?.valid,
      ],
      afterwards: urls.flatMap((url) => others.map((asks) => asks(url, body.token))),
      end: async () => {
        expect((await operator.delete(`/service-tokens/${body.id}`)).status).toBe(204)
      },
    }
  }).finally(() => Promise.all(opened.map((library) => library.close())))
  expect(counts.acceptedAfter).toBe(0)
  expect(counts.acceptedBefore).toBeGreaterThan(TRIALS)
}, 240_000)

it(`promise 13: in ${TRIALS} revocations of operator tokens under load nothing that starts after the answer is accepted, by any api in any region`, async () => {
  const operator = createClient(service.url, await service.operatorToken())
  const { accountId } = await service.account()
  const acting = { headers: { 'X-Account-Id': accountId } }
  const counts = await runTrials(TRIALS, async () => {
    const { body } = await operator.post('/operator-tokens', { name: 'Trial' })
    const clients = urls.map((url) => createClient(url, body.token))
    return {
      ways: clients.map((client) => async () => (await client.get('/accounts?limit=1')).status === 200),
      afterwards: clients.map((client) => async () => (await client.get('/account', acting)).status === 200),
      end: async () => {
        expect((await operator.delete(`/operator-tokens/${body.id}`)).status).toBe(204)
      },
    }
  })
  expect(counts.acceptedAfter).toBe(0)
  expect(counts.acceptedBefore).toBeGreaterThan(TRIALS)
}, 240_000)

import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshRedis } from '../setup/services.ts'
import { createClient } from '../support/client.ts'
import { PAUSE_MS } from '../support/runTrials.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'

let eu: TestRedis
let service: Service
let urls: string[]
beforeAll(async () => {
  eu = await freshRedis()
  service = await startService({ apis: 2, env: { REGIONS: `eu=redis://127.0.0.1:${eu.port}` } })
  const inEu = await service.startApi({ REGION: 'eu' })
  urls = [...service.apis, inEu].map(({ url }) => url)
})
afterAll(async () => {
  await service.stop()
  await eu.stop()
})

const TRIALS = 300
const AT_ONCE = 10

it(`promise 13: in ${TRIALS} revocations of service tokens under load nothing that starts after the answer is accepted, by any api in any region`, async () => {
  const operator = createClient(service.url, await service.operatorToken())
  const account = await service.account('enterprise')
  const { id: keyId, key } = await account.createKey()
  const events = () => [{ id: crypto.randomUUID(), at: new Date().toISOString(), keyId, status: 200 }]
  /** Whether an api accepts what is asked with a token: a verification, one that no batch decides, a report. */
  const asks = [
    (url: string, token: string) => createClient(url, token).post('/verify', { key }),
    (url: string, token: string) => createClient(url, token).post('/verify', { key: 'pk_live_typo' }),
    (url: string, token: string) => createClient(url, token).post('/usage/events', { events: events() }),
  ]
  let acceptedBefore = 0
  let acceptedAfter = 0

  const trial = async () => {
    const { body } = await operator.post('/service-tokens', { name: 'Trial' })
    let revoked = false
    const busy = urls.map(async (url) => {
      for (let after = 0; after < 2; ) {
        const startedAfter = revoked
        const { status } = await (asks[0] as (typeof asks)[number])(url, body.token)
        if (status < 300 && startedAfter) acceptedAfter += 1
        if (status < 300 && !startedAfter) acceptedBefore += 1
        if (startedAfter) after += 1
        else await delay(PAUSE_MS)
      }
    })
    const answer = await operator.delete(`/service-tokens/${body.id}`)
    expect(answer.status).toBe(204)
    revoked = true
    const direct = await Promise.all(urls.flatMap((url) => asks.map((ask) => ask(url, body.token))))
    acceptedAfter += direct.filter(({ status }) => status < 300).length
    await Promise.all(busy)
  }

  let started = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (started < TRIALS) {
        started += 1
        await trial()
      }
    }),
  )
  expect(acceptedAfter).toBe(0)
  expect(acceptedBefore).toBeGreaterThan(TRIALS)
}, 240_000)

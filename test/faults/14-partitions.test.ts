import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { type Direction, type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { revokeUnder, type Verifier } from '../support/revokeUnder.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'

/** SEED repeats when links are cut, and what becomes of what was on its way. */
const seed = anySeed()
const random = createRandom(seed)
const LEASE_MS = 2_000
/** A revocation that waits for much longer than the lease and its margin (1.2 s) is a 202, and the test fails. */
const WAIT_MS = 15_000
const WAYS: Direction[][] = [['requests'], ['answers'], ['requests', 'answers']]

let service: Service
let eu: TestRedis
/** Each is what is between some verifiers and their region, or between the workers and a further region. */
let toPrimary: FlakyProxy
let toEu: FlakyProxy
let fromWorkers: FlakyProxy
/** In each region an api and a resource server with the library. */
let inPrimary: Verifier[]
let inEu: Verifier[]
beforeAll(async () => {
  eu = await freshRedis()
  toEu = await startFlakyProxy(eu.port)
  fromWorkers = await startFlakyProxy(eu.port)
  const url = ({ port }: FlakyProxy) => `redis://127.0.0.1:${port}`
  service = await startService({
    env: {
      REGIONS: `eu=${url(fromWorkers)}`,
      REGION_LEASE_MS: String(LEASE_MS),
      COMMAND_WAIT_MS: String(WAIT_MS),
    },
  })
  toPrimary = await startFlakyProxy(service.redis.port)
  inPrimary = await Promise.all([
    service.startApi({ REDIS_URL: url(toPrimary) }),
    service.startResourceServer({ REDIS_URL: url(toPrimary) }),
  ])
  inEu = await Promise.all([
    service.startApi({ REGION: 'eu', REGIONS: `eu=${url(toEu)}` }),
    service.startResourceServer({ REGION: 'eu', REDIS_URL: url(toEu) }),
  ])
})
afterAll(async () => {
  await service.stop()
  await Promise.all([toPrimary, toEu, fromWorkers].map((proxy) => proxy.close()))
  await eu.stop()
})

/** Holds the link each way, and both ways, while keys are revoked. Who is cut off says that nothing can be decided. */
async function partition(link: FlakyProxy, cutOff: Verifier[]) {
  const first = service.apis[0] as Verifier
  const { round, ask, seen } = await revokeUnder(service, [first, ...inPrimary, ...inEu], random)
  for (const way of random.shuffle([...WAYS, ...WAYS])) {
    const fate = random.pick(['deliver', 'lose', 'strand'] as const)
    await round({
      begin: () => link.hold(...way),
      meanwhile: () =>
        eventually(
          () => Promise.all(cutOff.map((verifier) => ask(verifier))),
          (answers) => answers.every(({ status }) => status === 503),
        ),
      end: () => link.mend(fate),
    })
  }
  expect(seen.acceptedAfter).toBe(0)
  expect(seen.acceptedBefore).toBeGreaterThan(0)
  return seen
}

describe(`promises 3 and 11: what is revoked during a partition is accepted nowhere, and who is cut off answers 503 (seed ${seed})`, () => {
  it('between verifiers and the Redis of their region, the primary', async () => {
    expect(await partition(toPrimary, inPrimary)).toMatchObject({ lapsed: 0 })
  }, 180_000)

  it('between verifiers and the Redis of their region, a further one', async () => {
    expect(await partition(toEu, inEu)).toMatchObject({ lapsed: 0 })
  }, 180_000)

  it('between workers and a further region', async () => {
    expect((await partition(fromWorkers, inEu)).lapsed).toBeGreaterThan(0)
  }, 180_000)
})

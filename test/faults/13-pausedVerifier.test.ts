import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshRedis } from '../setup/services.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { revokeUnder, type Verifier } from '../support/revokeUnder.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'

/** SEED repeats who is stopped, and when. */
const seed = anySeed()
const random = createRandom(seed)
const LEASE_MS = 2_000
/** A revocation that waits for much longer than the lease and its margin (1.2 s) is a 202, and the test fails. */
const WAIT_MS = 15_000

let service: Service
let eu: TestRedis
/** In each region an api and a resource server with the library. */
let verifiers: Verifier[]
beforeAll(async () => {
  eu = await freshRedis()
  service = await startService({
    env: { REGIONS: `eu=${eu.url}`, REGION_LEASE_MS: String(LEASE_MS), COMMAND_WAIT_MS: String(WAIT_MS) },
  })
  verifiers = await Promise.all([
    service.startApi(),
    service.startResourceServer(),
    service.startApi({ REGION: 'eu' }),
    service.startResourceServer({ REGION: 'eu', REDIS_URL: eu.url }),
  ])
})
afterAll(async () => {
  await service.stop()
  await eu.stop()
})

/** From the race with the revocations until they are answered. */
const stopped = (pid: () => number) => ({
  begin: () => void process.kill(pid(), 'SIGSTOP'),
  end: () => void process.kill(pid(), 'SIGCONT'),
})

describe(`promise 3: keys are revoked while the following is stopped, and nothing that starts later is accepted (seed ${seed})`, () => {
  it('a verifier, for which no revocation waits', async () => {
    const { round, seen } = await revokeUnder(service, verifiers, random)
    for (let times = 0; times < 25; times += 1) {
      const { pid } = random.pick(verifiers)
      // Some are stopped for longer than a verification may take.
      const meanwhile = () => delay(random.chance(0.2) ? 1_500 : 0)
      await round({ ...stopped(() => pid), meanwhile })
    }
    expect(seen).toMatchObject({ acceptedAfter: 0, lapsed: 0 })
    expect(Math.min(seen.acceptedBefore, seen.refusedAfter)).toBeGreaterThan(0)
  }, 120_000)

  it('the Redis of a further region, for which a revocation waits until its lease has run out', async () => {
    const { round, seen } = await revokeUnder(service, verifiers, random)
    for (let times = 0; times < 5; times += 1) await round(stopped(() => eu.pid))
    expect(seen.acceptedAfter).toBe(0)
    expect(seen.lapsed).toBeGreaterThan(0)
  }, 120_000)
})

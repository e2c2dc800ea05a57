import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { freshRedis } from '../setup/services.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type Api, type Service, startService, type TestRedis } from '../support/startService.ts'
import { type SteppedClock, startClock } from '../support/steppedClock.ts'

const LEASE_MS = 1_500

let clock: SteppedClock
let eu: TestRedis
let proxy: FlakyProxy
let service: Service
let inEu: Api
/** A further region whose Redis has a clock of its own, and which the worker reaches by a proxy that can be cut. */
beforeAll(async () => {
  clock = await startClock()
  eu = await freshRedis({ env: clock.env })
  proxy = await startFlakyProxy(eu.port)
  service = await startService({
    env: { REGIONS: `eu=redis://127.0.0.1:${proxy.port}`, REGION_LEASE_MS: String(LEASE_MS) },
  })
  inEu = await service.startApi({ REGION: 'eu', REGIONS: `eu=redis://127.0.0.1:${eu.port}` })
})
afterEach(async () => {
  proxy.mend()
  await clock.set(0)
})
afterAll(async () => {
  await service.stop()
  await proxy.close()
  await eu.stop()
  await clock.stop()
})

const verify = (key: string) => createClient(inEu.url, service.serviceToken).post('/verify', { key })

const verified = ({ key }: { key: string }, code: string) =>
  eventually(
    () => verify(key),
    ({ status, body }) => status === 200 && body.code === code,
  )

/** A lease may lapse for a moment where a worker gets no CPU. Then the region decides nothing, and is asked again. */
async function expectRevoked({ key }: { key: string }): Promise<void> {
  const { body } = await eventually(
    () => verify(key),
    ({ status }) => status !== 503,
  )
  expect(body.code).toBe('REVOKED')
}

it.each([
  ['steps an hour ahead', 3_600, 1],
  ['steps an hour back', -3_600, 1],
  ['runs 1.05 times as fast', 0, 1.05],
  ['runs 0.95 times as fast', 0, 0.95],
])(
  'promise 3: the clock of a further region %s, before and while the region is cut off: nothing is admitted after a revoke',
  async (_, seconds, rate) => {
    const account = await service.account('enterprise')
    const revoke = async ({ id }: { id: string }) => {
      const { status, body } = await account.post(`/api-keys/${id}/revoke`)
      return [status, body.fanOut?.regions[0].outcome]
    }
    const [before, cutOff, later, last] = await Promise.all([0, 1, 2, 3].map(() => account.createKey()))
    if (!before || !cutOff || !later || !last) throw new Error('Four keys are created')
    for (const key of [before, cutOff, later, last]) await verified(key, 'VALID')

    await clock.set(seconds, rate)
    await verified(last, 'VALID')
    expect(await revoke(before)).toEqual([200, 'confirmed'])
    await expectRevoked(before)
    proxy.cut()
    expect(await revoke(cutOff)).toEqual([200, 'lapsed'])
    for (const { key } of [before, cutOff, last]) expect((await verify(key)).status).toBe(503)
    proxy.mend()
    await verified(last, 'VALID')

    await clock.set(0)
    await verified(last, 'VALID')
    proxy.cut()
    await clock.set(seconds, rate)
    expect(await revoke(later)).toEqual([200, 'lapsed'])
    for (const { key } of [later, last]) expect((await verify(key)).status).toBe(503)
    proxy.mend()
    await verified(last, 'VALID')
    for (const key of [before, cutOff, later]) await expectRevoked(key)
  },
  60_000,
)

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ apis: 2, workers: 2 })
})
afterAll(() => service.stop())

const TRIALS = 1_000
const AT_ONCE = 10

/** `valid` as one api answers for a key. */
async function accepts(url: string, key: string): Promise<boolean> {
  const response = await fetch(`${url}/verify`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${service.serviceToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ key }),
  })
  return ((await response.json()) as { valid: boolean }).valid
}

it(`promise 3: in ${TRIALS} revocations under load no verification that starts after the answer is accepted, by any api`, async () => {
  const account = await service.account('enterprise')
  const urls = service.apis.map(({ url }) => url)
  let acceptedBefore = 0
  let acceptedAfter = 0

  const trial = async () => {
    const { id, key } = await account.createKey()
    let revoked = false
    // Both apis know the key and are busy with it while it is revoked.
    const busy = urls.map(async (url) => {
      for (let after = 0; after < 3; ) {
        const startedAfter = revoked
        const accepted = await accepts(url, key)
        if (accepted && startedAfter) acceptedAfter += 1
        if (accepted && !startedAfter) acceptedBefore += 1
        if (startedAfter) after += 1
      }
    })
    const answer = await account.post(`/api-keys/${id}/revoke`)
    expect(answer.status).toBe(200)
    revoked = true
    const direct = await Promise.all(urls.map((url) => accepts(url, key)))
    acceptedAfter += direct.filter(Boolean).length
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

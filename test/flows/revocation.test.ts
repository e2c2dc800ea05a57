import { afterAll, beforeAll, expect, it } from 'vitest'
import { runTrials, trialsOf } from '../support/runTrials.ts'
import { seedKeys } from '../support/seedKeys.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ apis: 2, workers: 2, env: { COMMAND_WAIT_MS: '60000' } })
})
afterAll(() => service.stop())

const TRIALS = trialsOf(1_000)

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
  const keys = await seedKeys(service, account.accountId, TRIALS)
  const counts = await runTrials(TRIALS, async (_lane, trial) => {
    const { id, key } = keys[trial] as (typeof keys)[number]
    return {
      ways: urls.map((url) => () => accepts(url, key)),
      end: async () => expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200),
    }
  })
  expect(counts.acceptedAfter).toBe(0)
  expect(counts.acceptedBefore).toBeGreaterThan(TRIALS)
}, 240_000)

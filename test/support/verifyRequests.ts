import { expect } from 'vitest'
import { parseRequestId } from '../../src/domain/metering/requestId.ts'
import { createClient } from './client.ts'
import { eventually } from './eventually.ts'
import type { Random } from './random.ts'
import type { Service } from './startService.ts'

export type Verified = { keyId: string; requestId: string; at: number; valid: boolean; units: number }

/**
 * Asks any api to verify each of these keys, all at once. `at` is when it was decided, in Unix ms of the region's
 * clock.
 */
export function verifyRequests(
  service: Service,
  random: Random,
  keys: { id: string; key: string }[],
): Promise<Verified[]> {
  return Promise.all(
    keys.map(async ({ id, key }) => {
      const units = random.between(1, 5)
      const client = createClient(random.pick(service.apis).url, service.serviceToken)
      // On a busy machine a region may not answer within its bound; what was answered 503 is never counted.
      const { status, body } = await eventually(
        () => client.post('/verify', { key, permission: 'renders:write', units }),
        (answer) => answer.status !== 503,
      )
      expect({ status, body }).toMatchObject({ status: 200, body: { keyId: id } })
      const { requestId, valid } = body
      return { keyId: id, requestId, at: parseRequestId(requestId)?.at ?? 0, valid, units }
    }),
  )
}

import type { AccountState, KeyState } from '../../src/domain/keys/keyState.ts'
import type { KnownKey } from '../../src/domain/metering/Ticket.ts'
import { createLog } from '../../src/platform/log.ts'
import type { EpochRegister } from '../../src/region/agreeOnEpoch.ts'
import { Region } from '../../src/region/Region.ts'
import { epochsInMemory } from './epochsInMemory.ts'

export const account: AccountState = {
  version: 1,
  accountId: 'acct_1',
  plan: 'free',
  requestsPerMinute: -1,
  requestsPerDay: -1,
  rendersPerMonth: -1,
  rendersHard: false,
}

export const key: KeyState = {
  version: 1,
  digest: 'd'.repeat(43),
  keyId: 'key_1',
  accountId: 'acct_1',
  name: 'One',
  type: 'live',
  access: 'full',
  permissions: [],
  status: 'active',
  expiresAt: 0,
  allowedIps: [],
}

/** Of a day that is over: starts no counter. */
export const seed = { day: '2000-01-01', requests: 0, renders: 0, month: '2000-01-01', accountRenders: 0 }

/** A primary region on this Redis, ready, that knows the key and the account of this file. */
export async function openRegion(url: string, register: EpochRegister = epochsInMemory()): Promise<Region> {
  const region = new Region(
    { name: 'primary', url, kind: 'primary', register },
    createLog('silent', { process: 'test' }),
  )
  try {
    await region.ready(10_000)
    await region.putStates([{ key, account, seed }], await region.beforeFill())
    return region
  } catch (error) {
    // It would look for its Redis for as long as this process runs, in the middle of other files' tests.
    await region.close()
    throw error
  }
}

export const cached = (limits: Partial<AccountState> = {}): KnownKey => ({
  name: `${key.digest}:1`,
  state: key,
  version: '1',
  account: { state: { ...account, ...limits }, version: '1' },
})

/** How many decided batches wait in the region's slots. */
export async function countBatches(region: Region): Promise<number> {
  const slots = await region.redis.keys(region.names.slot('*'))
  const lengths = await Promise.all(slots.map((slot) => region.redis.llen(slot)))
  return lengths.reduce((sum, length) => sum + length, 0)
}

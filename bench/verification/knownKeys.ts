import type { Redis } from 'ioredis'
import type { KnownKey } from '../../src/domain/metering/Ticket.ts'
import type { Region } from '../../src/region/Region.ts'
import { account, key, seed } from '../../test/support/regionFixtures.ts'

/** Keys as a verifier remembers them, each of an account of its own, with limits that nothing reaches. */
export const knownKeys = (count: number): KnownKey[] =>
  Array.from({ length: count }, (_, place) => {
    const accountId = `acct_${String(place).padStart(16, '0')}`
    const state = {
      ...key,
      digest: `${place}`.padStart(64, '0'),
      keyId: `key_${String(place).padStart(16, '0')}`,
      accountId,
    }
    const limits = {
      requestsPerMinute: 100_000_000,
      requestsPerDay: 100_000_000,
      rendersPerMonth: 100_000_000,
    }
    const of = { ...account, ...limits, accountId }
    return { name: `${state.digest}:1`, state, version: '1', account: { state: of, version: '1' } }
  })

/** Stores the states of those that live in a shard. */
export async function storeKeys(shard: Region, known: KnownKey[]): Promise<void> {
  const own = known.filter(({ state }) => shard.holds(state.accountId))
  const states = own.map(({ state, account: { state: of } }) => ({ key: state, account: of, seed }))
  await shard.putStates(states, await shard.beforeFill())
}

/** CPU time of Redis's main thread, in microseconds. */
export async function redisTime(redis: Redis): Promise<number> {
  const text = await redis.info('cpu')
  const seconds = [...text.matchAll(/used_cpu_(?:user|sys)_main_thread:([\d.]+)/g)].map(([, one]) =>
    Number(one),
  )
  return seconds.reduce((sum, one) => sum + one, 0) * 1e6
}

export const median = (all: number[]) => all.toSorted((one, other) => one - other)[all.length >> 1] ?? 0

import type { Redis } from 'ioredis'
import type { Log } from '../platform/log.ts'
import type { RedisNames } from '../platform/redisNames.ts'
import { within } from '../platform/within.ts'
import { Problem } from './problems.ts'

/** Attempts are counted in windows of a quarter of an hour, by the clock. */
export const WINDOW_SECONDS = 900
/** How long a count may take: a Redis that hangs is a 503 within a second. */
const BOUND_MS = 800

/** How many failed attempts one window takes under this name. No secret: names are stored as they are. */
export type Budget = { name: string; limit: number }

export type Attempt = {
  /** Names of the budgets whose last attempt this was. */
  used: string[]
  /** The attempt did not fail: it does not count. */
  giveBack: () => Promise<void>
}

/** Counts attempts that may fail: at a password, a token, a code. */
export type Attempts = {
  /**
   * Takes one attempt from each of the budgets, or from none. It is taken before the outcome is known, so that
   * attempts that run at the same time cannot exceed a limit. Throws Problem `rate-limit-exceeded` when a budget is
   * used up, `service-unavailable` while attempts cannot be counted.
   */
  take: (budgets: Budget[]) => Promise<Attempt>
}

/** A refused attempt writes nothing. The answer is the place of the budget that refuses, or 0 and the counts. */
const TAKE = `
for place, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[place + 1]) then return {place} end
end
local counts = {0}
for place, key in ipairs(KEYS) do
  counts[place + 1] = redis.call('INCR', key)
  redis.call('EXPIRE', key, ARGV[1])
end
return counts`

const GIVE_BACK = `
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end`

/**
 * Counts in the Redis of this region: the primary, so that all processes of all regions share the budgets. The names
 * share a hash tag, for one script reads and writes them together.
 */
export function createAttempts(
  { redis, names }: { redis: Redis; names: RedisNames },
  now: () => Date,
  log: Log,
): Attempts {
  return {
    async take(budgets) {
      const seconds = now().getTime() / 1000
      const window = Math.floor(seconds / WINDOW_SECONDS)
      const keys = budgets.map(({ name }) => names.attempts(window, name))
      const limits = budgets.map(({ limit }) => limit)
      const [refusedBy, ...counts] = await count(
        redis.eval(TAKE, keys.length, ...keys, WINDOW_SECONDS, ...limits),
      )
      if (refusedBy !== 0) throw tooMany(Math.ceil((window + 1) * WINDOW_SECONDS - seconds))
      return {
        used: budgets.filter(({ limit }, place) => counts[place] === limit).map(({ name }) => name),
        giveBack: async () => {
          await count(redis.eval(GIVE_BACK, keys.length, ...keys)).catch(() => {
            // It counts as failed, then: the safe side.
          })
        },
      }
    },
  }

  async function count(answer: Promise<unknown>): Promise<number[]> {
    try {
      return (await within(BOUND_MS, answer)) as number[]
    } catch (cause) {
      log.seldom.warn({ err: cause }, 'attempts to sign in cannot be counted')
      throw new Problem('service-unavailable', {
        detail: 'Signing in is not possible right now.',
        retryAfter: 1,
      })
    }
  }
}

function tooMany(retryAfter: number): Problem {
  const minutes = Math.ceil(retryAfter / 60)
  const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`
  return new Problem('rate-limit-exceeded', {
    detail: `Too many attempts to sign in. Wait ${wait}.`,
    retryAfter,
  })
}

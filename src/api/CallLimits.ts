import type { Redis } from 'ioredis'
import { DAY_MS, MINUTE_MS } from '../domain/time.ts'
import type { RedisNames } from '../platform/redisNames.ts'
import { within } from '../platform/within.ts'
import { BOUND_MS } from '../region/Region.ts'
import type { DelayedRefusals } from './DelayedRefusals.ts'
import { Problem } from './problems.ts'

/** What a key or member may ask at once where `perMinute` is low: a page of the dashboard with four streams. */
const AT_ONCE = 50
/** Ahead by any time: what is owed is never refused. */
const ANY_MS = 1e15

/** How long a refusal is delayed, on average. */
export const REFUSED_CALL_MS = 1_000

/** How many minutes' worth of calls an account's changes of a day may be: what they leave behind stays for weeks. */
export const CHANGES_MINUTES = 60

/**
 * `endings` revoke and delete: they have a budget of their own, so that nobody who holds a leaked key can use up the
 * calls that end it. `changes` are counted over a day, and are `calls`, too. `bulk` is the size of imports and streams,
 * which is known afterwards.
 */
export type CallKind = 'calls' | 'changes' | 'endings' | 'bulk'

/** What counts as one call in `bulk`. */
export const BULK = { characters: 16_384, keys: 5 }

/** How calls of each kind are counted, for whoever is refused. */
const COUNTED: Record<CallKind, string> = {
  calls: 'a change counts as 5, a stream as 10',
  changes: 'a change counts as 5',
  endings: 'those that revoke or delete',
  bulk: `imports and streams count as 1 for ${BULK.keys} keys or ${BULK.characters} characters`,
}

/** `mostMs`: how far it ever runs ahead. One further ahead was written by a later clock, and begins again. */
type Budget = { kind: CallKind; name: string; perCallMs: number; aheadMs: number; mostMs: number }

type Caller = { accountId: string; actor: { id: string } }

/**
 * Takes a call out of each budget, or out of none. A generic cell rate algorithm (ITU-T I.371, "GCRA"): a budget is
 * the time at which all that was taken from it will have been earned. KEYS budgets; ARGV cost, then per budget ms per
 * call, ms that it may run ahead, and ms that it ever does. Returns how long to wait, in ms (0: taken), and for which
 * of the budgets.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait, last, ends = 0, 1, {}
for place, name in ipairs(KEYS) do
  local at = place * 3 - 1
  local perCall, ahead, most = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local present = tonumber(redis.call('GET', name) or 0)
  if present > now + most then present = 0 end
  ends[place] = math.max(present, now) + ARGV[1] * perCall
  local own = ends[place] - now - ahead
  if own > wait then wait, last = own, place end
end
if wait > 0 then return { math.ceil(wait), last } end
for place, name in ipairs(KEYS) do
  redis.call('SET', name, string.format('%.3f', ends[place]), 'PX', math.ceil(ends[place] - now) + 1000)
end
return { 0, 1 }`

type CountingRedis = { redis: Pick<Redis, 'eval'>; names: Pick<RedisNames, 'calls'> }

/**
 * Bounds what one account, and one key or member of it, may ask of the management API: `perMinute` calls an account,
 * half of that a key or member, two seconds' worth of them at once; and of changes an hour's worth a day. Counted in
 * the primary region's Redis, so exactly over all processes. While it is away nothing is counted and every call passes:
 * a key cannot be verified then, and sessions are few.
 */
export class CallLimits {
  readonly #primary: CountingRedis
  readonly #perMinute: number
  readonly #delayed: DelayedRefusals

  constructor(primary: CountingRedis, perMinute: number, delayed: DelayedRefusals) {
    this.#primary = primary
    this.#perMinute = perMinute
    this.#delayed = delayed
  }

  /** Takes a call out of the budgets. Throws `rate-limit-exceeded`, after a while, where one of them is used up. */
  async take(caller: Caller, kinds: CallKind[], cost = 1): Promise<void> {
    const budgets = kinds.flatMap((kind) => this.#budgets(caller, kind))
    const [waitMs, place] = await this.#ask(budgets, cost)
    if (waitMs > 0) await this.#refuse(budgets[place - 1]?.kind ?? 'calls', waitMs)
  }

  /** Takes what a call has turned out to be: the calls of this kind that follow wait until it has been earned. */
  async owe(caller: Caller, kind: CallKind, cost: number): Promise<void> {
    const budgets = this.#budgets(caller, kind).map((budget) => ({ ...budget, aheadMs: ANY_MS }))
    await this.#ask(budgets, cost)
  }

  /** Returns how long to wait, in ms (0: it is taken), and for which of the budgets, from 1 on. */
  async #ask(budgets: Budget[], cost: number): Promise<[number, number]> {
    const names = budgets.map(({ name }) => name)
    const args = budgets.flatMap(({ perCallMs, aheadMs, mostMs }) => [perCallMs, aheadMs, mostMs])
    const taken = this.#primary.redis.eval(TAKE, names.length, ...names, cost, ...args)
    return within(BOUND_MS, taken).catch(() => [0, 1]) as Promise<[number, number]>
  }

  /** A key or member has one share, an account two. An operator token has a share in each account that it acts for. */
  #budgets({ accountId, actor }: Caller, kind: CallKind): Budget[] {
    return [
      { who: `${accountId} ${actor.id}`, shares: 1 },
      { who: accountId, shares: 2 },
    ].map(({ who, shares }) => {
      const perMinute = (this.#perMinute * shares) / 2
      const name = this.#primary.names.calls(kind, who)
      if (kind === 'changes') {
        const perCallMs = DAY_MS / (perMinute * CHANGES_MINUTES)
        return { kind, name, perCallMs, aheadMs: DAY_MS, mostMs: DAY_MS }
      }
      const perCallMs = MINUTE_MS / perMinute
      const aheadMs = shares * Math.max(AT_ONCE, this.#perMinute / 60) * perCallMs
      // What is owed may run ahead by any time.
      return { kind, name, perCallMs, aheadMs, mostMs: kind === 'bulk' ? ANY_MS : aheadMs }
    })
  }

  async #refuse(kind: CallKind, waitMs: number): Promise<never> {
    await this.#delayed.wait()
    const retryAfter = Math.max(1, Math.ceil((waitMs - REFUSED_CALL_MS / 2) / 1000))
    const most =
      kind === 'changes' ? `${this.#perMinute * CHANGES_MINUTES} a day` : `${this.#perMinute} a minute`
    throw new Problem('rate-limit-exceeded', {
      detail: `Too many management calls (${most} for an account, half of that for a key or member; ${COUNTED[kind]}). Try again in ${retryAfter} s.`,
      retryAfter,
    })
  }
}

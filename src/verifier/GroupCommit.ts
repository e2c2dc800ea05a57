import { randomUUID } from 'node:crypto'
import { METERING_OPTIONS, METERING_PREFIX } from '../platform/queues.ts'
import type { Region } from '../region/Region.ts'
import type { CachedAccount, CachedKey } from './StateCache.ts'

/** One request on its way through the script. `context` is a JSON list `[ip, endpoint, method]`. */
export type Ticket = { key: CachedKey; plan: number; units: number; context: string }

/** The script's word on one request: its code, and the counts of its key (month: of its account) after it. */
export type Decision = { code: number; inMinute: number; inDay: number; renders: number; now: number }

type Waiting = { ticket: Ticket; resolve: (decision: Decision) => void; reject: (error: unknown) => void }

/** Lua's `unpack` bounds how many keys one call can name. */
const MAX_BATCH = 1_000

/**
 * Group commit: requests that arrive while a batch is in flight form the next one, so that a batch costs one
 * round trip however many it holds, and the cost per request falls as load rises.
 */
export class GroupCommit {
  readonly #region: Region
  readonly #onBatch: (size: number) => void
  #waiting: Waiting[] = []
  #busy = false
  #idle: (() => void)[] = []

  constructor(region: Region, onBatch: (size: number) => void) {
    this.#region = region
    this.#onBatch = onBatch
  }

  /** Decides and counts one request. Throws RegionUnavailable: nothing was answered, so nothing was admitted. */
  decide(ticket: Ticket): Promise<Decision> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ticket, resolve, reject })
      if (this.#busy) return
      this.#busy = true
      // After this turn of the event loop, so that requests read in the same turn share the batch.
      setImmediate(() => this.#next())
    })
  }

  /** Resolves when nothing is waiting or in flight. */
  drain(): Promise<void> {
    return this.#busy ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve()
  }

  #next(): void {
    if (this.#waiting.length === 0) {
      this.#busy = false
      for (const resolve of this.#idle.splice(0)) resolve()
      return
    }
    const batch = this.#waiting.length <= MAX_BATCH ? this.#waiting : this.#waiting.slice(0, MAX_BATCH)
    this.#waiting = batch === this.#waiting ? [] : this.#waiting.slice(MAX_BATCH)
    this.#commit(batch)
      .catch((error) => {
        for (const one of batch) one.reject(error)
      })
      .finally(() => this.#next())
  }

  async #commit(batch: Waiting[]): Promise<void> {
    this.#onBatch(batch.length)
    const { ordered, groups, accounts, contexts } = arrange(batch)
    const answer = await this.#region.run(
      'admit',
      JSON.stringify({ g: groups, a: accounts }),
      `[${contexts.join(',')}]`,
      randomUUID(),
      METERING_PREFIX,
      METERING_OPTIONS,
    )
    const now = Number(answer[1])
    const counts = String(answer[2]).split(',')
    for (let index = 0; index < ordered.length; index++) {
      const at = index * 4
      ordered[index]?.resolve({
        code: Number(counts[at]),
        inMinute: Number(counts[at + 1]),
        inDay: Number(counts[at + 2]),
        renders: Number(counts[at + 3]),
        now,
      })
    }
  }
}

/** The batch as the script takes it: requests by key, accounts and contexts named once. See admit.lua. */
function arrange(batch: Waiting[]) {
  const byKey = new Map<CachedKey, { group: (string | number)[]; members: Waiting[] }>()
  const placeOf = new Map<CachedAccount, number>()
  const accounts: (string | number)[][] = []
  const contextOf = new Map<string, number>()
  for (const one of batch) {
    const { key, plan, units, context } = one.ticket
    let entry = byKey.get(key)
    if (!entry) {
      let place = placeOf.get(key.account)
      if (place === undefined) {
        const { state, version } = key.account
        place = accounts.push([
          state.accountId,
          version,
          state.requestsPerMinute,
          state.requestsPerDay,
          state.rendersPerMonth,
          state.rendersHard ? 1 : 0,
        ])
        placeOf.set(key.account, place)
      }
      const { digest, keyId, expiresAt, type } = key.state
      entry = { group: [digest, key.version, keyId, place, expiresAt, type === 'test' ? 1 : 0], members: [] }
      byKey.set(key, entry)
    }
    let index = contextOf.get(context)
    if (index === undefined) {
      index = contextOf.size
      contextOf.set(context, index)
    }
    entry.group.push(plan, units, index)
    entry.members.push(one)
  }
  const entries = [...byKey.values()]
  return {
    ordered: entries.flatMap((entry) => entry.members),
    groups: entries.map((entry) => entry.group),
    accounts,
    contexts: [...contextOf.keys()],
  }
}

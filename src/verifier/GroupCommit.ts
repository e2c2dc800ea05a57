import { randomUUID } from 'node:crypto'
import { admitArgs, type Batch } from '../region/admitArgs.ts'
import { ANSWER_MS, BOUND_MS, type Region, RegionUnavailable } from '../region/Region.ts'
import type { CachedKey } from './StateCache.ts'

/** One request on its way through the script. `context` is a JSON list `[ip, endpoint, method]`. */
export type Ticket = { key: CachedKey; plan: number; units: number; context: string }

/** The script's word on one request: its code, and the counts of its key (month: of its account) after it. */
export type Decision = { code: number; inMinute: number; inDay: number; renders: number; now: number }

type Waiting = {
  ticket: Ticket
  /** When its caller is given up, by `performance.now()`. */
  until: number
  resolve: (decision: Decision) => void
  reject: (error: unknown) => void
}

/** Lua's `unpack` bounds how many keys one call can name. */
const MAX_BATCH = 1_000

/**
 * Group commit: requests that arrive while a batch is in flight form the next one, so that a batch costs one
 * round trip however many it holds, and the cost per request falls as load rises. The next batch leaves before the
 * answers of the last are given out: Redis decides the one while this process writes the other.
 */
export class GroupCommit {
  readonly #region: Region
  readonly #onBatch: (size: number) => void
  #waiting: Waiting[] = []
  #busy = false

  constructor(region: Region, onBatch: (size: number) => void) {
    this.#region = region
    this.#onBatch = onBatch
  }

  /**
   * Decides and counts one request. Throws RegionUnavailable after `BOUND_MS` at the latest: then it is not counted, and will
   * not be.
   */
  decide(ticket: Ticket): Promise<Decision> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ticket, until: performance.now() + BOUND_MS, resolve, reject })
      if (this.#busy) return
      this.#busy = true
      // After this turn of the event loop, so that requests read in the same turn share the batch.
      setImmediate(() => this.#sendNext())
    })
  }

  #sendNext(): void {
    const batch = this.#takeBatch()
    const [first] = batch
    if (!first) {
      this.#busy = false
      return
    }
    this.#onBatch(batch.length)
    const { ordered, args } = arrange(batch)
    // Nobody in the batch has waited longer than the first.
    this.#region
      .runUntil(first.until, 'admit', (deadline) => admitArgs(this.#region, args, deadline))
      .then(
        (answer) => {
          this.#sendNext()
          giveOut(ordered, answer)
        },
        (error) => {
          this.#sendNext()
          for (const one of batch) one.reject(error)
        },
      )
  }

  /** The longest waiting, but for those whose answer would come too late. */
  #takeBatch(): Waiting[] {
    const latest = performance.now() + ANSWER_MS
    let late = 0
    while ((this.#waiting[late]?.until ?? Number.POSITIVE_INFINITY) < latest) late += 1
    for (const one of this.#waiting.splice(0, late))
      one.reject(new RegionUnavailable(`The region ${this.#region.name} has no time left for this request.`))
    return this.#waiting.splice(0, MAX_BATCH)
  }
}

/** Hands each request its part of the script's answer. */
function giveOut(ordered: Waiting[], answer: unknown[]): void {
  const decisions = decisionsOf(ordered.length, answer)
  for (let place = 0; place < ordered.length; place++) ordered[place]?.resolve(decisions[place] as Decision)
}

function decisionsOf(size: number, answer: unknown[]): Decision[] {
  const now = Number(answer[1])
  const counts = String(answer[2]).split(',')
  const decisions: Decision[] = []
  for (let at = 0; at < size * 4; at += 4) {
    decisions.push({
      code: Number(counts[at]),
      inMinute: Number(counts[at + 1]),
      inDay: Number(counts[at + 2]),
      renders: Number(counts[at + 3]),
      now,
    })
  }
  return decisions
}

/**
 * The batch as the script takes it: requests by key, accounts and contexts named once. See admit.lua. A key or an
 * account that stood there twice would be counted twice from the same start, so they are told apart by what they are,
 * never by which object in memory they are.
 */
function arrange(batch: Waiting[]): { ordered: Waiting[]; args: Batch } {
  const byKey = new Map<string, { group: number[]; members: Waiting[] }>()
  const placeOf = new Map<string, number>()
  const contextOf = new Map<string, number>()
  const limits: number[][] = []
  const digests: string[] = []
  const versions: string[] = []
  const ids: string[] = []
  const accountIds: string[] = []
  const accountVersions: string[] = []
  for (const one of batch) {
    const { key, plan, units, context } = one.ticket
    let entry = byKey.get(key.name)
    if (!entry) {
      let place = placeOf.get(key.state.accountId)
      if (place === undefined) {
        const { state, version } = key.account
        place = limits.push([
          state.requestsPerMinute,
          state.requestsPerDay,
          state.rendersPerMonth,
          state.rendersHard ? 1 : 0,
        ])
        accountIds.push(state.accountId)
        accountVersions.push(version)
        placeOf.set(key.state.accountId, place)
      }
      const { digest, keyId, expiresAt, type } = key.state
      entry = { group: [place, expiresAt, type === 'test' ? 1 : 0], members: [] }
      digests.push(digest)
      versions.push(key.version)
      ids.push(keyId)
      byKey.set(key.name, entry)
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
  const groups = entries.map((entry) => entry.group)
  return {
    ordered: entries.flatMap((entry) => entry.members),
    args: {
      batchId: randomUUID(),
      groups,
      limits,
      contexts: [...contextOf.keys()],
      digests,
      versions,
      keyIds: ids,
      accountIds,
      accountVersions,
    },
  }
}

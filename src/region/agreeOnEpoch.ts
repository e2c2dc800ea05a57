import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { JournalHead } from '../domain/journal/JournalEntry.ts'
import { OtherShards } from '../domain/layout.ts'
import type { RegisteredEpoch } from '../domain/regionEpochs.ts'
import { shardsIn } from '../domain/shards.ts'

/**
 * Postgres's word on which epoch of a region is believed, and on whether it has what the region has. All throw while
 * Postgres is away or hangs. See docs/decisions/epochs.md and docs/decisions/journal.md.
 */
export type EpochRegister = {
  read: (region: string, current: string | null) => Promise<RegisteredEpoch>
  /**
   * Registers a new epoch unless another was registered since `before` was read, and with `waits` not before every
   * lease of that one has run out; returns whether it did.
   */
  register: (region: string, before: string | null, marker: string, waits: boolean) => Promise<boolean>
  /** Notes a lease of less than `ms` for the server of this epoch, if that is the registered one: returns whether. */
  lease: (region: string, marker: string, ms: number) => Promise<boolean>
  holds: (head: JournalHead) => Promise<boolean>
}

/** What agreeing needs of a connection to a region's Redis. */
export type EpochConnection = {
  /** How many shards the region has for this process. */
  shards: number
  /** The sections `server` and `replication` of INFO. */
  info: () => Promise<string>
  readMarker: () => Promise<string | null>
  /** See beginEpoch.lua. */
  beginEpoch: (before: string | null, marker: string) => Promise<boolean>
  /**
   * Where another server may have taken the place of the one that began the registered epoch: whether that one may
   * still hold a lease that Postgres knows nothing of. Absent where there is only one.
   */
  mayBeExtended?: (registered: string) => Promise<boolean>
  /** Whether that one can never admit again, once `fresh` has begun here (hasYielded.ts). */
  hasYielded?: (registered: string, fresh: string) => Promise<boolean>
}

/** Postgres does not say which epoch is registered. */
export class RegisterAway extends Error {}

/** Another server began the registered epoch, and may still admit. It runs out of its lease within seconds. */
class StillLeased extends Error {}

/** Others may be agreeing on the same region; each turn but the last one's is another's success. */
const TURNS = 5

/**
 * The server that answers, as a marker names it: `<run id>|<epoch>.<replication ID>`. A restart has another run ID. A
 * fail-over has another replication ID, also where a managed Redis shows one run ID for all its nodes. Of a region with
 * several shards the epoch begins with their number, `16x`: who knows of another number looks for accounts elsewhere.
 */
class Server {
  readonly #runId: string
  readonly #replicationId: string
  readonly #shards: number

  constructor(info: string, shards: number) {
    this.#shards = shards
    const runId = /run_id:(\w+)/.exec(info)?.[1]
    if (!runId) throw new Error('INFO has no run_id.')
    if (/role:slave/.test(info)) throw new Error('This Redis is a replica: name its primary.')
    this.#runId = runId
    this.#replicationId = /master_replid:(\w+)/.exec(info)?.[1] ?? ''
  }

  /** Whether the epoch began here. With another number of shards, another process has begun it. */
  isIn(marker: string): boolean {
    return marker.startsWith(`${this.#runId}|`) && marker.endsWith(`.${this.#replicationId}`)
  }

  began(marker: string): boolean {
    return this.isIn(marker) && shardsIn(marker) === this.#shards
  }

  newMarker(): string {
    const number = this.#shards === 1 ? '' : `${this.#shards}x`
    return `${this.#runId}|${number}${randomUUID()}.${this.#replicationId}`
  }
}

/**
 * Agrees with Postgres on the region's epoch. Where the registered one is another than the Redis has, or another server
 * began it, a new epoch begins: first in Redis, then in the register. Nobody believes it before it is registered.
 */
export async function agreeOnEpoch(
  connection: EpochConnection,
  register: EpochRegister,
  region: string,
): Promise<string> {
  const server = new Server(await connection.info(), connection.shards)
  for (let turn = 0; turn < TURNS; turn++) {
    const current = await connection.readMarker()
    const read = await register.read(region, current).catch(away)
    const { marker: registered, listed, servesNow, leased, shards } = read
    if (shards !== connection.shards) throw new OtherShards(connection.shards, shards)
    if (!listed) throw new Error(`No worker has listed the region ${region} yet.`)
    if (servesNow)
      throw new Error(
        `This Redis serves the region ${servesNow} now. Give each region a Redis of its own, or remove one of the two.`,
      )
    if (current !== null && current === registered && server.began(current)) return current
    // Perhaps another process is between its two steps.
    if (turn === 0 && current !== null && server.began(current)) {
      await delay(randomInt(10, 50))
      continue
    }
    const before = registered !== null && !server.began(registered) ? registered : undefined
    const waits = before !== undefined && connection.mayBeExtended !== undefined
    const isLeased = waits && (leased || (await connection.mayBeExtended?.(before)) === true)
    // Who looked before whether that one has yielded has begun it here already.
    const fresh = isLeased && current !== null && server.began(current) ? current : server.newMarker()
    if (fresh !== current && !(await connection.beginEpoch(current, fresh))) continue
    if (isLeased && !(await connection.hasYielded?.(before, fresh)))
      throw new StillLeased(`Another server of the region ${region} may still admit.`)
    if (await register.register(region, registered, fresh, waits && !isLeased).catch(away)) return fresh
  }
  throw new Error('Too many processes are opening the region at once.')
}

function away(cause: unknown): never {
  throw new RegisterAway('Postgres does not say which epoch is registered.', { cause })
}

/**
 * The epoch that the service has agreed on, for a process that cannot ask Postgres. Its lease says whether it is still
 * believed: the scripts look at that.
 */
export async function followEpoch(connection: EpochConnection): Promise<string> {
  const server = new Server(await connection.info(), connection.shards)
  const current = await connection.readMarker()
  if (current === null || !server.isIn(current))
    throw new Error('No process of the service has opened this Redis since it started.')
  if (!server.began(current)) throw new OtherShards(connection.shards, shardsIn(current))
  return current
}

import type { Redis } from 'ioredis'
import type { JournalEntry, JournalHead } from '../domain/journal/JournalEntry.ts'
import { DAY_MS } from '../domain/time.ts'
import type { RedisNames } from '../platform/redisNames.ts'
import type { EpochRegister } from './agreeOnEpoch.ts'
import { RegionUnavailable } from './RegionUnavailable.ts'

/** For how long a region remembers what ended: a backup may be so old. */
export const JOURNAL_MS = 8 * DAY_MS

/** Postgres does not have what the region has: it was restored from a backup, or lost what it had committed. */
export class TruthIsOld extends RegionUnavailable {
  override name = 'TruthIsOld'

  constructor(region: string) {
    super(`Postgres is older than what the region ${region} has. Run \`keys recover\`.`)
  }
}

/**
 * A region's journal of what ended. It says whether a Postgres may be believed: one that lacks the region's last entry
 * is older, and might say that a key is active which was revoked since.
 */
export class Journal {
  readonly #region: string
  readonly #redis: Redis
  readonly #name: string
  readonly #holds: EpochRegister['holds'] | undefined
  /** The last entry as last read; undefined: never. */
  #head: JournalHead | null | undefined

  constructor(
    region: string,
    { redis, names }: { redis: Redis; names: RedisNames },
    holds: EpochRegister['holds'] | undefined,
  ) {
    this.#region = region
    this.#redis = redis
    this.#name = names.journal
    this.#holds = holds
  }

  /** The region's last entry; null where nothing has ended yet. Throws what ioredis throws. */
  async head(): Promise<JournalHead | null> {
    const [text] = await this.#redis.zrange(this.#name, '-1', '-1')
    const entry = text === undefined ? null : (JSON.parse(text) as JournalEntry)
    this.#head = entry && { sequence: entry.sequence, id: entry.id }
    return this.#head
  }

  /** Throws TruthIsOld where Postgres does not have this entry; what Postgres throws while it is away. */
  async require(head: JournalHead | null): Promise<void> {
    if (head && this.#holds && !(await this.#holds(head))) throw new TruthIsOld(this.#region)
  }

  /** Throws TruthIsOld where Postgres is older than this region is now. */
  async requireCurrent(): Promise<void> {
    await this.require(await this.head())
  }

  /** The same by what was last read, where the region does not answer. Throws where nothing has been read yet. */
  async requireLastKnown(): Promise<void> {
    const head = await this.head().catch((error) => {
      if (this.#head === undefined) throw error
      return this.#head
    })
    await this.require(head)
  }

  /** Every entry that the region still has, oldest first. */
  async read(): Promise<JournalEntry[]> {
    return (await this.#redis.zrange(this.#name, '0', '-1')).map((text) => JSON.parse(text))
  }
}

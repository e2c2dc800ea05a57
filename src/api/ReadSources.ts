import type { Log } from '../platform/log.ts'
import type { Em } from '../platform/postgres.ts'
import { SCHEMA } from '../platform/schemaState.ts'
import { within } from '../platform/within.ts'

/** Pools that a standby has, too. */
export type ReadPool = 'reads' | 'streams'

/** What may be a little late is read here. It has everything that was committed by `asOf`. */
export type Source = { em: Em; asOf: Date }

/** How long a standby may take to say how far it has come, in ms. */
export const STANDBY_WAIT_MS = 1_000
/** A standby that is further behind than this is not read, in ms. */
const MOST_BEHIND_MS = 60_000
/** How long what it said holds, in ms. */
const SAID_MS = 1_000
/** How long it is left alone after it did not answer, or was too far behind or not migrated, in ms. */
const LEFT_ALONE_MS = 10_000

type Options = {
  primary: (pool: ReadPool) => Em
  standby: ((pool: ReadPool) => Em) | undefined
  now: () => Date
  log: Log
  /** Called for each read where there is a standby. */
  onRead: (from: 'standby' | 'primary') => void
}

/**
 * Reads usage, histories and exports from a standby as long as it answers and keeps up, else from the primary. Whoever
 * may do what, and which keys there are, only the primary knows.
 */
export class ReadSources {
  readonly #options: Options
  /** When the standby had come how far; undefined: it is not to be read. */
  #said: Promise<Date | undefined> = Promise.resolve(undefined)
  /** By `performance.now()`: a clock that goes back must not keep what was said. */
  #askAgainAt = 0

  constructor(options: Options) {
    this.#options = options
  }

  async from(pool: ReadPool): Promise<Source> {
    const { primary, standby, now, onRead } = this.#options
    if (!standby) return { em: primary(pool), asOf: now() }
    const asOf = await this.#ask(standby)
    onRead(asOf ? 'standby' : 'primary')
    return asOf ? { em: standby(pool), asOf } : { em: primary(pool), asOf: now() }
  }

  /** Those who ask at the same time wait for one answer. */
  #ask(standby: (pool: ReadPool) => Em): Promise<Date | undefined> {
    if (performance.now() < this.#askAgainAt) return this.#said
    this.#askAgainAt = Number.POSITIVE_INFINITY
    this.#said = this.#readAsOf(standby('reads'))
      .catch((error) => {
        this.#options.log.seldom.warn(
          { err: error },
          'the standby cannot be read; the primary is read instead',
        )
        return undefined
      })
      .then((asOf) => {
        this.#askAgainAt = performance.now() + (asOf ? SAID_MS : LEFT_ALONE_MS)
        return asOf
      })
    return this.#said
  }

  async #readAsOf(em: Em): Promise<Date | undefined> {
    const now = this.#options.now()
    const asked = em.execute<{ isStandby: boolean; replayedMs: number | null; isMigrated: boolean }[]>(
      `select pg_is_in_recovery() as "isStandby",
         (extract(epoch from pg_last_xact_replay_timestamp()) * 1000)::float8 as "replayedMs",
         exists (select from mikro_orm_migrations where name like ?) as "isMigrated"`,
      [`Migration${SCHEMA}%`],
    )
    const [row] = await within(STANDBY_WAIT_MS, asked)
    // During an upgrade it may lack what the primary has just got.
    if (!row?.isMigrated) return undefined
    // It was promoted, or is the primary itself.
    if (!row.isStandby) return now
    const replayed = Number(row.replayedMs ?? 0)
    return now.getTime() - replayed > MOST_BEHIND_MS ? undefined : new Date(Math.min(replayed, now.getTime()))
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import type { OwnPostgres } from '../../support/ownPostgres.ts'
import type { Random } from '../../support/random.ts'
import type { Cluster } from '../16-checker/cluster.ts'
import type { Kind } from '../16-checker/kinds.ts'

/**
 * Faults 2, 5, 13 and 14 of the checker's, and its fail-overs: all but those in which a Redis loses what was
 * acknowledged.
 */
export const OF_CHECKER: Kind[] = [
  ...(['worker killed', 'worker stopped', 'verifier stopped', 'Redis killed'] as const),
  ...(['cut off both ways', 'silent both ways', 'requests lost or late', 'answers lost or late'] as const),
  ...(['verifier cut off', 'workers cut off apart', 'primary killed', 'primary stopped'] as const),
  ...(['replica promoted', 'others stopped', 'handed over', 'bus cut', 'slot moved'] as const),
]

const SLOW_MS = 500

/** Faults 9 and 12: Postgres crashes, and links become slow. */
export class SoakFaults {
  readonly counts = { 'Postgres crashed': 0, 'links slow': 0 }
  readonly #cluster: Cluster
  readonly #postgres: OwnPostgres
  readonly #random: Random

  constructor(cluster: Cluster, postgres: OwnPostgres, random: Random) {
    this.#cluster = cluster
    this.#postgres = postgres
    this.#random = random
  }

  async during(isOver: () => boolean): Promise<void> {
    await Promise.all([
      this.#keepOn(isOver, [10_000, 60_000], async () => {
        await this.#postgres.crash()
        this.counts['Postgres crashed'] += 1
      }),
      this.#keepOn(isOver, [5_000, 30_000], () => this.#slowLinks()),
    ])
  }

  async #slowLinks(): Promise<void> {
    const { verifiers, workers } = this.#cluster
    const all = [
      ...verifiers.map(({ proxy }) => proxy),
      ...workers.flatMap(({ proxies }) => Object.values(proxies)),
    ]
    const slow = this.#random.shuffle(all).slice(0, this.#random.between(1, all.length))
    for (const proxy of slow) proxy.slow(SLOW_MS)
    await delay(this.#random.between(2_000, 8_000))
    for (const proxy of slow) proxy.slow(0)
    this.counts['links slow'] += 1
  }

  async #keepOn(
    isOver: () => boolean,
    [least, most]: [number, number],
    strike: () => Promise<void>,
  ): Promise<void> {
    for (;;) {
      for (const until = Date.now() + this.#random.between(least, most); Date.now() < until; ) {
        if (isOver()) return
        await delay(250)
      }
      await strike()
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import type { Direction, FlakyProxy } from '../../support/flakyProxy.ts'
import type { Random } from '../../support/random.ts'
import type { Cluster, RegionName } from './cluster.ts'
import type { RegionKind } from './kinds.ts'

/** The roads of verifiers and workers to a region. */
export class Roads {
  readonly #cluster: Cluster
  readonly #random: Random

  constructor(cluster: Cluster, random: Random) {
    this.#cluster = cluster
    this.#random = random
  }

  /** Roads of verifiers or workers let nothing through for a while. */
  async block(name: RegionName, kind: RegionKind): Promise<void> {
    const random = this.#random
    const proxies =
      kind === 'verifier cut off' ? this.#proxiesOfVerifiers(name) : this.#proxiesOfWorkers(name)
    const directions: Record<string, Direction[]> = {
      'silent both ways': ['requests', 'answers'],
      'requests lost or late': ['requests'],
      'answers lost or late': ['answers'],
      'verifier cut off': random.pick([[], ['requests'], ['answers']] as Direction[][]),
    }
    const held = directions[kind] ?? []
    for (const proxy of proxies) {
      if (held.length > 0) proxy.hold(...held)
      else proxy.cut()
    }
    // Half of them are longer than a lease, and what is left of one, and the margin.
    const longest = name === 'primary' ? 1_500 : held.length > 0 ? 7_500 : 4_500
    const least = Math.min(2_200, longest)
    await delay(random.chance(0.4) ? random.between(100, 1_000) : random.between(least, longest))
    // Workers whose queues are silent for ever would do nothing for as long as it takes them to notice.
    const fates =
      name === 'primary' ? (['deliver', 'lose'] as const) : (['deliver', 'lose', 'strand'] as const)
    for (const proxy of proxies) proxy.mend(random.chance(0.5) ? 'deliver' : random.pick(fates))
  }

  /** What one worker has sent arrives late; meanwhile the other knows that it cannot reach the region. */
  async cutApart(name: RegionName, whenLate: () => Promise<void>): Promise<void> {
    const random = this.#random
    const [late, without] = random.shuffle([...this.#cluster.workers])
    if (!late || !without) return
    late.proxies[name].hold('requests', 'answers')
    without.proxies[name].cut()
    await delay(random.between(2_800, 4_700))
    late.proxies[name].mend()
    const rest = delay(random.between(0, 1_500)).then(() => without.proxies[name].mend())
    await Promise.all([rest, whenLate()])
  }

  #proxiesOfWorkers(name: RegionName): FlakyProxy[] {
    const proxies = this.#cluster.workers.map((one) => one.proxies[name])
    return this.#random.chance(0.7) ? proxies : [this.#random.pick(proxies)]
  }

  #proxiesOfVerifiers(name: RegionName): FlakyProxy[] {
    return [this.#random.pick(this.#cluster.verifiers.filter(({ region }) => region === name)).proxy]
  }
}

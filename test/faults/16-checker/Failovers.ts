import { setTimeout as delay } from 'node:timers/promises'
import type { Group, Node } from '../../setup/redisGroups.ts'
import { eventually } from '../../support/eventually.ts'
import { moveSlot } from '../../support/moveSlot.ts'
import type { Random } from '../../support/random.ts'
import { type GroupKind, OF_CLUSTER, OF_GROUP } from './kinds.ts'

/** Longer than a lease of the primary, and its margin. */
const LONG_MS = 8_000

/** Lets other servers take the place of the primary's, in a group of Sentinels or a Cluster. */
export class Failovers {
  readonly #group: Group
  readonly #random: Random

  constructor(group: Group, random: Random) {
    this.#group = group
    this.#random = random
  }

  /** How often each comes. */
  get kinds(): Partial<Record<GroupKind, number>> {
    return this.#group.split ? { ...OF_GROUP, ...OF_CLUSTER } : OF_GROUP
  }

  /** Resolves when every server runs and follows its primary again. */
  async strike(kind: GroupKind): Promise<void> {
    const before = await this.#untilWhole()
    if (kind === 'primary killed') {
      await before.kill()
      await this.#untilAnother(before)
      await this.#pause()
      await before.restart()
    } else if (kind === 'primary stopped') {
      await this.#stopped([before], async () => {
        if (this.#random.chance(0.3)) return this.#pause()
        // At once, as nobody waits who takes over by hand.
        if (this.#random.chance(0.5)) await this.#promote().catch(() => {})
        await this.#untilAnother(before)
        await delay(this.#random.between(0, LONG_MS))
      })
    } else if (kind === 'replica promoted') {
      await this.#until(before, () => this.#promote())
    } else if (kind === 'handed over') {
      await this.#until(before, async () => this.#group.handOver?.(await this.#replica()))
    } else if (kind === 'slot moved') {
      await this.#moveSlot(before)
    } else if (kind === 'bus cut') {
      await this.#cutBus(before)
    } else {
      const follow = await this.#group.replicas().catch(() => [] as Node[])
      const others = this.#group.nodes.filter((node) => node !== before && !follow.includes(node))
      await this.#stopped(this.#random.chance(0.5) ? others : follow, () => this.#pause())
    }
    await this.#untilWhole()
  }

  async #promote(): Promise<void> {
    await this.#group.takeOver(await this.#replica())
  }

  async #replica(): Promise<Node> {
    return this.#random.pick(await this.#group.replicas())
  }

  /** Asks for another primary until there is one. Sentinels may refuse while they are busy with another fail-over. */
  async #until(before: Node, ask: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; tries < 10; tries++) {
      await ask().catch(() => {})
      await delay(2_000)
      if ((await this.#group.primary().catch(() => before)) !== before) return
    }
  }

  /** Clients reach the primary on its side, and the rest on theirs. */
  async #cutBus(primary: Node): Promise<void> {
    const follow = await this.#group.replicas()
    const alone = this.#random.chance(0.8)
    this.#group.split?.(alone ? [primary] : [primary, ...follow])
    // At once: the primary does not know yet that it is alone.
    if (alone && this.#random.chance(0.5)) await this.#promote().catch(() => {})
    await this.#pause()
    this.#group.split?.(undefined)
  }

  async #moveSlot(from: Node): Promise<void> {
    const roles = await Promise.all(
      this.#group.nodes.map(({ redis }) => redis.info('replication').catch(() => '')),
    )
    const primaries = this.#group.nodes.filter(
      (node, place) => node !== from && roles[place]?.includes('role:master'),
    )
    if (primaries.length > 0) await moveSlot(this.#group, { from, to: this.#random.pick(primaries) })
  }

  async #stopped(nodes: Node[], meanwhile: () => Promise<unknown>): Promise<void> {
    for (const { pid } of nodes) process.kill(pid, 'SIGSTOP')
    try {
      await meanwhile()
    } finally {
      for (const { pid } of nodes) process.kill(pid, 'SIGCONT')
    }
  }

  #pause(): Promise<void> {
    return delay(
      this.#random.chance(0.5) ? this.#random.between(50, 1_500) : this.#random.between(1_500, LONG_MS),
    )
  }

  async #untilAnother(before: Node): Promise<void> {
    await eventually(
      () => this.#group.primary().catch(() => before),
      (now) => now !== before,
    )
  }

  /** Every server runs, follows its primary, and there is one that could take over. Returns the primary. */
  async #untilWhole(): Promise<Node> {
    const isUp = async ({ redis }: Node) => {
      const text = await redis.info('replication').catch(() => '')
      return text.includes('role:master') || text.includes('master_link_status:up')
    }
    // On a busy machine a server may take longer to answer than tests wait for it.
    const look = async () => {
      const up = await Promise.all(this.#group.nodes.map(isUp))
      if (!up.every(Boolean) || (await this.#group.replicas()).length === 0) return undefined
      return this.#group.primary()
    }
    const primary = await eventually(() => look().catch(() => undefined), Boolean, 120_000)
    return primary as Node
  }
}

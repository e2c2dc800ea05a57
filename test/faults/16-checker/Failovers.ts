import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Group, Node } from '../../setup/redisGroups.ts'
import { eventually } from '../../support/eventually.ts'
import { moveSlot } from '../../support/moveSlot.ts'
import type { Random } from '../../support/random.ts'
import type { Cluster } from './cluster.ts'
import { type GroupKind, OF_CLUSTER, OF_GROUP } from './kinds.ts'

/** Longer than a lease of the primary, and its margin. */
const LONG_MS = 8_000
/** Until what was asked of the api is in the queue, and in the queue of the replica. */
const QUEUED_MS = 500
/** How long a primary serves though it hears no other node. */
const ALONE_MS = 15_000
/** How long processes may take to start, and to do what waits for them. */
const STARTED_MS = 12_000

/** Lets other servers take the place of the primary's, in a group of Sentinels or a Cluster. */
export class Failovers {
  readonly #group: Group
  readonly #cluster: Cluster
  readonly #random: Random

  constructor(group: Group, cluster: Cluster, random: Random) {
    this.#group = group
    this.#cluster = cluster
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
      await this.#stopped([ofNode(before)], async () => {
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
      await this.#stopped((this.#random.chance(0.5) ? others : follow).map(ofNode), () => this.#pause())
    }
    await this.#untilWhole()
  }

  /**
   * Nobody tells the primary that a replica takes its place, and who uses it is stopped. One worker and one verifier
   * start then: they know only the new primary, and end there what waits in its queue. `end` asks for that. As soon as
   * it `hasEnded` the others go on, with what they have just been asked, and with the first primary, which has its
   * lease.
   */
  async takeOverBeside(end: () => Promise<void>, hasEnded: () => boolean): Promise<void> {
    const before = await this.#untilWhole()
    const replica = await this.#replica()
    const { workers } = this.#cluster
    const [worker, ...others] = workers
    const verifiers = [...this.#cluster.verifiers]
    const verifier = verifiers.pop()
    const [, timeout = ''] = (await before.redis.config('GET', 'cluster-node-timeout')) as string[]
    await before.redis.config('SET', 'cluster-node-timeout', ALONE_MS)
    for (const one of verifiers) one.isHeld = true
    for (const one of workers) one.process.child.kill('SIGSTOP')
    const ending = end()
    await delay(QUEUED_MS)
    this.#group.split?.([before])
    // One that is stopped for longer would hold locks in Postgres.
    await Promise.all(others.map((one) => one.process.kill()))
    // Another fault may restart one meanwhile: what was stopped has ended then.
    await this.#stopped(verifiers.map(ofProcess), async () => {
      const until = performance.now() + STARTED_MS
      await Promise.all([this.#group.takeOver(replica), worker?.restart(), verifier?.restart()])
      while (!hasEnded() && performance.now() < until) await delay(10)
    })
    for (const one of verifiers) one.isHeld = false
    await ending
    await Promise.all(others.map((one) => one.restart()))
    this.#group.split?.(undefined)
    await before.redis.config('SET', 'cluster-node-timeout', timeout)
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

  async #stopped(all: Signal[], meanwhile: () => Promise<unknown>): Promise<void> {
    for (const signal of all) signal('SIGSTOP')
    try {
      await meanwhile()
    } finally {
      for (const signal of all) signal('SIGCONT')
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

/** Sends it to the process that was meant when this was made. */
type Signal = (signal: NodeJS.Signals) => void

function ofNode({ pid }: Node): Signal {
  return (signal) => process.kill(pid, signal)
}

/** To none, if it has ended by then. */
function ofProcess({ child }: { child: ChildProcess }): Signal {
  return (signal) => child.kill(signal)
}

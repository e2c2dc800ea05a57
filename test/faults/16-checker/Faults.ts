import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../support/random.ts'
import type { Cluster, RegionName, RegionServer } from './cluster.ts'
import { Failovers } from './Failovers.ts'
import type { Histories } from './Histories.ts'
import { type Kept, KeptKeys } from './KeptKeys.ts'
import {
  type GroupKind,
  type Kind,
  type MembershipKind,
  OF_MEMBERSHIP,
  OF_PROCESSES,
  OF_REGIONS,
  type ProcessKind,
  type RegionKind,
} from './kinds.ts'
import { Memberships } from './Memberships.ts'
import type { Oracle } from './Oracle.ts'
import { RedisFiles } from './RedisFiles.ts'
import { Roads } from './Roads.ts'

/** So many times longer are the pauses between faults: more histories run in the same time. */
const PAUSES = Number(process.env.CHECKER_PAUSES ?? 1)
/** So many commands are done between two faults of processes, however slow the machine is; or so much time passes. */
const COMMANDS_BETWEEN = 10
const LONGEST_BETWEEN_MS = 15_000

/** Does to the service what machines, networks and operators do to it, at random, until it is stopped. */
export class Faults {
  /** How often each was done; one of a membership only where keys ended meanwhile. */
  readonly counts: Partial<Record<Kind, number>> = {}
  readonly #cluster: Cluster
  readonly #histories: Histories
  readonly #oracle: Oracle
  readonly #random: Random
  readonly kept: KeptKeys
  readonly files: RedisFiles
  readonly #memberships: Memberships
  readonly #roads: Roads
  readonly #failovers: Failovers | undefined
  readonly #only: Kind[] | undefined
  /** Something is being done to them. */
  readonly #struck = new Set<RegionName>()
  /** They are away, or what they know is. */
  readonly #away = new Set<RegionName>()
  #isEnough = () => false
  #stopped = false

  /** `only`: no other kinds. */
  constructor(cluster: Cluster, histories: Histories, oracle: Oracle, random: Random, only?: Kind[]) {
    this.#cluster = cluster
    this.#histories = histories
    this.#oracle = oracle
    this.#random = random
    this.kept = new KeptKeys(cluster, histories, oracle, random)
    this.files = new RedisFiles(random)
    this.#memberships = new Memberships(cluster, random)
    this.#roads = new Roads(cluster, random)
    this.#failovers = cluster.group && new Failovers(cluster.group, cluster, random)
    this.#only = only
  }

  /** Whether each way to leave and come back was gone once. */
  get hadEachMembership(): boolean {
    return Object.keys(this.#ofMembership).every((kind) => (this.counts[kind as MembershipKind] ?? 0) > 0)
  }

  /** A group's primary is not switched to another group. */
  get #ofMembership(): Partial<Record<MembershipKind, number>> {
    const { 'primary switched': switched, ...others } = OF_MEMBERSHIP
    return this.#failovers ? others : { ...others, 'primary switched': switched }
  }

  /** Late jobs would put right what the region must put right itself. */
  isAway(region: RegionName): boolean {
    return this.#away.has(region)
  }

  /**
   * Strikes until the task is done; everything runs and every proxy is open then. Once it `isEnough`, only memberships
   * strike: what is missing of them then comes sooner.
   */
  async during(task: () => Promise<void>, isEnough = () => false): Promise<void> {
    this.#isEnough = isEnough
    const striking = [
      this.#keepOn(
        OF_PROCESSES,
        [300, 2_500],
        this.#untilEnough((kind) => this.#strikeProcess(kind)),
      ),
      this.#keepOn(
        OF_REGIONS,
        [100, 1_500],
        this.#untilEnough((kind) => this.#strikeRegion(kind)),
      ),
      this.#keepOn(this.#ofMembership, [500, 3_000], (kind) => this.#strikeMembership(kind)),
      this.#keepOn(this.#failovers?.kinds ?? {}, [5_000, 20_000], (kind) => this.#strikeGroup(kind)),
    ]
    for (const one of striking) one.catch(() => {})
    try {
      await Promise.race([task(), Promise.all(striking)])
    } finally {
      this.#stopped = true
      await Promise.all(striking)
      await this.#memberships.close()
    }
  }

  #untilEnough<Some extends Kind>(strike: (kind: Some) => Promise<void>): (kind: Some) => Promise<boolean> {
    return async (kind) => {
      if (this.#isEnough()) return false
      await strike(kind)
      return true
    }
  }

  async #keepOn<Some extends Kind>(
    weights: Partial<Record<Some, number>>,
    [least, most]: [number, number],
    strike: (kind: Some) => Promise<boolean>,
  ): Promise<void> {
    const random = this.#random
    let ahead: Some[] = []
    while (!this.#stopped) {
      // Each round has every kind in it, and a while without any at its end.
      if (ahead.length === 0) {
        const round = Object.entries(weights as Record<string, number>)
          .filter(([kind]) => this.#only?.includes(kind as Kind) ?? true)
          .flatMap(([kind, times]) => Array(times).fill(kind))
        if (round.length === 0) return
        // What has not been done yet comes first.
        ahead = random
          .shuffle(round as Some[])
          .toSorted((one, other) => Number(!this.counts[one]) - Number(!this.counts[other]))
        await delay(random.between(500, 3_000))
      }
      const kind = ahead.pop()
      if (!kind || this.#stopped) continue
      if (await strike(kind)) this.counts[kind] = (this.counts[kind] ?? 0) + 1
      await delay(random.between(least, most) * PAUSES)
    }
  }

  async #strikeProcess(kind: ProcessKind): Promise<void> {
    const { commands } = this.#histories
    const enough = commands.done + COMMANDS_BETWEEN
    await this.#stopOrRestart(kind)
    const until = performance.now() + LONGEST_BETWEEN_MS
    while (!this.#stopped && commands.done < enough && performance.now() < until) await delay(50)
  }

  async #stopOrRestart(kind: ProcessKind): Promise<void> {
    const random = this.#random
    if (kind === 'verifier stopped') {
      const { child, name } = random.pick(this.#cluster.verifiers)
      await this.#pause(
        child,
        name,
        random.chance(0.8) ? random.between(50, 1_500) : random.between(1_500, 5_000),
      )
      return
    }
    const worker = random.pick(this.#cluster.workers)
    if (kind === 'worker stopped') {
      await this.#pause(worker.process.child, worker.name, random.between(300, 4_000))
      return
    }
    this.#oracle.note(`${worker.name} is killed`)
    await worker.restart()
  }

  async #strikeGroup(kind: GroupKind): Promise<boolean> {
    await this.#striking('primary', kind, async () => {
      if (kind === 'taken over beside it') await this.#takeOverBeside(kind)
      else await this.#failovers?.strike(kind)
      this.#oracle.note(`primary: over: ${kind}`)
      await this.#histories.recheck('primary', this.#random, kind)
    })
    return true
  }

  async #takeOverBeside(kind: GroupKind): Promise<void> {
    await this.#leaving('primary', kind, async (meanwhile, { ending }) => {
      const hasEnded = () => ending.some(({ key }) => key.endedAt < Number.POSITIVE_INFINITY)
      await this.#failovers?.takeOverBeside(meanwhile, hasEnded)
    })
  }

  async #pause(
    child: { kill: (signal: NodeJS.Signals) => boolean },
    name: string,
    ms: number,
  ): Promise<void> {
    this.#oracle.note(`${name} is stopped`)
    child.kill('SIGSTOP')
    await delay(ms)
    child.kill('SIGCONT')
    this.#oracle.note(`${name} goes on`)
  }

  async #strikeRegion(kind: RegionKind): Promise<void> {
    const random = this.#random
    // The primary has the queues, too: everything waits for it.
    const name =
      !this.#failovers && random.chance(0.12) && !this.#struck.has('primary')
        ? 'primary'
        : this.#pickFurther()
    await this.#striking(name, kind, async () => {
      const region = this.#cluster.regions.find((one) => one.name === name)!
      if (kind === 'Redis killed') await this.files.restart(region)
      else if (kind === 'older file restored') await this.#restore(region)
      else if (kind === 'FLUSHALL') await this.files.flush(region)
      else if (kind !== 'workers cut off apart') await this.#roads.block(name, kind)
      else
        await this.#roads.cutApart(name, () =>
          this.#histories.recheck(name, random, 'what was late has arrived'),
        )
      this.#oracle.note(`${name}: over: ${kind}`)
      await this.#histories.recheck(name, random, kind)
      if (random.chance(0.3)) await this.files.copy(random.pick(this.#cluster.regions))
    })
  }

  /** Whether keys ended meanwhile: a fault during which none did tests nothing. */
  async #strikeMembership(kind: MembershipKind): Promise<boolean> {
    const random = this.#random
    const further = this.#pickFurther()
    const name =
      kind === 'primary switched' || (kind === 'states swept' && !this.#failovers && random.chance(0.3))
        ? 'primary'
        : further
    while (this.#struck.has(name)) await delay(50)
    let ended = 0
    await this.#striking(name, kind, async () => {
      ended = await this.#leaving(name, kind, async (meanwhile) => {
        if (kind === 'primary switched') await this.#memberships.switchPrimary(meanwhile)
        else if (kind === 'states swept') await this.#memberships.sweep(name, meanwhile)
        else if (kind === 'removed and added again') await this.#memberships.removeAndAdd(further, meanwhile)
        else if (kind === 'renamed') await this.#memberships.rename(further, meanwhile)
        else await this.#memberships.lapseForLong(further, meanwhile)
      })
      await this.#histories.recheck(name, random, kind)
    })
    return ended > 0
  }

  /** Keys that the region knows end while it, or what it knows, is away. Returns how many did. */
  async #leaving(
    name: RegionName,
    kind: Kind,
    leave: (meanwhile: () => Promise<void>, kept: Kept) => Promise<void>,
  ): Promise<number> {
    this.#away.add(name)
    let ended = 0
    try {
      const kept = await this.kept.keep(name)
      await leave(async () => {
        ended = await this.kept.end(kept)
      }, kept)
      this.#oracle.note(`${name}: over: ${kind}`)
      await this.kept.comeBack(kept, kind)
      return ended
    } finally {
      this.#away.delete(name)
    }
  }

  /** Nothing else is done to the region until the task is over. */
  async #striking(name: RegionName, kind: Kind, task: () => Promise<void>): Promise<void> {
    this.#struck.add(name)
    this.#oracle.note(`${name}: ${kind}`)
    await task().finally(() => this.#struck.delete(name))
  }

  #pickFurther(): 'eu' | 'us' {
    return this.#random.pick((['eu', 'us'] as const).filter((one) => !this.#struck.has(one)))
  }

  /** A file of whenever it was copied last, or of just before keys ended. */
  async #restore(region: RegionServer): Promise<void> {
    if (this.files.has(region.name) && this.#random.chance(0.3)) return this.files.restart(region, true)
    await this.#leaving(region.name, 'older file restored', async (meanwhile) => {
      // Its file is a second behind at most.
      await delay(1_200)
      await this.files.copy(region)
      await meanwhile()
      await this.files.restart(region, true)
    })
  }
}

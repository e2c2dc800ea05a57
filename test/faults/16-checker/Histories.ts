import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createRandom, type Random } from '../../support/random.ts'
import { type Cluster, REGIONS, type RegionName, type VerifierProcess } from './cluster.ts'
import { Commands } from './commands.ts'
import { type Oracle, resuming, type TrackedKey, trackAccount, trackKey } from './Oracle.ts'
import { type SlowFill, SlowFills } from './SlowFills.ts'
import { within } from './within.ts'

const HELD_FILLS = 40
/** A region that was struck decides again within this, in most cases. */
const DECIDES_MS = 8_000

/**
 * Randomized histories: each creates a key, shows it to verifiers, renames or rotates it perhaps, and revokes it while
 * verifiers are busy with it; then every verifier is asked again, at once and later. Some create an account with a key
 * instead, suspend it and resume it.
 */
export class Histories {
  readonly commands: Commands
  readonly fills: SlowFills
  /** Keys whose end was answered, oldest first. */
  readonly ended: TrackedKey[] = []
  /** Histories in which a key was revoked, and its revocation answered. */
  finished = 0
  abandoned = 0
  rotated = 0
  renamed = 0
  suspended = 0
  resumed = 0
  /** Revocations by what their answers say of the regions. */
  readonly outcomes: Record<string, number> = {}
  readonly #cluster: Cluster
  readonly #oracle: Oracle
  readonly #seed: number
  /** Fills that wait for their region to begin a new epoch. */
  readonly #forEpoch = new Map<RegionName, { fill: SlowFill; key: TrackedKey }[]>(
    REGIONS.map((name) => [name, []]),
  )

  constructor(cluster: Cluster, oracle: Oracle, seed: number) {
    this.#cluster = cluster
    this.#oracle = oracle
    this.#seed = seed
    this.commands = new Commands(cluster)
    this.fills = new SlowFills(cluster.filler)
  }

  /** Runs them, so many at once, until it is over. */
  async run(atOnce: number, isOver: () => boolean): Promise<void> {
    let started = 0
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (!isOver()) {
          const random = createRandom(this.#seed + ++started * 7_919)
          if (await this.#one(random)) this.finished += 1
          else this.abandoned += 1
        }
      }),
    )
  }

  /**
   * Asks a region's verifiers about the keys that ended last and some others, several times: something has happened
   * there.
   */
  async recheck(region: RegionName, random: Random, why: string): Promise<void> {
    const due = this.#forEpoch.get(region)?.splice(0) ?? []
    const verifiers = this.#cluster.verifiers.filter((one) => one.region === region)
    await Promise.all(
      due.map(async ({ fill, key }) => {
        await this.fills.write(fill)
        key.trace.push([performance.now(), `a slow fill of ${region} arrives after: ${why}`])
        for (const verifier of verifiers)
          await this.#oracle.verify(key, verifier, random, `slow fill, ${why}`)
      }),
    )
    const late = performance.now() + DECIDES_MS
    for (let round = 0; round < 10; ) {
      const keys = [...this.ended.slice(-50), ...this.#anyEnded(random, 20)]
      const decides = await Promise.all(verifiers.map((one) => this.#askAbout(keys, one, random, why)))
      if (decides.includes(true) || performance.now() > late) round += 1
      // Often at first: what went wrong may be put right within a quarter of a lease.
      await delay(round < 5 ? random.between(10, 60) : random.between(100, 500))
    }
  }

  /** Resolves with whether it decides now. One that cannot decide about the first key cannot about the others. */
  async #askAbout(
    [first, ...others]: TrackedKey[],
    verifier: VerifierProcess,
    random: Random,
    why: string,
  ): Promise<boolean> {
    if (!first) return true
    if ((await this.#oracle.verify(first, verifier, random, why)) === undefined) return false
    await Promise.all(others.map((key) => this.#oracle.verify(key, verifier, random, why)))
    return true
  }

  /** Asks every verifier about ended keys, `size` of them, until each has answered. */
  async recheckAll(size: number, random: Random): Promise<void> {
    const keys = [...this.ended.slice(-size / 2), ...this.#anyEnded(random, size / 2)]
    let next = 0
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let key = keys[next++]; key; key = keys[next++]) {
          for (const verifier of this.#cluster.verifiers) {
            let answered: boolean | undefined
            for (let tries = 0; answered === undefined && tries < 50; tries++) {
              answered = await this.#oracle.verify(key, verifier, random, 'at last')
              if (answered === undefined) await delay(100)
            }
          }
        }
      }),
    )
  }

  /** Asks about ended keys all the time, as whoever has got hold of one would. */
  async keepChecking(random: Random, stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      const verifier = random.pick(this.#cluster.verifiers)
      const key = random.chance(0.7)
        ? this.ended.at(-random.between(1, 200))
        : this.ended[random.between(0, this.ended.length)]
      if (key) await this.#oracle.verify(key, verifier, random, 'now and then')
      await delay(random.between(1, 20))
    }
  }

  #anyEnded(random: Random, size: number): TrackedKey[] {
    if (this.ended.length === 0) return []
    return Array.from({ length: size }, () => random.pick(this.ended))
  }

  async #one(random: Random): Promise<boolean> {
    if (random.chance(0.25)) return this.#suspension(random)
    const adminKey = random.pick(this.#cluster.adminKeys)
    const type = random.chance(0.8) ? 'live' : 'test'
    const created = await this.commands.run(random, adminKey, 'POST', '/api-keys', { name: 'A key', type })
    let key = trackKey(created, 'created')
    if (!key) return false
    await this.#warm(key, random)
    while (random.chance(0.15)) {
      const successor = await this.#end(key, random, adminKey, 'rotate')
      if (!successor) break
      this.rotated += 1
      key = successor
      await this.#warm(key, random)
    }
    if (random.chance(0.15)) await this.#rename(key, random, adminKey)
    await this.#end(key, random, adminKey, 'revoke')
    return key.endedAt < Number.POSITIVE_INFINITY
  }

  /** An account is suspended and resumed, until it stays suspended. */
  async #suspension(random: Random): Promise<boolean> {
    const { operatorToken } = this.#cluster
    const body = { name: 'An account', plan: 'enterprise', adminKey: true }
    const created = await this.commands.run(random, operatorToken, 'POST', '/accounts', body)
    const key = trackAccount(created)
    if (!key) return false
    await this.#warm(key, random)
    for (;;) {
      await this.#end(key, random, operatorToken, 'suspend')
      if (key.endedAt === Number.POSITIVE_INFINITY) return false
      this.suspended += 1
      if (random.chance(0.4)) return true
      const fill = random.chance(0.3) ? await this.fills.read(random.pick(REGIONS), key.id) : undefined
      const { resumed } = resuming(key)
      const path = `/accounts/${key.accountId}/resume`
      const outcome = await this.commands.run(random, operatorToken, 'POST', path, {}, randomUUID())
      if (!outcome.done) return false
      resumed()
      this.resumed += 1
      if (fill) await this.fills.write(fill)
      await this.#warm(key, random)
    }
  }

  /** Verifiers come to know the key. */
  async #warm(key: TrackedKey, random: Random): Promise<void> {
    await Promise.all(
      this.#cluster.verifiers
        .filter(() => random.chance(0.85))
        .map((verifier) => within(2_000, this.#oracle.verify(key, verifier, random, 'before'))),
    )
  }

  async #rename(key: TrackedKey, random: Random, adminKey: string): Promise<void> {
    const renaming = this.commands.run(random, adminKey, 'PATCH', `/api-keys/${key.id}`, { name: 'Renamed' })
    if (random.chance(0.5)) await this.#warm(key, random)
    const { done } = await renaming
    if (done) this.renamed += 1
    key.trace.push([performance.now(), done ? 'renamed' : 'perhaps renamed'])
  }

  /**
   * Revokes or rotates a key, or suspends its account, while verifiers are busy with it. Resolves with the new key of a
   * rotation.
   */
  async #end(
    key: TrackedKey,
    random: Random,
    adminKey: string,
    how: 'revoke' | 'rotate' | 'suspend',
  ): Promise<TrackedKey | undefined> {
    const { verifiers } = this.#cluster
    const fill = random.chance(0.3) ? await this.fills.read(random.pick(REGIONS), key.id) : undefined
    if (fill) key.trace.push([performance.now(), `a slow fill of ${fill.region} has read it`])
    const over = new AbortController()
    const busy = random.shuffle([...verifiers]).slice(0, random.between(1, 4))
    const loops = busy.map(async (verifier) => {
      let pause = random.between(1, 20)
      while (!over.signal.aborted) {
        await this.#oracle.verify(key, verifier, random, 'busy')
        await delay(pause, undefined, over).catch(() => {})
        pause = Math.min(pause * 1.8, 3_000)
      }
      await this.#oracle.verify(key, verifier, random, 'busy, after')
    })
    await delay(random.between(0, 30))
    key.endingAt = performance.now()
    key.trace.push([key.endingAt, `${how} is asked for`])
    const path = how === 'suspend' ? `/accounts/${key.accountId}/suspend` : `/api-keys/${key.id}/${how}`
    // A suspension that is done late would undo what resumed it.
    const once = how === 'suspend' ? randomUUID() : undefined
    const ask = async () => {
      const outcome = await this.commands.run(random, adminKey, 'POST', path, {}, once)
      const at = performance.now()
      key.trace.push([at, outcome.done ? `${how} is answered: ${outcome.how}` : `${how}: ${outcome.why}`])
      if (outcome.done && at < key.endedAt) {
        key.endedAt = at
        over.abort()
        const { fanOut } = outcome.result
        if (fanOut) key.trace.push([at, JSON.stringify(fanOut)])
        for (const { region, outcome: word } of fanOut?.regions ?? []) {
          this.outcomes[`${region} ${word}`] = (this.outcomes[`${region} ${word}`] ?? 0) + 1
        }
      }
      return outcome
    }
    const asked = [ask(), ...(how === 'revoke' && random.chance(0.15) ? [ask()] : [])]
    const outcome = await Promise.race(asked)
    const isEnded = () => key.endedAt < Number.POSITIVE_INFINITY
    if (isEnded()) {
      this.ended.push(key)
      await Promise.all(
        verifiers.map((one) => within(3_000, this.#oracle.verify(key, one, random, 'at once'))),
      )
    }
    await Promise.all(asked)
    over.abort()
    if (isEnded() && fill) await this.#land(fill, key, random)
    await Promise.all(loops.map((loop) => within(3_000, loop)))
    return how === 'rotate' ? trackKey(outcome, `made by rotating ${key.id}`) : undefined
  }

  /** Lets a slow fill arrive: soon, or once its region has begun a new epoch. */
  async #land(fill: SlowFill, key: TrackedKey, random: Random): Promise<void> {
    const { region } = fill
    const waiting = this.#forEpoch.get(region) ?? []
    if (random.chance(0.3)) {
      waiting.push({ fill, key })
      if (waiting.length <= HELD_FILLS) return
      const oldest = waiting.shift()
      if (oldest) await this.fills.write(oldest.fill)
      return
    }
    if (random.chance(0.5)) await delay(random.between(0, 500))
    await this.fills.write(fill)
    key.trace.push([performance.now(), `the slow fill of ${region} arrives`])
    const near = this.#cluster.verifiers.filter((one) => one.region === region)
    await Promise.all(
      near.map((one) => within(3_000, this.#oracle.verify(key, one, random, 'after a slow fill'))),
    )
  }
}

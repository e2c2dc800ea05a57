import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../support/random.ts'
import type { Cluster, RegionName, VerifierProcess } from './cluster.ts'
import type { Outcome } from './commands.ts'
import type { Histories } from './Histories.ts'
import { type Oracle, type TrackedKey, trackAccount, trackKey } from './Oracle.ts'
import type { SlowFill } from './SlowFills.ts'
import { within } from './within.ts'

const SIZE = 4
const AGAIN_MS = 200

/** `end`: who ends it, and by which call. */
type Known = { key: TrackedKey; end: { secret: string; path: string }; fill: SlowFill | undefined }

/** What a region knows when it, or what it knows, goes away. */
export type Kept = {
  region: RegionName
  /**
   * They end meanwhile. Nobody asks for them until what was read of them before has arrived: that might bring their
   * end.
   */
  ending: Known[]
  /** It does not end, and tells when the region decides again. */
  witness: TrackedKey | undefined
}

/**
 * Directed histories: a region knows keys as active; it, or what it knows, goes away; the keys are revoked, or their
 * accounts suspended, and the answer says so; it comes back. Now a fill arrives that has read the keys before their
 * end, and the region's verifiers are asked.
 */
export class KeptKeys {
  /** Keys that ended while their region was away. */
  ended = 0
  readonly #cluster: Cluster
  readonly #histories: Histories
  readonly #oracle: Oracle
  readonly #random: Random

  constructor(cluster: Cluster, histories: Histories, oracle: Oracle, random: Random) {
    this.#cluster = cluster
    this.#histories = histories
    this.#oracle = oracle
    this.#random = random
  }

  /** Creates keys; each has been accepted by the region's verifiers, and read by a slow fill. */
  async keep(region: RegionName): Promise<Kept> {
    const known = await Promise.all(Array.from({ length: SIZE + 1 }, () => this.#create(region)))
    const [witness, ...ending] = known.flatMap((one) => one ?? [])
    return { region, ending, witness: witness?.key }
  }

  /**
   * Revokes them; verifiers that still decide there are asked at once. Returns how many have ended, when the answers
   * are there; after some seconds in any case.
   */
  async end({ region, ending }: Kept): Promise<number> {
    const verifiers = this.#verifiersIn(region)
    let ended = 0
    const revoking = ending.map(async ({ key, end }) => {
      key.endingAt = performance.now()
      const outcome = await this.#askTwice(end)
      if (!outcome.done) return
      key.endedAt = performance.now()
      key.trace.push([
        key.endedAt,
        `${end.path} is answered: ${outcome.how} ${JSON.stringify(outcome.result.fanOut)}`,
      ])
      this.ended += 1
      ended += 1
      await Promise.all(verifiers.map((one) => this.#oracle.verify(key, one, this.#random, 'at once')))
    })
    await within(15_000, Promise.all(revoking))
    return ended
  }

  /** Asked again, it is a 409 with its operation, which says that it is done before a slow first answer does. */
  async #askTwice({ secret, path }: Known['end']): Promise<Outcome> {
    const once = randomUUID()
    const ask = () => this.#histories.commands.run(this.#random, secret, 'POST', path, {}, once)
    return Promise.race([ask(), delay(AGAIN_MS).then(ask)])
  }

  /** The region is back: what was read before arrives, and its verifiers are asked as soon as they decide. */
  async comeBack({ region, ending, witness }: Kept, why: string): Promise<void> {
    const verifiers = this.#verifiersIn(region)
    if (witness)
      await within(20_000, Promise.all(verifiers.map((one) => this.#untilDecided(witness, one, why))))
    const asking = ending.map(async ({ key, fill }) => {
      if (fill) await this.#histories.fills.write(fill)
      key.trace.push([performance.now(), `a slow fill of ${region} arrives after: ${why}`])
      await within(10_000, Promise.all(verifiers.map((one) => this.#untilDecided(key, one, why))))
      if (key.endedAt < Number.POSITIVE_INFINITY) this.#histories.ended.push(key)
    })
    await Promise.all(asking)
  }

  async #create(region: RegionName): Promise<Known | undefined> {
    const made = this.#random.chance(0.3) ? await this.#createAccount() : await this.#createKey()
    if (!made) return undefined
    const { key, end } = made
    const warming = this.#verifiersIn(region).map((one) => this.#untilDecided(key, one, 'before'))
    await within(10_000, Promise.all(warming))
    return { key, end, fill: await this.#histories.fills.read(region, key.id) }
  }

  async #createKey(): Promise<Omit<Known, 'fill'> | undefined> {
    const secret = this.#random.pick(this.#cluster.adminKeys)
    const body = { name: 'A kept key', type: 'live' }
    const created = await this.#histories.commands.run(this.#random, secret, 'POST', '/api-keys', body)
    const key = trackKey(created, 'created, to be kept')
    return key && { key, end: { secret, path: `/api-keys/${key.id}/revoke` } }
  }

  async #createAccount(): Promise<Omit<Known, 'fill'> | undefined> {
    const { operatorToken: secret } = this.#cluster
    const body = { name: 'A kept account', plan: 'enterprise', adminKey: true }
    const key = trackAccount(
      await this.#histories.commands.run(this.#random, secret, 'POST', '/accounts', body),
    )
    return key && { key, end: { secret, path: `/accounts/${key.accountId}/suspend` } }
  }

  async #untilDecided(key: TrackedKey, verifier: VerifierProcess, why: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if ((await this.#oracle.verify(key, verifier, this.#random, why)) !== undefined) return
      await delay(100)
    }
  }

  #verifiersIn(region: RegionName): VerifierProcess[] {
    return this.#cluster.verifiers.filter((one) => one.region === region)
  }
}

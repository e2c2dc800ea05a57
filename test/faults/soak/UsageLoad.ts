import { setTimeout as delay } from 'node:timers/promises'
import type { EventReport } from '../../../src/api/acceptEvents.ts'
import type { KeyVerifier } from '../../../src/verifier/createVerifier.ts'
import { runSql } from '../../setup/runSql.ts'
import { askLibrary } from '../../support/libraries.ts'
import { type Sender, sendSurely } from '../../support/sendSurely.ts'
import { sendBatch } from '../../support/sendUsage.ts'
import type { Cluster } from '../16-checker/cluster.ts'

const BATCH = 40
/** Of the events of a batch, those that were sent before. */
const AGAIN = 0.3
/** How long ago a reported request was, at most, in ms. */
const LATE_MS = 30 * 60_000

type Key = { id: string; value: string; admitted: number; unknown: number }

/** Verifies keys at every verifier and in a library, and reports usage of another key; knows what must be counted. */
export class UsageLoad {
  readonly #cluster: Cluster
  readonly #library: KeyVerifier
  readonly #sender: Sender
  readonly #keys: Key[]
  readonly #reported: { id: string; events: EventReport[] }

  private constructor(cluster: Cluster, library: KeyVerifier, sender: Sender, made: Key[], reported: string) {
    this.#cluster = cluster
    this.#library = library
    this.#sender = sender
    this.#keys = made
    this.#reported = { id: reported, events: [] }
  }

  /** `operator` may create what the load needs. */
  static async begin(cluster: Cluster, library: KeyVerifier, operator: Sender): Promise<UsageLoad> {
    const body = { name: 'Usage', plan: 'enterprise' }
    const account = await sendSurely(operator, { method: 'POST', path: '/accounts', body }, 'usage')
    const accountId: string = account.body.account.id
    const create = async (_: unknown, place: number) => {
      const call = { method: 'POST', path: '/api-keys', accountId } as const
      const named = { ...call, body: { name: `Key ${place}`, type: 'live' } }
      const { body: made } = await sendSurely(operator, named, `usage-key-${place}`)
      return { id: made.id as string, value: made.key as string, admitted: 0, unknown: 0 }
    }
    const [reported, ...keys] = await Promise.all(Array.from({ length: 9 }, create))
    const sender = { ...operator, token: cluster.serviceToken }
    return new UsageLoad(cluster, library, sender, keys, reported?.id ?? '')
  }

  async run(isOver: () => boolean): Promise<void> {
    const asking = this.#cluster.verifiers.map((verifier) => async ({ value }: Key) => {
      const answer = await verifier.http.request({
        path: '/verify',
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.#cluster.serviceToken}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ key: value }),
      })
      const { valid } = (await answer.body.json()) as { valid?: boolean }
      return answer.statusCode === 200 ? valid : undefined
    })
    const inLibrary = async ({ value }: Key) => (await askLibrary(this.#library, value))?.valid
    await Promise.all([
      ...[...asking, inLibrary].map((ask) => this.#verify(ask, isOver)),
      this.#report(isOver),
    ])
  }

  async #verify(ask: (key: Key) => Promise<boolean | undefined>, isOver: () => boolean): Promise<void> {
    const { random } = this.#sender
    for (; !isOver(); await delay(random.between(5, 50))) {
      const key = random.pick(this.#keys)
      const valid = await ask(key).catch(() => undefined)
      if (valid === undefined) key.unknown += 1
      else if (valid) key.admitted += 1
      else throw new Error(`The key ${key.id} was refused.`)
    }
  }

  async #report(isOver: () => boolean): Promise<void> {
    const { random } = this.#sender
    const { id: keyId, events } = this.#reported
    while (!isOver()) {
      const batch = Array.from({ length: BATCH }, () => {
        if (events.length > 0 && random.chance(AGAIN)) return random.pick(events)
        const at = new Date(Date.now() - random.between(0, LATE_MS)).toISOString()
        const event = { id: `soak-${events.length}`, at, keyId, status: 200 }
        events.push(event)
        return event
      })
      const { status, body } = await sendBatch(this.#sender, random.shuffle(batch))
      if (status !== 202) throw new Error(`A report: ${status} ${JSON.stringify(body)}`)
      await delay(random.between(50, 200))
    }
  }

  get counts() {
    const sum = (name: 'admitted' | 'unknown') => this.#keys.reduce((all, key) => all + key[name], 0)
    return { admitted: sum('admitted'), unknown: sum('unknown'), reported: this.#reported.events.length }
  }

  /** What is counted otherwise than it must be. Of an answer that is lost nobody knows whether it counts. */
  async differences(): Promise<string[]> {
    const { id, events } = this.#reported
    const expected = [...this.#keys, { id, admitted: events.length, unknown: 0 }]
    const [rows = []] = await runSql(
      this.#cluster.databaseUrl,
      `select key_id, sum(requests)::int as requests from usage_minute group by key_id`,
    )
    const counted = new Map(rows.map(({ key_id, requests }) => [key_id, Number(requests)]))
    return expected.flatMap(({ id: keyId, admitted, unknown }) => {
      const requests = counted.get(keyId) ?? 0
      const isRight = requests >= admitted && requests <= admitted + unknown
      return isRight ? [] : [`${keyId}: ${requests} counted, ${admitted} admitted, ${unknown} unknown`]
    })
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { MINUTE_MS } from '../../../src/domain/time.ts'
import { runSql } from '../../setup/runSql.ts'
import { eventually } from '../../support/eventually.ts'
import { startReceiver } from '../../support/receivers.ts'
import { type Seeded, seedAlerts } from '../../support/seedAlerts.ts'
import type { Sender } from '../../support/sendSurely.ts'
import { sendBatch } from '../../support/sendUsage.ts'
import type { Cluster } from '../16-checker/cluster.ts'

const ACCOUNTS = 3
const KEYS = 4
/** The window of the rules is 5 minutes: by then a crossing is over, and its recovery noticed. */
const OVER_MS = 8 * MINUTE_MS
/** How long a notification may take while everything fails, and afterwards. */
const NOTIFIED_MS = 10 * MINUTE_MS

type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** Crosses alert rules, each again once it has recovered, and knows how often their receivers must have heard of it. */
export class AlertLoad {
  readonly #cluster: Cluster
  readonly #sender: Sender
  readonly #receiver: Receiver
  /** When each key crossed. */
  readonly #crossed = new Map<string, number[]>()

  private constructor(cluster: Cluster, sender: Sender, receiver: Receiver, seeded: Seeded[]) {
    this.#cluster = cluster
    this.#sender = sender
    this.#receiver = receiver
    for (const { keyIds } of seeded) for (const keyId of keyIds) this.#crossed.set(keyId, [])
  }

  static async begin(cluster: Cluster, operator: Sender): Promise<AlertLoad> {
    const receiver = await startReceiver()
    const url = (type: string, account: number) => `${receiver.url}/${type}/${account}`
    const seeded = await seedAlerts(cluster, { accounts: ACCOUNTS, keys: KEYS, url })
    return new AlertLoad(cluster, { ...operator, token: cluster.serviceToken }, receiver, seeded)
  }

  /** Each key crosses its rule at a random time, and again once that is over, until `lastMs` before `until`. */
  async run(until: number): Promise<void> {
    const { random } = this.#sender
    const cross = async (keyId: string, times: number[]) => {
      for (;;) {
        const firstMs = Math.min(OVER_MS, (until - Date.now()) / 2)
        await delay(random.between(0, firstMs))
        const event = { id: `${keyId}-${times.length}`, at: new Date().toISOString(), keyId, status: 200 }
        const { status } = await sendBatch(this.#sender, [event])
        if (status !== 202) throw new Error(`A report was answered ${status}`)
        times.push(Date.now())
        if (Date.now() + 2 * OVER_MS > until) return
        await delay(OVER_MS)
      }
    }
    await Promise.all([...this.#crossed].map(([keyId, times]) => cross(keyId, times)))
  }

  get crossings(): number {
    return [...this.#crossed.values()].reduce((sum, times) => sum + times.length, 0)
  }

  /**
   * What receivers have heard otherwise than they must: of each crossing once on each channel, and once of its
   * recovery. Waits until they have heard of each crossing.
   */
  async faults(): Promise<string[]> {
    const { crossings } = this
    await eventually(
      async () => this.#heard('alert.firing').length,
      (count) => count >= crossings,
      NOTIFIED_MS,
    )
    const [rows = []] = await runSql(
      this.#cluster.databaseUrl,
      `select key_id, count(*)::int as incidents, count(resolved_at)::int as resolved from incident group by key_id`,
    )
    const incidents = new Map(rows.map((row) => [row.key_id, row]))
    return [...this.#crossed].flatMap(([keyId, times]) => {
      const of = (type: string) => this.#heard(type).filter((one) => one === keyId).length
      const [fired, resolved] = [of('alert.firing'), of('alert.resolved')]
      const stored = incidents.get(keyId)
      const isRight =
        fired === times.length && stored?.incidents === times.length && resolved === stored?.resolved
      return isRight
        ? []
        : [
            `${keyId}: ${times.length} crossings, ${fired} fired, ${resolved} resolved, ${JSON.stringify(stored)}`,
          ]
    })
  }

  get notifications() {
    return { fired: this.#heard('alert.firing').length, resolved: this.#heard('alert.resolved').length }
  }

  /** Of which keys webhooks have heard this. What came again has the same ID. */
  #heard(type: string): string[] {
    const webhooks = this.#receiver.received.filter(({ path }) => path.startsWith('/webhook/'))
    const byId = new Map(
      webhooks.map(({ headers, body }) => [headers['webhook-id'], JSON.parse(String(body))]),
    )
    return [...byId.values()].flatMap(({ type: own, data }) => (own === type ? [data.key.id] : []))
  }

  stop(): Promise<unknown> {
    return this.#receiver.stop()
  }
}

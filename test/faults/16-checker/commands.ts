import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../support/random.ts'
import type { Cluster } from './cluster.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Body = any

/** A command's outcome as its caller learns it, however long that takes. */
export type Outcome =
  | { done: true; result: Body; secret?: string; how: string }
  /** Refused by a rule, or nobody knows: its connection was lost, or it took longer than the bound. */
  | { done: false; why: string }

type Command = [
  random: Random,
  adminKey: string,
  method: 'POST' | 'PATCH',
  path: string,
  body?: object,
  /** Sent again under it, a command is one and the same. */
  idempotencyKey?: string,
]

const BOUND_MS = 180_000

/** Asks any of the verifiers for changes, in the name of an account's admin or of the company. */
export class Commands {
  readonly #cluster: Cluster
  readonly counts = { answered: 0, accepted202: 0, unavailable: 0, unanswered: 0, refused: 0 }
  /** How many were done, and their callers know it. */
  done = 0
  readonly refusals: string[] = []
  #givenUp = false

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Nobody is interested in outcomes any more. */
  giveUp(): void {
    this.#givenUp = true
  }

  /** Sends it until it is taken; after a 202, asks for the operation until that is done. */
  async run(...command: Command): Promise<Outcome> {
    const outcome = await this.#untilKnown(...command)
    if (outcome.done) this.done += 1
    return outcome
  }

  async #untilKnown(...[random, adminKey, method, path, body, idempotencyKey]: Command): Promise<Outcome> {
    const until = performance.now() + BOUND_MS
    while (performance.now() < until && !this.#givenUp) {
      const answer = await this.#ask(random, adminKey, method, path, body, idempotencyKey)
      if (!answer && idempotencyKey) {
        await delay(random.between(100, 800))
        continue
      }
      if (!answer) return { done: false, why: 'no answer' }
      if (answer.status === 503) {
        await delay(random.between(100, 800))
        continue
      }
      if (answer.status === 409 && answer.body.operationId) {
        const { operationId: id } = answer.body
        return this.#follow(random, adminKey, { operation: { id } }, until)
      }
      if (answer.status === 202) {
        this.counts.accepted202 += 1
        return this.#follow(random, adminKey, answer.body, until)
      }
      if (answer.status < 300) {
        this.counts.answered += 1
        const secret = answer.body.key ?? answer.body.adminKey?.key
        return { done: true, result: answer.body, secret, how: String(answer.status) }
      }
      return this.#refusal(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    }
    return { done: false, why: 'not taken in time' }
  }

  async #follow(random: Random, adminKey: string, taken: Body, until: number): Promise<Outcome> {
    const { id } = taken.operation
    for (let pause = 100; performance.now() < until && !this.#givenUp; pause = Math.min(pause * 1.5, 1_000)) {
      await delay(pause)
      const answer = await this.#ask(random, adminKey, 'GET', `/operations/${id}`)
      if (answer?.status !== 200) continue
      if (answer.body.status === 'succeeded')
        return { done: true, result: answer.body.result, secret: taken.key, how: `202, then ${id}` }
      if (answer.body.status === 'failed') return this.#refusal(JSON.stringify(answer.body.problem))
    }
    return { done: false, why: `${id} was not done in time` }
  }

  #refusal(why: string): Outcome {
    this.counts.refused += 1
    if (this.refusals.length < 20) this.refusals.push(why.slice(0, 300))
    return { done: false, why }
  }

  async #ask(
    random: Random,
    adminKey: string,
    method: 'POST' | 'PATCH' | 'GET',
    path: string,
    body?: object,
    idempotencyKey?: string,
  ): Promise<{ status: number; body: Body } | undefined> {
    const { http } = random.pick(this.#cluster.verifiers.filter((one) => !one.isHeld))
    try {
      const { statusCode, body: stream } = await http.request({
        method,
        path,
        headers: {
          authorization: `Bearer ${adminKey}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const text = await stream.text()
      if (statusCode === 503) this.counts.unavailable += 1
      return { status: statusCode, body: text === '' ? {} : JSON.parse(text) }
    } catch {
      this.counts.unanswered += 1
      return undefined
    }
  }
}

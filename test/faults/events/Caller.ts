import { type AccountState, changeName, type EventOracle } from '../../support/EventOracle.ts'
import { readSurely, type Sender, sendOnce, sendSurely } from '../../support/sendSurely.ts'
import { type Believed, drawMove } from './moves.ts'

/**
 * How often a POST is sent until its outcome is known. Everything else is sent once, and the answer may be lost: a
 * repeated PATCH is another change.
 */
const SURELY = 0.6

/** Whoever makes one account and changes it, one change after the other. */
export class Caller {
  readonly #sender: Sender
  readonly #oracle: EventOracle
  readonly #believed: Believed
  readonly counts: Record<string, number> = {}

  private constructor(sender: Sender, oracle: EventOracle, accountId: string) {
    this.#sender = sender
    this.#oracle = oracle
    this.#believed = { accountId, keys: [], members: [], reason: undefined }
  }

  static async signUp(sender: Sender, oracle: EventOracle, name: string): Promise<Caller> {
    const call = { method: 'POST', path: '/accounts', body: { name, plan: 'enterprise' } } as const
    const { status, body } = await sendSurely(sender, call, name)
    if (status !== 201) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`)
    const { id } = body.account
    oracle.send(id)(changeName('account.created', id), 'done')
    return new Caller(sender, oracle, id)
  }

  /** Makes one change at random. */
  async step(step: string): Promise<void> {
    const { random } = this.#sender
    const { call, name, surely, done, tried } = drawMove({ believed: this.#believed, random, step })
    const settle = this.#oracle.send(this.#believed.accountId)
    const reply =
      surely || (call.method === 'POST' && random.chance(SURELY))
        ? await sendSurely(this.#sender, call, step)
        : await sendOnce(this.#sender, call)
    const outcome = reply === undefined ? 'unknown' : reply.status < 300 ? 'done' : 'refused'
    this.counts[outcome] = (this.counts[outcome] ?? 0) + 1
    if (outcome === 'refused' && ![403, 404, 409, 429].includes(reply?.status ?? 0))
      throw new Error(`${call.method} ${call.path}: ${reply?.status} ${JSON.stringify(reply?.body)}`)
    settle(outcome === 'unknown' ? name({}) : name(reply?.body), outcome)
    if (outcome === 'done') done?.(reply?.body)
    if (outcome !== 'refused') tried?.()
  }

  /** What the account is in the end. */
  async state(): Promise<[accountId: string, AccountState]> {
    const { accountId } = this.#believed
    const read = (path: string) =>
      readSurely(this.#sender, path, path.startsWith('/accounts') ? undefined : accountId)
    const account = (await read(`/accounts/${accountId}`)).body
    const { members } = (await read('/members')).body
    const keys: Record<string, unknown>[] = []
    for (let page = 1, hasNext = true; hasNext; page++) {
      const { body } = await read(`/api-keys?limit=100&page=${page}`)
      keys.push(...body.apiKeys)
      hasNext = body.pagination.hasNext
    }
    return [accountId, { account, keys, members }]
  }
}

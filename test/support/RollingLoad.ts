import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from './random.ts'
import { type Call, sendSurely } from './sendSurely.ts'

const PAUSE_MS = 25
const EVENTS_A_REPORT = 5

type Options = {
  /** The apis that a balancer would send a request to now. */
  urls: () => string[]
  adminKey: string
  serviceToken: string
  random: Random
  /** Between two keys whose life it goes through, in ms. */
  restMs?: number
}

type Key = { id: string; name: string; key: string }

/**
 * What callers do while processes are replaced: verifications, commands and reports, and what each must have led to. A
 * verification is sent to another api where a connection cannot be opened, as a balancer does it, and never otherwise.
 */
export class RollingLoad {
  /** Answers other than 200 VALID to a key that is active, and other than REVOKED to one that is revoked. */
  readonly refused: string[] = []
  /** Verifications of a key that were admitted, by key. */
  readonly verified = new Map<string, number>()
  /** Events that were acknowledged, by key. */
  readonly reported = new Map<string, number>()
  /** Verifications whose connection broke after they were sent: nobody knows whether they are counted. */
  broken = 0
  readonly names = new Map<string, string>()
  readonly revoked = new Map<string, string>()
  commands = 0
  reports = 0
  readonly #options: Options
  readonly #stable: Key[] = []
  #stopped = false
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: Options) {
    this.#options = options
  }

  /** Creates the keys that are verified all the time, and begins. */
  async start(keys: number): Promise<void> {
    for (let made = 0; made < keys; made++) this.#stable.push(await this.#create())
    this.#running = Promise.all([
      this.#repeat(() => this.#verifyOne()),
      this.#repeat(() => this.#verifyOne()),
      this.#repeat(() => this.#command(), this.#options.restMs),
      this.#repeat(() => this.#report()),
    ])
    this.#running.catch(() => {})
  }

  /** Resolves when each kind of work was done `times` more often. Throws what was refused by then. */
  async progress(times: number): Promise<void> {
    const before = { verified: this.#total(), commands: this.commands, reports: this.reports }
    const isDone = () =>
      this.#total() >= before.verified + 10 * times &&
      this.commands >= before.commands + times &&
      this.reports >= before.reports + times
    await Promise.race([
      this.#running.then(() => {
        throw new Error('The load ended')
      }),
      (async () => {
        while (!isDone() && this.refused.length === 0) await delay(PAUSE_MS)
      })(),
    ])
    if (this.refused.length > 0) throw new Error(this.refused.join('\n'))
  }

  /** Resolves when what is under way is done. Throws what ended a part of the load early. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  #total = () => [...this.verified.values()].reduce((sum, times) => sum + times, 0)

  async #repeat(task: () => Promise<unknown>, pauseMs = PAUSE_MS): Promise<void> {
    while (!this.#stopped) {
      await task()
      await delay(pauseMs)
    }
  }

  /** A change whose outcome must become known, however often it takes to ask. */
  async #change(method: Call['method'], path: string, body?: object) {
    const sender = { ...this.#options, token: this.#options.adminKey }
    const { status, body: result } = await sendSurely(sender, { method, path, body }, crypto.randomUUID())
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(result)}`)
    this.commands += 1
    return result
  }

  async #create(): Promise<Key> {
    const name = `Key ${this.names.size}`
    const { id, key } = await this.#change('POST', '/api-keys', { name, type: 'live' })
    this.names.set(id, name)
    return { id, name, key }
  }

  /** A key's whole life: what the service acknowledges holds at once, at every process. */
  async #command(): Promise<void> {
    const { id, key, name } = await this.#create()
    await this.#expect(key, id, 'VALID')
    await this.#change('PATCH', `/api-keys/${id}`, { name: `${name}, renamed` })
    this.names.set(id, `${name}, renamed`)
    await this.#change('POST', `/api-keys/${id}/revoke`)
    this.revoked.set(id, key)
    for (const url of this.#options.urls()) await this.#expect(key, id, 'REVOKED', url)
  }

  async #verifyOne(): Promise<void> {
    const { id, key } = this.#options.random.pick(this.#stable)
    await this.#expect(key, id, 'VALID')
  }

  /** Begins a verification that this api then has in hand; the function that is returned sends the rest of it. */
  async hold(url: string): Promise<() => Promise<void>> {
    const { id, key } = this.#options.random.pick(this.#stable)
    const { call, answered } = begin(`${url}/verify`, this.#options.serviceToken, { Expect: '100-continue' })
    call.flushHeaders()
    await once(call, 'continue')
    return async () => {
      call.end(JSON.stringify({ key }))
      const answer = await answered
      if (typeof answer === 'string') this.broken += 1
      else this.#note(answer, id, 'VALID')
    }
  }

  async #expect(key: string, id: string, code: string, url?: string): Promise<void> {
    const answer = await this.#post('/verify', { key, permission: 'renders:write' }, url)
    // The balancer has taken that api out meanwhile.
    if (answer !== undefined) this.#note(answer, id, code)
  }

  #note(answer: Answer, id: string, code: string): void {
    if (code === 'VALID' && answer.code === 'VALID') this.verified.set(id, (this.verified.get(id) ?? 0) + 1)
    if (answer.code !== code) this.refused.push(`${code} expected: ${answer.status} ${answer.text}`)
  }

  /** Events of a report have IDs, so it is sent until it is acknowledged. */
  async #report(): Promise<void> {
    const { id } = this.#options.random.pick(this.#stable)
    const events = Array.from({ length: EVENTS_A_REPORT }, () => ({
      id: crypto.randomUUID(),
      at: new Date().toISOString(),
      keyId: id,
      status: 200,
    }))
    for (;;) {
      const { status, text: said } = (await this.#post('/usage/events', { events })) ?? {}
      if (status === 202) break
      if (!status || status < 500) throw new Error(`report: ${status} ${said}`)
    }
    this.reported.set(id, (this.reported.get(id) ?? 0) + EVENTS_A_REPORT)
    this.reports += 1
  }

  async #post(path: string, body: object, only?: string) {
    for (;;) {
      const url = only ?? this.#options.random.pick(this.#options.urls())
      const answer = await send(`${url}${path}`, this.#options.serviceToken, body)
      if (answer !== 'not sent' && answer !== 'broken') return answer
      if (answer === 'broken') this.broken += 1
      if (only) return undefined
    }
  }
}

type Answer = { status: number; code: string; text: string }
/** `not sent` where no connection could be opened, `broken` where one ended without an answer. */
type Sent = Answer | 'not sent' | 'broken'

/** A request without its body, and what becomes of it. */
function begin(url: string, token: string, more: Record<string, string> = {}) {
  const { promise, resolve } = Promise.withResolvers<Sent>()
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...more }
  const call = request(url, { method: 'POST', headers, agent: false }, async (response) => {
    const said = await text(response).catch(() => undefined)
    if (said === undefined) return resolve('broken')
    const status = response.statusCode ?? 0
    const code = status === 200 ? JSON.parse(said).code : ''
    resolve({ status, code, text: said })
  })
  call.on('error', (error) =>
    resolve((error as { code?: string }).code === 'ECONNREFUSED' ? 'not sent' : 'broken'),
  )
  return { call, answered: promise }
}

function send(url: string, token: string, body: object): Promise<Sent> {
  const { call, answered } = begin(url, token)
  call.end(JSON.stringify(body))
  return answered
}

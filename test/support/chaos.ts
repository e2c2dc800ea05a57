import { setTimeout as delay } from 'node:timers/promises'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'
import type { OwnPostgres } from './ownPostgres.ts'
import type { Random } from './random.ts'
import type { Api, Service } from './startService.ts'

const STRIKES = { worker: 4, api: 4, redis: 2, postgres: 1 } as const
type Victim = keyof typeof STRIKES
type Round = Record<Victim, number>

export const ROUND = Object.values(STRIKES).reduce((sum, times) => sum + times, 0)

/**
 * Kills what the service consists of, one after another in an order that the seed decides, and starts it again: its own
 * processes most often. Each round has every kind in it, by default `ROUND` strikes.
 */
export class Chaos {
  /** How often each was killed. */
  readonly kills: Record<Victim, number> = { worker: 0, api: 0, redis: 0, postgres: 0 }
  readonly #service: Service
  readonly #postgres: OwnPostgres
  readonly #random: Random
  readonly #round: Round
  #strikes = 0
  #ahead: Victim[] = []
  #stopped = false
  /** One at a time: strikes, and what must not be struck. */
  #turn: Promise<unknown> = Promise.resolve()
  #waiting: { strikes: number; resolve: () => void }[] = []

  constructor(service: Service, postgres: OwnPostgres, random: Random, round: Round = STRIKES) {
    this.#round = round
    this.#service = service
    this.#postgres = postgres
    this.#random = random
  }

  /**
   * Strikes until the task is done, `atMost` so often; everything is up again then. Throws where something could not be
   * started again.
   */
  async during<Value>(task: () => Promise<Value>, atMost = Number.POSITIVE_INFINITY): Promise<Value> {
    const striking = this.#strikeOn(atMost)
    striking.catch(() => {})
    try {
      return await task()
    } finally {
      this.#stopped = true
      await striking
      await this.calm(async () => {})
    }
  }

  /** Resolves when there were so many strikes; at once when there will be no more. */
  struck(strikes: number): Promise<void> {
    if (this.#strikes >= strikes || this.#stopped) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ strikes, resolve }))
  }

  /** Runs a task between two strikes, when every api is ready. */
  calm<Value>(task: () => Promise<Value>): Promise<Value> {
    return this.#alone(async () => {
      await Promise.all(this.#service.apis.map(ready))
      return task()
    })
  }

  /** Kills every worker and starts as many; no strike, for it comes when it is asked for. */
  async killWorkers(): Promise<void> {
    const { workers, startWorker } = this.#service
    const killed = workers.splice(0)
    await Promise.all(killed.map((worker) => worker.end('SIGKILL')))
    for (const _ of killed) workers.push(startWorker())
    this.kills.worker += killed.length
  }

  async #strikeOn(atMost: number): Promise<void> {
    try {
      while (!this.#stopped && this.#strikes < atMost) {
        await this.#alone(() => this.#strike())
        await delay(this.#random.between(50, 500))
      }
    } finally {
      this.#stopped = true
      this.#tell()
    }
  }

  async #strike(): Promise<void> {
    if (this.#ahead.length === 0) {
      const round = Object.entries(this.#round).flatMap(
        ([kind, times]) => Array(times).fill(kind) as Victim[],
      )
      this.#ahead = this.#random.shuffle(round)
    }
    const victim = this.#ahead.pop() ?? 'worker'
    await this.#kill(victim)
    this.kills[victim] += 1
    this.#strikes += 1
    this.#tell()
  }

  async #kill(victim: Victim): Promise<void> {
    const { apis, workers, redis, startApi, startWorker } = this.#service
    if (victim === 'postgres') return this.#postgres.crash()
    if (victim === 'redis') {
      await redis.kill()
      return redis.restart()
    }
    const place = this.#random.between(0, 1)
    if (victim === 'worker') {
      await workers[place]?.end('SIGKILL')
      workers[place] = startWorker()
      return
    }
    const [killed] = apis.splice(place, 1)
    await killed?.end('SIGKILL')
    apis.push(await startApi())
  }

  #alone<Value>(task: () => Promise<Value>): Promise<Value> {
    const turn = this.#turn.then(task, task)
    this.#turn = turn.catch(() => {})
    return turn
  }

  #tell(): void {
    const due = this.#waiting.filter(({ strikes }) => this.#stopped || this.#strikes >= strikes)
    this.#waiting = this.#waiting.filter((one) => !due.includes(one))
    for (const { resolve } of due) resolve()
  }
}

function ready({ url }: Api): Promise<unknown> {
  return waitForHttp(`${url}/readyz`, {
    accept: (status) => status === 200,
    boundMs: 60_000,
    signal: AbortSignal.timeout(60_000),
  })
}

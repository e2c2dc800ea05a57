import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { AskName, JobData } from '../domain/jobs.ts'
import { ASK_WAIT_MS } from '../domain/retries.ts'
import { connectRedis } from '../platform/connectRedis.ts'
import { newAnswerChannel } from '../platform/redisNames.ts'
import { ASK_OPTIONS } from '../platform/retryOptions.ts'
import type { Region } from '../region/Region.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'

type Question<Name extends AskName> = Omit<JobData<Name>, 'askId' | 'region' | 'replyTo' | 'at'>
type Waiting = { answer: (answer: unknown) => void; fail: (error: Error) => void }

/** For how long an answer that comes too late is still looked at, in ms. */
const LATE_MS = 60_000

/**
 * Asks the workers what only Postgres and the primary region know, by a job in the region's own Redis, and waits for
 * the answer on a channel there: whoever reaches the region can ask.
 */
export class Asks {
  readonly #region: Region
  readonly #queue: string
  readonly #channel = newAnswerChannel()
  readonly #subscriber: Redis
  readonly #listening: Promise<unknown>
  readonly #waiting = new Map<string, Waiting>()

  constructor(region: Region, redisUrl: string) {
    this.#region = region
    this.#queue = region.names.queue('asks', region.name)
    // The region itself reports that it is away; a lost answer costs a wait.
    this.#subscriber = connectRedis(redisUrl, 'subscriber')
    this.#listening = this.#subscriber.subscribe(this.#channel)
    this.#listening.catch(() => {})
    this.#subscriber.on('message', (_channel, message) => {
      const { askId, answer } = JSON.parse(message)
      this.#waiting.get(askId)?.answer(answer)
    })
  }

  /**
   * The worker's answer. Throws RegionUnavailable where none comes within two seconds; `onLate` then gets the one
   * that comes in the minute after that. Inside, `answer` and `fail` end the wait; `late` fails it, and goes on
   * listening for `onLate`.
   */
  ask<Name extends AskName>(
    name: Name,
    question: Question<Name>,
    onLate?: (answer: unknown) => void,
  ): Promise<unknown> {
    const askId = randomUUID()
    return new Promise((resolve, reject) => {
      let bound: NodeJS.Timeout
      const end = () => {
        clearTimeout(bound)
        this.#waiting.delete(askId)
      }
      const fail = (error: Error) => {
        end()
        reject(error)
      }
      const late = () => {
        fail(new RegionUnavailable(`No worker has answered a question of region ${this.#region.name}.`))
        if (!onLate) return
        bound = setTimeout(end, LATE_MS).unref()
        this.#waiting.set(askId, {
          fail: end,
          answer: (answer) => {
            end()
            onLate(answer)
          },
        })
      }
      bound = setTimeout(late, ASK_WAIT_MS)
      this.#waiting.set(askId, {
        fail,
        answer: (answer) => {
          end()
          resolve(answer)
        },
      })
      this.#send(askId, name, question).catch(fail)
    })
  }

  async #send(askId: string, name: AskName, question: object): Promise<void> {
    await this.#listening
    await this.#region.ready(ASK_WAIT_MS)
    if (!this.#waiting.has(askId)) return
    const data = { askId, region: this.#region.name, replyTo: this.#channel, ...question }
    await this.#region.run('ask', this.#queue, name, ASK_OPTIONS, JSON.stringify(data))
  }

  close(): void {
    for (const { fail } of [...this.#waiting.values()])
      fail(new RegionUnavailable('The verifier was closed.'))
    this.#subscriber.disconnect()
  }
}

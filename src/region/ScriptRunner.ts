import type { Redis } from 'ioredis'
import type { RedisNames } from '../platform/redisNames.ts'
import type { Failover } from './Failover.ts'
import type { scripts } from './scripts.ts'

export type ScriptName = keyof typeof scripts

/** Answers of scripts that did nothing, and whose callers know what to do. */
export const PASSED_ON = new Set(['LAPSED', 'OLD', 'SWEPT', 'TOKENS'])

/** Scripts that count or take something: each has a deadline. Its answer begins with a word and the region's clock. */
export type Counting = 'admit' | 'reserve'
/** Scripts that are run in one very epoch or not at all. */
export type InEpoch = 'dropStates' | 'journal' | 'noteSweep' | 'putTokens'

type Scripted = Record<ScriptName, (...args: (string | number)[]) => Promise<unknown[]>>

/** Scripts that count what nobody else knows, or take it back. */
const COUNTING: ReadonlySet<ScriptName> = new Set(['admit', 'reserve', 'takeBack', 'acceptEvents'])

/** How long replicas may take to have it, in ms. */
export const CONFIRM_MS = 250

/** Runs a region's scripts on its connection. */
export class ScriptRunner {
  readonly #redis: Redis
  readonly #names: RedisNames
  readonly #failover: Pick<Failover, 'copies'>

  constructor(redis: Redis, names: RedisNames, failover: Pick<Failover, 'copies'>) {
    this.#redis = redis
    this.#names = names
    this.#failover = failover
  }

  /** Throws what ioredis throws, and where too few replicas have it in time: then it may be lost, or counted. */
  async run(script: ScriptName, ...args: (string | number)[]): Promise<unknown[]> {
    const { marker, absent } = this.#names
    const answer = (this.#redis as unknown as Scripted)[script](marker, absent, ...args)
    const { copies } = this.#failover
    if (copies === 0 || !COUNTING.has(script)) return answer
    const [result, made] = await Promise.all([answer, this.#redis.wait(copies, CONFIRM_MS)])
    if (result[0] === 'OK' && made < copies)
      throw new Error(`Only ${made} of ${copies} replicas have it within ${CONFIRM_MS} ms.`)
    return result
  }
}

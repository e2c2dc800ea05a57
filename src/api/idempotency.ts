import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Failure, idempotencyConflict } from '../domain/failure.ts'
import { answerName, decisionName } from '../platform/redisNames.ts'
import { ONCE_SECONDS } from '../region/scripts.ts'
import type { ApiContext } from './context.ts'
import { Problem } from './problems.ts'

const DAY_SECONDS = 86_400

/** A request that never came to its end stops blocking its key after this long. */
const IN_FLIGHT_SECONDS = 60

/** Other methods change nothing by being repeated. */
const TAKING_KEYS = ['POST', 'PUT']

/** The header's value, checked; undefined where there is none. Throws a `validation-error`. */
export function idempotencyKeyOf(request: IncomingMessage): string | undefined {
  const header = request.headers['idempotency-key']
  if (typeof header !== 'string' || header === '' || !TAKING_KEYS.includes(request.method ?? ''))
    return undefined
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header
  const message = 'must be 1 to 255 printable ASCII characters without spaces'
  const code = header.length > 255 ? 'too_long' : 'invalid_format'
  throw new Problem('validation-error', {
    detail: `Idempotency-Key ${message}`,
    errors: [{ field: 'Idempotency-Key', message, code }],
  })
}

/** What must be equal for two requests to be the same: method, path and body, as SHA-256 in base64url. */
export function requestHashOf(method: string, path: string, body: unknown): string {
  return hash('sha256', `${method} ${path}\n${canonical(body)}`, 'base64url')
}

/** JSON with every object's fields in order, so that equal bodies are equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

type Stored<Value> = { requestHash: string; answer?: Value }

/**
 * For reports of usage, which are no commands: remembers the answer in the region's Redis for a day, under the
 * header's keyed hash. Commands have a row for this (src/platform/submitCommand.ts), verifications the admission
 * script. `scope` is whose key it is. A request that failed is not remembered: the next one is the first, and events
 * that were stored all the same are counted once by their ids.
 */
export async function answerOnce<Value>(
  api: ApiContext,
  asked: { header: string | undefined; scope: string; requestHash: () => string },
  run: () => Promise<Value>,
): Promise<{ answer: Value; replayed: boolean }> {
  if (asked.header === undefined) return { answer: await run(), replayed: false }
  const name = answerName(api.commands.sealer.hashOf(`${asked.scope} ${asked.header}`))
  const requestHash = asked.requestHash()
  const { redis } = api.region
  const inRedis = <Answer>(answer: Promise<Answer>) => api.region.answered(answer)

  const mine = JSON.stringify({ requestHash } satisfies Stored<Value>)
  const first = await inRedis(redis.set(name, mine, 'EX', IN_FLIGHT_SECONDS, 'NX'))
  if (first === null) {
    const stored = JSON.parse((await inRedis(redis.get(name))) ?? mine) as Stored<Value>
    if (stored.requestHash !== requestHash) throw idempotencyConflict()
    if (stored.answer === undefined) throw inFlight()
    return { answer: stored.answer, replayed: true }
  }
  try {
    const answer = await run()
    await inRedis(redis.set(name, JSON.stringify({ requestHash, answer }), 'EX', DAY_SECONDS))
    return { answer, replayed: false }
  } catch (error) {
    await redis.del(name).catch(() => {})
    throw error
  }
}

/** What the admission script keeps the decision under, for a repeat of this request. */
export function onceOf(api: ApiContext, header: string, scope: string, requestHash: string) {
  return { name: api.commands.sealer.hashOf(`${scope} ${header}`), requestHash }
}

/**
 * Throws Failure `idempotency-conflict` where another request was decided under this key: for one that no script
 * decides.
 */
export async function refuseOther(
  { region }: ApiContext,
  { name, requestHash }: ReturnType<typeof onceOf>,
): Promise<void> {
  const stored = await region.answered(region.redis.get(decisionName(name)))
  if (stored !== null && !stored.startsWith(`${requestHash}|`))
    throw idempotencyConflict(`${ONCE_SECONDS / 60} minutes`)
}

function inFlight(): Failure {
  return new Failure('idempotency-in-flight', {
    detail: 'The first request with this Idempotency-Key is still being worked on. Ask again in a moment.',
    retryAfter: 1,
  })
}

import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, idempotencyConflict } from '../domain/failure.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import { ONCE_SECONDS } from '../region/scripts.ts'
import { type Shards, shardFor } from '../region/shards.ts'
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
  // One for each secrets key. All processes claim them in the same order, whichever key is their current one.
  const names = api.commands.sealer
    .hashesOf(`${asked.scope} ${asked.header}`)
    .map((hash) => api.region.names.answer(hash))
    .toSorted()
  const requestHash = asked.requestHash()
  const { redis } = api.region
  const inRedis = <Answer>(answer: Promise<Answer>) => api.region.answered(answer)
  const give = (claimed: string[]) => (claimed.length > 0 ? redis.del(...claimed).catch(() => {}) : undefined)

  const mine = JSON.stringify({ requestHash } satisfies Stored<Value>)
  for (const [index, name] of names.entries()) {
    const first = await inRedis(redis.set(name, mine, 'EX', IN_FLIGHT_SECONDS, 'NX'))
    if (first !== null) continue
    await give(names.slice(0, index))
    const stored = JSON.parse((await inRedis(redis.get(name))) ?? mine) as Stored<Value>
    if (stored.requestHash !== requestHash) throw idempotencyConflict()
    if (stored.answer === undefined) throw inFlight()
    return { answer: stored.answer, replayed: true }
  }
  try {
    const answer = await run()
    const text = JSON.stringify({ requestHash, answer })
    await Promise.all(names.map((name) => inRedis(redis.set(name, text, 'EX', DAY_SECONDS))))
    return { answer, replayed: false }
  } catch (error) {
    await give(names)
    throw error
  }
}

/** Longer than a verification may take. */
const TURN_MS = 3_000
const TURN_LOOK_MS = 20

export type Once = { name: string; requestHash: string }

/**
 * Decides with what the admission script keeps the decision under, for a repeat of this request. A repeat asks for the
 * same key, so the same shard's script sees it. Another request under the same header may be another shard's. Throws
 * Failure `idempotency-conflict` for it, and RegionUnavailable.
 */
export async function decidingOnce<Decided extends { decision?: unknown }>(
  api: ApiContext,
  asked: { header: string; scope: string; requestHash: string },
  decide: (once: Once) => Promise<Decided>,
): Promise<Decided> {
  const { requestHash } = asked
  const hashes = api.commands.sealer.hashesOf(`${asked.scope} ${asked.header}`)
  if (hashes.length > 1) return decideInTurn(api, { hashes, requestHash }, decide)
  const once = { name: hashes[0], requestHash }
  const giveBack = api.shards.length > 1 ? await claimDecision(api.shards, once) : undefined
  const decided = await decide(once)
  // No script has decided about a key that does not exist, and nothing is kept of it.
  if (!decided.decision) {
    if (giveBack) giveBack()
    else refuseAnother(await readDecision(api.shards, once.name), requestHash)
  }
  return decided
}

/**
 * Keeps in one shard, by the header's hash, which request a header stands for. While that shard is away another request
 * is not recognised, and each counts for itself: no other shard's keys are refused for it. What is returned forgets it
 * again, unless an earlier request is kept.
 */
async function claimDecision(shards: Shards, { name, requestHash }: Once): Promise<() => void> {
  const shard = shardFor(shards, name)
  const nothing = () => {}
  if (shard.openMarker === undefined) return nothing
  const claim = shard.names.decisionClaim(name)
  try {
    const first = await shard.answered(shard.redis.set(claim, requestHash, 'EX', ONCE_SECONDS, 'NX'))
    if (first !== null) return () => void shard.redis.del(claim).catch(nothing)
    const kept = await shard.answered(shard.redis.get(claim))
    if (kept !== null && kept !== requestHash) throw anotherRequest()
  } catch (error) {
    if (!(error instanceof RegionUnavailable)) throw error
  }
  return nothing
}

/**
 * While secrets keys change, a process keeps a decision under the hash of another key, which the script does not see.
 * So these requests take turns: all processes that have the same keys take the same one. Throws RegionUnavailable
 * where it does not come, or where a shard does not say what it keeps.
 */
async function decideInTurn<Decided>(
  { region, shards }: ApiContext,
  { hashes, requestHash }: { hashes: readonly [string, ...string[]]; requestHash: string },
  decide: (once: Once) => Promise<Decided>,
): Promise<Decided> {
  const turn = region.names.decisionTurn(hashes.toSorted()[0] ?? '')
  const inRedis = <Answer>(answer: Promise<Answer>) => region.answered(answer)
  for (let waited = 0; (await inRedis(region.redis.set(turn, '1', 'PX', TURN_MS, 'NX'))) === null; ) {
    if (waited > TURN_MS) throw new RegionUnavailable(`No turn for an Idempotency-Key within ${TURN_MS} ms`)
    await sleep(TURN_LOOK_MS)
    waited += TURN_LOOK_MS
  }
  try {
    const kept = await Promise.all(hashes.map((name) => readDecision(shards, name)))
    refuseAnother(kept.find((decision) => decision !== null) ?? null, requestHash)
    const name = hashes[kept.findIndex((decision) => decision !== null)] ?? hashes[0]
    return await decide({ name, requestHash })
  } finally {
    await region.redis.del(turn).catch(() => {})
  }
}

function refuseAnother(decision: string | null, requestHash: string): void {
  if (decision !== null && !decision.startsWith(`${requestHash}|`)) throw anotherRequest()
}

const anotherRequest = () => idempotencyConflict(`${ONCE_SECONDS / 60} minutes`)

/**
 * The decision that is kept under a name, by whichever shard made it; null where none did. Throws RegionUnavailable
 * where a shard does not say.
 */
async function readDecision(shards: Shards, name: string): Promise<string | null> {
  const kept = await Promise.all(
    shards.map((shard) => shard.answered(shard.redis.get(shard.names.decision(name)))),
  )
  return kept.find((decision) => decision !== null) ?? null
}

function inFlight(): Failure {
  return new Failure('idempotency-in-flight', {
    detail: 'The first request with this Idempotency-Key is still being worked on. Ask again in a moment.',
    retryAfter: 1,
  })
}

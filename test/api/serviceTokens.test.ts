import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createServiceTokens, type ServiceTokens } from '../../src/api/serviceTokens.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import type { Em } from '../../src/platform/postgres.ts'

const HOUR = 3_600_000
const forEver = new Promise<never>(() => {})
const secret = () => generateSecret('pk', 'service')
const by = (value: string) => ({ headers: { authorization: `Bearer ${value}` } }) as IncomingMessage

const opened: ServiceTokens[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

/** Tokens over a Postgres that knows `rows`, or hangs. */
function open() {
  const postgres = {
    rows: new Map<string, string>(),
    hangs: false,
    asked: [] as string[][],
    atOnce: 0,
    most: 0,
  }
  const clock = { now: Date.now() }
  const find = async (_schema: unknown, where: { digest: { $in: string[] } }) => {
    const digests = where.digest.$in
    postgres.asked.push(digests)
    if (postgres.hangs) return forEver
    postgres.atOnce += 1
    postgres.most = Math.max(postgres.most, postgres.atOnce)
    const found = digests.flatMap((digest) => {
      const id = postgres.rows.get(digest)
      return id === undefined ? [] : [{ id, digest }]
    })
    await new Promise((resolve) => setImmediate(resolve))
    postgres.atOnce -= 1
    return found
  }
  const tokens = createServiceTokens({
    em: () => ({ find }) as unknown as Em,
    prefix: 'pk',
    now: () => clock.now,
    graceMs: HOUR,
  })
  opened.push(tokens)
  const create = () => {
    const { value, digest } = secret()
    postgres.rows.set(digest, `st_${digest.slice(0, 6)}`)
    return { value, digest, id: postgres.rows.get(digest) as string }
  }
  return { postgres, clock, tokens, create }
}

const statusOf = async (asked: () => Promise<unknown> | unknown) => {
  try {
    await asked()
    return 200
  } catch (error) {
    return (error as { status?: number }).status
  }
}

describe('promise 11: with a Postgres that hangs', () => {
  it('a request with a known token never waits', async () => {
    const { postgres, clock, tokens, create } = open()
    const { value, id } = create()
    expect(await tokens.require(by(value))).toBe(id)
    postgres.hangs = true
    for (let passed = 0; passed < HOUR - 10_000; passed += 5_000) {
      clock.now += 5_000
      if (passed % 600_000 === 0) void tokens.check()
      // Not a promise: nothing is waited for.
      expect(tokens.require(by(value))).toBe(id)
    }
    expect(tokens.uncheckedMs()).toBeGreaterThan(HOUR - 20_000)
  })

  it('a token that was not confirmed for an hour is not accepted until it is', async () => {
    const { postgres, clock, tokens, create } = open()
    const { value, id } = create()
    await tokens.require(by(value))
    postgres.hangs = true
    clock.now += HOUR
    expect(await statusOf(() => tokens.require(by(value)))).toBe(503)
    postgres.hangs = false
    expect(await tokens.require(by(value))).toBe(id)
    expect(tokens.uncheckedMs()).toBe(0)
  })

  it('an unknown token is refused with 503, and accepted or refused once Postgres answers', async () => {
    const { postgres, tokens, create } = open()
    const { value, id } = create()
    postgres.hangs = true
    expect(await statusOf(() => tokens.require(by(value)))).toBe(503)
    postgres.hangs = false
    expect(await tokens.require(by(value))).toBe(id)
    expect(await statusOf(() => tokens.require(by(secret().value)))).toBe(401)
  })
})

it('promise 13: a revoked token is refused from the next check on, also one that was not used meanwhile', async () => {
  const { postgres, tokens, create } = open()
  const [first, second] = [create(), create()]
  await Promise.all([tokens.require(by(first.value)), tokens.require(by(second.value))])
  postgres.asked.length = 0
  postgres.rows.delete(first.digest)
  await tokens.check()
  // Both in one query.
  expect(postgres.asked.map((digests) => digests.length)).toEqual([2])
  expect(await statusOf(() => tokens.require(by(first.value)))).toBe(401)
  expect(tokens.require(by(second.value))).toBe(second.id)
})

it('promise 12: a flood of unknown tokens asks Postgres one question at a time, and delays no check', async () => {
  const { postgres, tokens, create } = open()
  const known = create()
  await tokens.require(by(known.value))
  postgres.asked.length = 0
  const flood = Array.from({ length: 3_000 }, () => statusOf(() => tokens.require(by(secret().value))))
  await tokens.check()
  expect(postgres.asked[0]).toHaveLength(1)
  expect(new Set(await Promise.all(flood))).toEqual(new Set([401]))
  expect(postgres.asked.length).toBeLessThan(6)
  expect(postgres.most).toBeLessThanOrEqual(2)
})

it('promise 12: unknown tokens cost twenty questions a second at the most', async () => {
  const { postgres, tokens } = open()
  const started = performance.now()
  for (let asked = 0; asked < 6; asked++)
    expect(await statusOf(() => tokens.require(by(secret().value)))).toBe(401)
  expect(postgres.asked).toHaveLength(6)
  // A timer may be late, and is a millisecond early at the most.
  expect(performance.now() - started).toBeGreaterThan(5 * 49)
})

it('a token that was presented before it was created is good as soon as it is', async () => {
  const { postgres, tokens } = open()
  const { value, digest } = secret()
  expect(await statusOf(() => tokens.require(by(value)))).toBe(401)
  postgres.rows.set(digest, 'st_new')
  expect(await tokens.require(by(value))).toBe('st_new')
})

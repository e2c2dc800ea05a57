import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { cannotCheck, createServiceTokens, type ServiceTokens } from '../../src/api/serviceTokens.ts'
import type { ServiceTokenState } from '../../src/domain/accounts/serviceTokenStore.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { ServiceTokenStale } from '../../src/region/regionTokens.ts'
import { KnownTokens } from '../../src/verifier/KnownTokens.ts'

const forEver = new Promise<never>(() => {})
const secret = () => generateSecret('pk', 'service')
const by = (value: string) => ({ headers: { authorization: `Bearer ${value}` } }) as IncomingMessage

const opened: ServiceTokens[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

/** Tokens over a Postgres that knows `rows`, or hangs, and a region that has what it was brought. */
function open() {
  const region = new Map<string, ServiceTokenState>()
  const postgres = {
    rows: new Map<string, ServiceTokenState>(),
    hangs: false,
    asked: [] as string[][],
    atOnce: 0,
    most: 0,
  }
  const known = new KnownTokens({
    readRegion: async (digests) => digests.map((digest) => region.get(digest)),
    fillFromTruth: async (digests) => {
      postgres.asked.push(digests)
      if (postgres.hangs) return forEver
      postgres.atOnce += 1
      postgres.most = Math.max(postgres.most, postgres.atOnce)
      await new Promise((resolve) => setImmediate(resolve))
      postgres.atOnce -= 1
      const found = digests.flatMap((digest) => postgres.rows.get(digest) ?? [])
      for (const state of found) region.set(state.digest, state)
      return found
    },
    giveUp: cannotCheck,
  })
  const confirm = async ({ digest, version }: { digest: string; version: string }) => {
    if (String(region.get(digest)?.version) !== version) throw new ServiceTokenStale()
  }
  const tokens = createServiceTokens({ tokens: known, confirm, prefix: 'pk' })
  opened.push(tokens)
  const create = (more: Partial<ServiceTokenState> = {}) => {
    const { value, digest } = secret()
    const id = `svc_${digest.slice(0, 6)}`
    const facts = { permissions: ['verify', 'report'], accountIds: null, revoked: false, ...more } as const
    const state = { version: 1, digest, serviceTokenId: id, name: 'A', ...facts } as ServiceTokenState
    postgres.rows.set(digest, state)
    const revoke = (...places: Map<string, ServiceTokenState>[]) => {
      for (const place of places) place.set(digest, { ...state, version: 2, revoked: true })
    }
    return { value, digest, id, revoke }
  }
  const idOf = async (value: string) => (await tokens.require(by(value), 'verify')).id
  return { region, postgres, known, tokens, create, idOf }
}

const statusOf = (asked: () => Promise<unknown>) =>
  asked().then(
    () => 200,
    (error) => error.status,
  )

describe('promise 11: with a Postgres that hangs', () => {
  it('a request with a known token never waits, nor one that the region knows', async () => {
    const { region, postgres, known, tokens, create, idOf } = open()
    const { value, digest, id } = create()
    expect(await idOf(value)).toBe(id)
    postgres.hangs = true
    void known.refresh(10).catch(() => {})
    // Not a promise: nothing is waited for.
    expect(tokens.find(by(value), 'verify')).toMatchObject({ id })
    expect(await idOf(value)).toBe(id)
    const other = create()
    region.set(other.digest, { ...(region.get(digest) as ServiceTokenState), digest: other.digest })
    expect(await idOf(other.value)).toBe(id)
  })

  it('an unknown token is refused with 503, and accepted or refused once Postgres answers', async () => {
    const { postgres, create, idOf } = open()
    const { value, id } = create()
    postgres.hangs = true
    expect(await statusOf(() => idOf(value))).toBe(503)
    postgres.hangs = false
    expect(await idOf(value)).toBe(id)
    expect(await statusOf(() => idOf(secret().value))).toBe(401)
  })

  it('promise 13: a known token that the region knows as revoked is refused', async () => {
    const { region, postgres, create, idOf } = open()
    const { value, revoke } = create()
    await idOf(value)
    postgres.hangs = true
    revoke(region)
    expect(await statusOf(() => idOf(value))).toBe(401)
  })
})

it('promise 13: what an older release revoked in Postgres alone is refused from the next check on', async () => {
  const { postgres, known, create, idOf } = open()
  const [first, second] = [create(), create()]
  await Promise.all([idOf(first.value), idOf(second.value)])
  postgres.asked.length = 0
  first.revoke(postgres.rows)
  await known.refresh(1_000)
  // Both in one query.
  expect(postgres.asked.map((digests) => digests.length)).toEqual([2])
  expect(await statusOf(() => idOf(first.value))).toBe(401)
  expect(await idOf(second.value)).toBe(second.id)
})

it('a region that forgot a token, as after a restart, has it from Postgres again', async () => {
  const { region, create, idOf } = open()
  const { value, id, digest } = create()
  await idOf(value)
  region.clear()
  expect(await idOf(value)).toBe(id)
  expect(region.has(digest)).toBe(true)
})

it('a token does what its permissions say', async () => {
  const { tokens, create } = open()
  const { value } = create({ permissions: ['report'] })
  expect(await statusOf(() => tokens.require(by(value), 'report'))).toBe(200)
  for (let time = 0; time < 2; time++)
    expect(await statusOf(async () => tokens.find(by(value), 'verify'))).toBe(403)
})

it('promise 12: a flood of unknown tokens asks Postgres one question at a time, and delays no check', async () => {
  const { postgres, known, create, idOf } = open()
  const { value } = create()
  await idOf(value)
  postgres.asked.length = 0
  const flood = Array.from({ length: 3_000 }, () => statusOf(() => idOf(secret().value)))
  await known.refresh(1_000)
  expect(postgres.asked[0]).toHaveLength(1)
  expect(new Set(await Promise.all(flood))).toEqual(new Set([401]))
  expect(postgres.asked.length).toBeLessThan(6)
  expect(postgres.most).toBeLessThanOrEqual(2)
})

it('promise 12: unknown tokens cost twenty questions a second at the most', async () => {
  const { postgres, idOf } = open()
  const started = performance.now()
  for (let asked = 0; asked < 6; asked++) expect(await statusOf(() => idOf(secret().value))).toBe(401)
  expect(postgres.asked).toHaveLength(6)
  // A timer may be late, and is a millisecond early at the most.
  expect(performance.now() - started).toBeGreaterThan(5 * 49)
})

it('a token that was presented before it was created is good as soon as it is', async () => {
  const { postgres, create, idOf } = open()
  const { value, id, digest } = create()
  const row = postgres.rows.get(digest) as ServiceTokenState
  postgres.rows.clear()
  expect(await statusOf(() => idOf(value))).toBe(401)
  postgres.rows.set(digest, row)
  expect(await idOf(value)).toBe(id)
})

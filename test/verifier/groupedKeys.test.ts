import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { TEST_RENDERS_PER_DAY } from '../../src/domain/accounts/plans.ts'
import type { AccountState, KeyState } from '../../src/domain/keys/keyState.ts'
import {
  ADMIT,
  EXPIRED,
  FORBIDDEN,
  MONTH,
  PER_DAY,
  PER_MINUTE,
  QUOTA,
  REVOKED,
  STALE,
} from '../../src/domain/metering/decisionCodes.ts'
import type { Decision } from '../../src/domain/metering/readDecisions.ts'
import type { KnownKey, Ticket } from '../../src/domain/metering/Ticket.ts'
import type { Region } from '../../src/region/Region.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { freshRedis } from '../setup/services.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { account, key, openRegion, seed } from '../support/regionFixtures.ts'
import type { TestRedis } from '../support/startService.ts'

let redis: TestRedis
let region: Region
let commit: GroupCommit
beforeAll(async () => {
  redis = await freshRedis()
  region = await openRegion(redis.url)
  commit = new GroupCommit(region, () => {})
})
afterAll(async () => {
  await region.close()
  await redis.stop()
})

const DAY_MS = 86_400_000

/** What the script must come to, one request after the other. */
class Model {
  readonly #counts = new Map<string, number>()

  decide({ key: { state, version, account: of }, verdict, units }: Ticket, now: number) {
    const { keyId, accountId, expiresAt, type } = state
    const { requestsPerMinute, requestsPerDay, rendersPerMonth, rendersHard } = of.state
    const isTest = type === 'test'
    const names = {
      minute: `${keyId} ${Math.floor(now / 60_000)}`,
      day: `${keyId} day ${Math.floor(now / DAY_MS)}`,
      renders: isTest ? `${keyId} renders ${Math.floor(now / DAY_MS)}` : accountId,
    }
    const used = (name: string) => this.#counts.get(name) ?? 0
    const code = (() => {
      if (version !== String(state.version)) return STALE
      if (verdict === REVOKED) return REVOKED
      if (expiresAt > 0 && now >= expiresAt) return EXPIRED
      if (verdict !== ADMIT) return verdict
      if (requestsPerMinute >= 0 && used(names.minute) >= requestsPerMinute) return PER_MINUTE
      if (requestsPerDay >= 0 && used(names.day) >= requestsPerDay) return PER_DAY
      if (units > 0 && isTest && used(names.renders) + units > TEST_RENDERS_PER_DAY) return QUOTA
      const isHard = rendersHard && !isTest && rendersPerMonth >= 0
      if (units > 0 && isHard && used(names.renders) + units > rendersPerMonth) return MONTH
      return ADMIT
    })()
    if (code === ADMIT) {
      const add = (name: string, by: number) => this.#counts.set(name, used(name) + by)
      add(names.minute, 1)
      add(names.day, 1)
      add(names.renders, units)
    }
    return {
      code,
      inMinute: used(names.minute),
      inDay: used(names.day),
      renders: used(names.renders),
    }
  }
}

it('promise 5: a batch decides as if its requests had come one by one, key by key', async () => {
  const random = createRandom(anySeed())
  const now = Date.now()
  const states = Array.from({ length: 9 }, (_, place): { key: KeyState; account: AccountState } => {
    // Three keys an account; of one all limits are far away, so that its keys are admitted at once.
    const of = Math.floor(place / 3)
    const limits = [
      { requestsPerMinute: 1_000_000, requestsPerDay: -1, rendersPerMonth: 1_000_000, rendersHard: true },
      { requestsPerMinute: -1, requestsPerDay: 30, rendersPerMonth: 8, rendersHard: true },
      { requestsPerMinute: 30, requestsPerDay: 1_000_000, rendersPerMonth: 100, rendersHard: false },
    ][of]
    const accountId = `acct_${of}`
    return {
      key: {
        ...key,
        digest: `${place}`.padStart(64, 'd'),
        keyId: `key_${place}`,
        accountId,
        type: place === 5 ? 'test' : 'live',
        expiresAt: [0, now + DAY_MS, 0, 0, now - 1, 0, now + 30 * DAY_MS, 0, 0][place] ?? 0,
      },
      account: { ...account, ...limits, accountId },
    }
  })
  await region.putStates(
    states.map((one) => ({ ...one, seed })),
    await region.beforeFill(),
  )
  const known = states.map(({ key: state, account: of }): KnownKey => {
    const version = state.keyId === 'key_8' ? '0' : '1'
    return { name: `${state.digest}:${version}`, state, version, account: { state: of, version: '1' } }
  })

  const model = new Model()
  const seen = new Set<number>()
  for (let batch = 0; batch < 80; batch++) {
    const tickets = Array.from({ length: random.between(1, 40) }, (): Ticket => {
      const one = random.pick(known)
      return {
        key: one,
        verdict: random.chance(0.03) ? random.pick([REVOKED, FORBIDDEN]) : ADMIT,
        units: random.between(0, 2) + (one.state.type === 'test' ? 3 : 0),
        context: '[null,null,null]',
      }
    })
    const decisions = await Promise.all(tickets.map((ticket) => commit.decide(ticket)))
    const byKey = Map.groupBy(tickets.keys(), (place) => tickets[place]?.key.name)
    for (const place of [...byKey.values()].flat()) {
      const { now: at, ...decision } = decisions[place] as Decision
      expect(decision).toEqual(model.decide(tickets[place] as Ticket, at))
      seen.add(decision.code)
    }
  }
  // Otherwise this would not have asked about all of them.
  expect([...seen].sort((one, other) => one - other)).toEqual(
    [ADMIT, STALE, PER_MINUTE, PER_DAY, QUOTA, MONTH, EXPIRED, REVOKED, FORBIDDEN].sort(
      (one, other) => one - other,
    ),
  )
})

it('the region’s clock says whether a key has expired, whatever the verifier’s says', async () => {
  const state = { ...key, digest: 'e'.repeat(64), keyId: 'key_expiring', expiresAt: Date.now() - 1 }
  await region.putStates([{ key: state, account, seed }], await region.beforeFill())
  const of = { state: account, version: '1' }
  const behind = vi.spyOn(Date, 'now').mockReturnValue(state.expiresAt - 3_600_000)
  const { code } = await commit
    .decide({
      key: { name: `${state.digest}:1`, state, version: '1', account: of },
      verdict: ADMIT,
      units: 0,
      context: '[null,null,null]',
    })
    .finally(() => behind.mockRestore())
  expect(code).toBe(EXPIRED)
})

it('what counts expires, and is a table from its first batch on', async () => {
  await commit.decide({
    key: {
      name: `${key.digest}:1`,
      state: key,
      version: '1',
      account: { state: account, version: '1' },
    },
    verdict: ADMIT,
    units: 1,
    context: '[null,null,null]',
  })
  const names = await region.redis.keys('keys:*re*s:*:*')
  expect(names.map((name) => name.split(':')[1])).toEqual(
    expect.arrayContaining(['renders', 'requests', 'test-renders']),
  )
  for (const name of names) {
    expect(await region.redis.ttl(name)).toBeGreaterThan(0)
    expect(await region.redis.object('ENCODING', name)).toBe('hashtable')
  }
})

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { AccountState, KeyState } from '../../src/domain/keys/keyState.ts'
import type { Region } from '../../src/region/Region.ts'
import { RegionUnavailable } from '../../src/region/RegionUnavailable.ts'
import { StateCache } from '../../src/verifier/StateCache.ts'
import { type FillFromTruth, type LookupOutcome, StateLoader } from '../../src/verifier/StateLoader.ts'
import { freshRedis } from '../setup/services.ts'
import { account, key, openRegion, seed } from '../support/regionFixtures.ts'
import type { TestRedis } from '../support/startService.ts'

let redis: TestRedis
let region: Region
beforeAll(async () => {
  redis = await freshRedis()
  region = await openRegion(redis.url)
})
afterAll(async () => {
  await region.close()
  await redis.stop()
})
afterEach(() => {
  truth.keys.clear()
  truth.asked.length = 0
  truth.held = undefined
  truth.atOnce = truth.most = 0
  outcomes.length = 0
})

/** What Postgres knows, and how it was asked. */
const truth = {
  keys: new Map<string, { key: KeyState; account: AccountState }>(),
  asked: [] as string[][],
  atOnce: 0,
  most: 0,
  held: undefined as Promise<void> | undefined,
}
const outcomes: LookupOutcome[] = []

/** Reads, and then waits while `held`: what comes back is what was true when it was asked. */
const fill: FillFromTruth = async (digests) => {
  truth.asked.push(digests)
  truth.atOnce += 1
  truth.most = Math.max(truth.most, truth.atOnce)
  const found = digests.flatMap((digest) => truth.keys.get(digest) ?? [])
  await (truth.held ?? new Promise((resolve) => setImmediate(resolve)))
  truth.atOnce -= 1
  return found
}
const open = () => new StateLoader([region], new StateCache(100_000), fill, (one) => outcomes.push(one))

let names = 0
const newDigest = () => String(names++).padStart(43, 'x')
const stateOf = (digest: string) => ({
  key: { ...key, digest, keyId: `key_${digest.slice(-16)}` },
  account,
})

/** A create, as a worker does it: first the row, then every region, then the answer. */
async function create(digest: string): Promise<void> {
  const state = stateOf(digest)
  truth.keys.set(digest, state)
  await region.putStates([{ ...state, seed }], await region.beforeFill())
}

it('promise 12: a flood of unknown keys asks Postgres one question at a time', async () => {
  const loader = open()
  const digests = Array.from({ length: 5_000 }, newDigest)
  const answers = await Promise.all(digests.map((digest) => loader.load(digest)))
  expect(answers.every((answer) => answer === undefined)).toBe(true)
  expect(truth.most).toBe(1)
  expect(truth.asked.length).toBeLessThan(12)
  expect(truth.asked.flat().length).toBe(5_000)
})

it('the same unknown key, again and again, is asked for once a second', async () => {
  const loader = open()
  const digest = newDigest()
  for (let again = 0; again < 50; again++) expect(await loader.load(digest)).toBeUndefined()
  expect(truth.asked.length).toBeLessThan(5)
  expect(outcomes.filter((one) => one === 'remembered').length).toBeGreaterThan(40)
})

it('a key that was unknown a moment ago is found once its create has answered', async () => {
  const loader = open()
  for (let trial = 0; trial < 50; trial++) {
    const digest = newDigest()
    expect(await loader.load(digest)).toBeUndefined()
    await create(digest)
    expect((await loader.load(digest))?.state.digest).toBe(digest)
  }
})

it('a question that began before a create never answers who came after it', async () => {
  const loader = open()
  const digest = newDigest()
  let release = () => {}
  truth.held = new Promise((resolve) => {
    release = resolve
  })
  const early = loader.load(digest)
  while (truth.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await create(digest)
  const late = loader.load(digest)
  expect((await late)?.state.digest).toBe(digest)
  release()
  expect(await early).toBeUndefined()
})

it('what was unknown in one epoch is asked for again in the next', async () => {
  const loader = open()
  const digest = newDigest()
  expect(await loader.load(digest)).toBeUndefined()
  await create(digest)
  // Another epoch: whatever the region was told is lost, and Postgres has it.
  await region.redis.del('keys:region')
  expect((await loader.load(digest))?.state.digest).toBe(digest)
  expect(outcomes).toEqual(['nowhere', 'truth'])
})

it('promise 11: a truth that hangs holds back who needs it, for two seconds, and nobody else', async () => {
  const loader = open()
  let release = () => {}
  truth.held = new Promise((resolve) => {
    release = resolve
  })
  const waiting = Array.from({ length: 20 }, () => loader.load(newDigest()).catch((error) => error))
  while (truth.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const digest = newDigest()
  await create(digest)
  expect((await loader.load(digest))?.state.digest).toBe(digest)
  for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(RegionUnavailable)
  truth.held = undefined
  release()
  expect(await loader.load(newDigest())).toBeUndefined()
})

it('more than 10,000 keys do not wait at once', async () => {
  const loader = open()
  let release = () => {}
  truth.held = new Promise((resolve) => {
    release = resolve
  })
  const first = Array.from({ length: 1_500 }, () => loader.load(newDigest()).catch((error) => error))
  while (truth.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const more = Array.from({ length: 12_000 }, () => loader.load(newDigest()).catch((error) => error))
  const answers = await Promise.all([...first, ...more])
  const refused = answers.filter((answer) => /too many/.test(String(answer)))
  expect(refused.length).toBeGreaterThan(1_000)
  truth.held = undefined
  release()
})

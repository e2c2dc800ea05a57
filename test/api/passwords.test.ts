import argon2 from 'argon2'
import { afterEach, expect, it, vi } from 'vitest'
import { createPasswords } from '../../src/api/passwords.ts'
import { noPassword } from '../../src/platform/passwordHash.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'

const secretsOf = (fill: number) =>
  readSecretsKeys({ SECRETS_KEY: Buffer.alloc(32, fill).toString('base64') })
const secrets = secretsOf(7)
const email = 'ada@example.com'
const address = '192.0.2.1'

afterEach(() => void vi.restoreAllMocks())

it('a password is kept as argon2id, salted by address and installation', async () => {
  const passwords = createPasswords(secrets)
  const elsewhere = createPasswords(secretsOf(8))
  const one = await passwords.hash(address, 'correct horse', email, undefined)
  expect(one).toMatch(/^\$argon2id\$/)
  expect(await argon2.verify(one, 'correct horse')).toBe(true)
  for (const other of [
    passwords.hash(address, 'correct horse', 'bob@example.com', undefined),
    elsewhere.hash(address, 'correct horse', email, undefined),
  ])
    expect(await other).not.toBe(one)
  expect(await passwords.matching(address, [one], 'correct horse')).toEqual(new Set([one]))
  expect(await passwords.matching(address, [one], 'another horse')).toEqual(new Set())
})

it('all passwords of an address, a former release’s among them, take one computation; so does an address without any', async () => {
  const passwords = createPasswords(secrets)
  const former = await argon2.hash('correct horse')
  const others = await Promise.all(
    ['second horse', 'third horse'].map((text) => passwords.hash(address, text, email, former)),
  )
  const hash = vi.spyOn(argon2, 'hash')
  expect(await passwords.matching(address, [former, ...others], 'second horse')).toEqual(new Set([others[0]]))
  expect(await passwords.matching(address, [former], 'correct horse')).toEqual(new Set([former]))
  expect(hash).toHaveBeenCalledTimes(2)
  expect(await passwords.matching(address, [], 'a guess')).toEqual(new Set())
  expect(hash).toHaveBeenCalledTimes(3)
  const costs = hash.mock.calls.map(([, options]) => {
    const { memoryCost = 65_536, timeCost = 3, parallelism = 4 } = options ?? {}
    return [memoryCost, timeCost, parallelism]
  })
  expect(new Set(costs.map(String))).toEqual(new Set(['65536,3,4']))
})

it('what stands for no password is a hash of the same form, which differs each time', async () => {
  expect(noPassword()).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(noPassword()).not.toBe(noPassword())
  expect(await argon2.verify(noPassword(), '')).toBe(false)
})

/** The test ends each hash and each rest. */
function heldPasswords() {
  const hashes: ((value: string) => void)[] = []
  vi.spyOn(argon2, 'hash').mockImplementation(
    () => new Promise<never>((resolve) => hashes.push(resolve as () => void)),
  )
  const rests: { ms: number; end: () => void }[] = []
  const rest = (ms: number) => new Promise<void>((end) => rests.push({ ms, end }))
  return { passwords: createPasswords(secrets, rest), hashes, rests }
}
const settled = () => new Promise(setImmediate)

it('promise 12: after each hash, the next one waits for twice as long as that took', async () => {
  const { passwords, hashes, rests } = heldPasswords()
  vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(1_700)
  const [first, second] = [1, 2].map(() => passwords.hash(address, 'correct horse', email, undefined))
  await settled()
  hashes[0]?.('done')
  expect(await first).toBe('done')
  await settled()
  expect([rests.map(({ ms }) => ms), hashes.length]).toEqual([[1_400], 1])
  rests[0]?.end()
  await settled()
  hashes[1]?.('next')
  expect(await second).toBe('next')
})

it('promise 11: after a hash in which the process was stopped, the next one waits for two seconds at most', async () => {
  const { passwords, hashes, rests } = heldPasswords()
  vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(3_601_000)
  const slow = passwords.hash(address, 'correct horse', email, undefined)
  await settled()
  hashes[0]?.('done')
  await slow
  await settled()
  expect(rests.map(({ ms }) => ms)).toEqual([2_000])
})

it('promise 12: hashes for one network leave room for others, which do not wait for all of them', async () => {
  const { passwords, hashes, rests } = heldPasswords()
  const answered: string[] = []
  const ask = (from: string) =>
    passwords.matching(from, [], 'a guess').then(
      () => answered.push(from),
      ({ kind }) => answered.push(`${from} ${kind.slug}`),
    )
  // The first one runs, and waits no more.
  const flood = Array.from({ length: 17 }, (_, n) => `2001:db8:0:${n}::1`)
  const others = Array.from({ length: 16 }, (_, n) => `192.0.2.${n}`)
  for (const from of [...flood, '2001:db8::99', ...others, '198.51.100.1']) ask(from)
  await settled()
  expect(answered).toEqual(['2001:db8::99 rate-limit-exceeded', '198.51.100.1 service-unavailable'])
  expect(() => passwords.requireRoom('2001:db8::99')).toThrow('from your network')
  for (let done = 0; done < 4; done++) {
    hashes[done]?.('done')
    await settled()
    rests[done]?.end()
    await settled()
  }
  expect(answered.slice(2)).toEqual([flood[0], flood[1], others[0], others[1]])
  expect(() => passwords.requireRoom('2001:db8::99')).not.toThrow()
})

it('promise 12: a hash that fails lets the next one begin', async () => {
  const { passwords, rests } = heldPasswords()
  vi.spyOn(argon2, 'hash').mockRejectedValueOnce(new Error('out of memory'))
  const [failed, next] = [1, 2].map(() => passwords.matching(address, [], 'a guess'))
  next?.catch(() => {})
  await expect(failed).rejects.toThrow('out of memory')
  await settled()
  rests[0]?.end()
  await settled()
  expect(argon2.hash).toHaveBeenCalledTimes(2)
})

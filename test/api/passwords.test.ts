import argon2 from 'argon2'
import type { Context } from 'koa'
import { afterEach, expect, it, vi } from 'vitest'
import { passwordCaller } from '../../src/api/passwordCaller.ts'
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

it('promise 12: after each hash everybody waits for as long as it took, and its caller six times as long', async () => {
  const { passwords, hashes, rests } = heldPasswords()
  vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(1_500)
  const ask = (caller: string) => passwords.hash(caller, 'correct horse', email, undefined)
  const [first, second, another] = [ask('one'), ask('one'), ask('another')]
  await settled()
  hashes[0]?.('done')
  expect(await first).toBe('done')
  await settled()
  const [ofCaller, ofAll] = rests
  expect([ofCaller?.ms, ofAll?.ms, hashes.length]).toEqual([3_000, 500, 1])
  ofAll?.end()
  await settled()
  hashes[1]?.('the other one’s')
  expect(await another).toBe('the other one’s')
  rests[3]?.end()
  await settled()
  expect(hashes.length).toBe(2)
  ofCaller?.end()
  await settled()
  hashes[2]?.('next')
  expect(await second).toBe('next')
})

it('promise 11: after a hash in which the process was stopped, the next one waits for four seconds at most', async () => {
  const { passwords, hashes, rests } = heldPasswords()
  vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(3_601_000)
  const slow = passwords.hash(address, 'correct horse', email, undefined)
  await settled()
  hashes[0]?.('done')
  await slow
  await settled()
  expect(rests.map(({ ms }) => ms)).toEqual([4_000, 4_000])
})

it('promise 12: hashes for one caller leave room for others, which do not wait for all of them', async () => {
  const { passwords, hashes, rests } = heldPasswords()
  const answered: string[] = []
  const ask = (caller: string) =>
    passwords.matching(caller, [], 'a guess').then(
      () => answered.push(caller),
      ({ kind }) => answered.push(`${caller} ${kind.slug}`),
    )
  const others = Array.from({ length: 16 }, (_, n) => `other ${n}`)
  // The first one runs, and waits no more.
  for (const caller of [...Array(18).fill('flood'), ...others, 'late']) ask(caller)
  await settled()
  expect(answered).toEqual(['flood rate-limit-exceeded', 'late service-unavailable'])
  expect(() => passwords.requireRoom('flood')).toThrow('from your network')
  expect(() => passwords.requireRoom()).toThrow('Too many passwords are being')
  for (let done = 0; done < 4; done++) {
    hashes[done]?.('done')
    await settled()
    for (const { end } of rests.splice(0)) end()
    await settled()
  }
  expect(answered.slice(2)).toEqual(['flood', 'flood', others[0], others[1]])
  expect(() => passwords.requireRoom('flood')).not.toThrow()
})

it('promise 12: a hash that fails lets the next one begin', async () => {
  const { passwords, rests } = heldPasswords()
  vi.spyOn(argon2, 'hash').mockRejectedValueOnce(new Error('out of memory'))
  const [failed, next] = [1, 2].map(() => passwords.matching('one', [], 'a guess'))
  next?.catch(() => {})
  await expect(failed).rejects.toThrow('out of memory')
  await settled()
  for (const { end } of rests) end()
  await settled()
  expect(argon2.hash).toHaveBeenCalledTimes(2)
})

it('the caller is the member on a device of theirs, else the network', () => {
  const device = { id: 'one', isFor: (of: string) => of === email }
  const callerOn = (known: typeof device | undefined, address: string, of?: string) => {
    const knownDevices = { read: () => known, remember: () => {} }
    const clientIp = Object.assign(() => address, { believes: () => true })
    return passwordCaller({ clientIp, knownDevices }, { req: {} } as Context, of)
  }
  expect(callerOn(device, '192.0.2.1', 'Ada@Example.com')).toBe(email)
  for (const [known, of] of [
    [device, 'bob@example.com'],
    [device, undefined],
    [undefined, email],
  ] as const) {
    expect(callerOn(known, '192.0.2.1', of)).toBe('192.0.2.1')
    expect(callerOn(known, '2001:db8:0:7::1', of)).toBe('2001:db8::/48')
  }
})

import argon2 from 'argon2'
import { afterEach, expect, it, vi } from 'vitest'
import { createPasswords } from '../../src/api/passwords.ts'
import { noPassword } from '../../src/platform/passwordHash.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'

const secretsOf = (fill: number) =>
  readSecretsKeys({ SECRETS_KEY: Buffer.alloc(32, fill).toString('base64') })
const secrets = secretsOf(7)
const email = 'ada@example.com'

afterEach(() => void vi.restoreAllMocks())

it('a password is kept as argon2id, salted by address and installation', async () => {
  const passwords = createPasswords(secrets)
  const elsewhere = createPasswords(secretsOf(8))
  const one = await passwords.hash('correct horse', email, undefined)
  expect(one).toMatch(/^\$argon2id\$/)
  expect(await argon2.verify(one, 'correct horse')).toBe(true)
  for (const other of [
    passwords.hash('correct horse', 'bob@example.com', undefined),
    elsewhere.hash('correct horse', email, undefined),
  ])
    expect(await other).not.toBe(one)
  expect(await passwords.matching([one], 'correct horse')).toEqual(new Set([one]))
  expect(await passwords.matching([one], 'another horse')).toEqual(new Set())
})

it('all passwords of an address, a former release’s among them, take one computation; so does an address without any', async () => {
  const passwords = createPasswords(secrets)
  const former = await argon2.hash('correct horse')
  const others = await Promise.all(
    ['second horse', 'third horse'].map((text) => passwords.hash(text, email, former)),
  )
  const hash = vi.spyOn(argon2, 'hash')
  expect(await passwords.matching([former, ...others], 'second horse')).toEqual(new Set([others[0]]))
  expect(await passwords.matching([former], 'correct horse')).toEqual(new Set([former]))
  expect(hash).toHaveBeenCalledTimes(2)
  expect(await passwords.matching([], 'a guess')).toEqual(new Set())
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

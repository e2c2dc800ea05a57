import argon2 from 'argon2'
import { afterEach, expect, it, vi } from 'vitest'
import { createPasswords } from '../../src/api/passwords.ts'

afterEach(() => void vi.restoreAllMocks())

it('a password is kept as argon2id, salted', async () => {
  const passwords = createPasswords()
  const [one, other] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')]
  expect(one).toMatch(/^\$argon2id\$/)
  expect(one).not.toBe(other)
  expect(await passwords.verify(one, 'correct horse')).toBe(true)
  expect(await passwords.verify(one, 'another horse')).toBe(false)
})

it('an email address without a member costs the same check of a hash as one with a member', async () => {
  const passwords = createPasswords()
  const hash = await passwords.hash('correct horse')
  const verify = vi.spyOn(argon2, 'verify')
  expect(await passwords.verify(hash, 'a guess')).toBe(false)
  expect(await passwords.verify(undefined, 'a guess')).toBe(false)
  expect(verify.mock.calls.map(([digest]) => digest.replace(/\$[^$]+\$[^$]+$/, ''))).toEqual([
    hash.replace(/\$[^$]+\$[^$]+$/, ''),
    hash.replace(/\$[^$]+\$[^$]+$/, ''),
  ])
  expect(verify.mock.calls[1]?.[0]).not.toBe(hash)
})

it('nobody signs in to no account, not even with the stand-in’s own password', async () => {
  expect(await createPasswords().verify(undefined, 'nobody has this password')).toBe(false)
})

import type { Context } from 'koa'
import { describe, expect, it } from 'vitest'
import { createKnownDevices } from '../../src/api/knownDevice.ts'
import { readEnv } from '../../src/platform/env.ts'
import { createSealer } from '../../src/platform/seal.ts'
import { readSecretsKeys, UnreadableSecret } from '../../src/platform/secretsKeys.ts'
import { createVault } from '../../src/platform/vault.ts'
import { rotationSteps, secretsKey } from '../support/secretsKeys.ts'

const keysOf = (SECRETS_KEY: string, SECRETS_KEYS_READ = '') =>
  readSecretsKeys({ SECRETS_KEY, SECRETS_KEYS_READ })
const vaultOf = (...keys: [string, string?]) => createVault(keysOf(...keys))
const [one, two, three] = [secretsKey(1), secretsKey(2), secretsKey(3)]
const CONTEXT = 'channel chan_1 target'
const DATABASES = { DATABASE_URL: 'postgres://localhost/keys', REDIS_URL: 'redis://localhost' }

describe('SECRETS_KEY and SECRETS_KEYS_READ', () => {
  it.each([
    [one, ''],
    [`1:${one}`, ''],
    [one, `2:${two}`],
    [`2:${two}`, one],
    [`2:${two}`, `1:${one}, 3:${three}`],
    [`9999:${two.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')}`, ''],
  ])('may be %s and "%s"', (SECRETS_KEY, SECRETS_KEYS_READ) => {
    expect(readEnv({ ...DATABASES, SECRETS_KEY, SECRETS_KEYS_READ })).toMatchObject({ SECRETS_KEY })
  })

  it.each([
    ['too short', '', 'SECRETS_KEY: must be 32 bytes in base64'],
    [`2:${two.slice(4)}`, '', 'SECRETS_KEY: must be 32 bytes in base64'],
    [`0:${two}`, '', 'SECRETS_KEY: must be 32 bytes in base64'],
    [`2:1:${two}`, '', 'SECRETS_KEY: must be 32 bytes in base64'],
    [one, 'secret words', 'SECRETS_KEYS_READ: must be keys'],
    [one, `2:${two};3:${three}`, 'SECRETS_KEYS_READ: must be keys'],
    [two, one, 'SECRETS_KEYS_READ: must have numbers that SECRETS_KEY and the other keys do not have'],
    [`3:${two}`, `2:${one},2:${three}`, 'SECRETS_KEYS_READ: must have numbers'],
  ])('may not be %s and "%s"', (SECRETS_KEY, SECRETS_KEYS_READ, message) => {
    const read = () => readEnv({ ...DATABASES, SECRETS_KEY, SECRETS_KEYS_READ })
    expect(read).toThrow(message)
    // The message never has a value.
    expect(read).not.toThrow(/secret words|=/)
  })
})

describe('what is sealed', () => {
  it('under key 1 looks as it always did, and under another one names it', () => {
    expect(vaultOf(one).seal('s', CONTEXT)).toMatch(/^[\w-]+$/)
    expect(vaultOf(`2:${two}`).seal('s', CONTEXT)).toMatch(/^2\.[\w-]+$/)
    expect(vaultOf(`2:${two}`).hashesOf('s')[0]).toMatch(/^2\.[\w-]{43}$/)
  })

  it('says which key is missing, or is another one than the process has', () => {
    const sealed = vaultOf(`7:${two}`).seal('s', CONTEXT)
    expect(() => vaultOf(one).open(sealed, CONTEXT)).toThrow(new UnreadableSecret(7, false).message)
    expect(new UnreadableSecret(7, false).message).toContain(
      'secrets key 7, which this process does not have',
    )
    expect(() => vaultOf(`7:${three}`).open(sealed, CONTEXT)).toThrow(
      'secrets key 7, but the one of this process',
    )
  })

  it('is sealed again towards a higher number alone', () => {
    const [before, after] = [vaultOf(one, `2:${two}`), vaultOf(`2:${two}`, one)]
    const old = before.seal('s', CONTEXT)
    const sealed = after.reseal(old, CONTEXT)
    expect(sealed).toMatch(/^2\./)
    expect(vaultOf(`2:${two}`).open(sealed, CONTEXT)).toBe('s')
    expect(before.reseal(sealed, CONTEXT)).toBe(sealed)
    expect(after.reseal(sealed, CONTEXT)).toBe(sealed)
    expect(() => after.reseal(old, 'channel chan_2 target')).toThrow(UnreadableSecret)
  })
})

describe.each(rotationSteps)('while a rotation goes from "$before" to "$after"', ({ before, after }) => {
  const sides = [keysOf(...before), keysOf(...after)] as const
  const pairs = [
    [sides[0], sides[1]],
    [sides[1], sides[0]],
  ] as const

  it('each process opens what the other one has sealed', () => {
    for (const [here, there] of pairs) {
      const sealed = createVault(here).seal('secret', CONTEXT)
      expect(createVault(there).open(sealed, CONTEXT)).toBe('secret')
      const answer = createSealer(here).seal('secret', 'header', 'op_1')
      expect(createSealer(there).open(answer, 'header', 'op_1')).toBe('secret')
    }
  })

  it('each process recognises what the other one has stored of a value', () => {
    for (const [here, there] of pairs) {
      expect(createVault(there).hashesOf('a@example.com')).toContain(
        createVault(here).hashesOf('a@example.com')[0],
      )
      expect(createSealer(there).hashesOf('header')).toContain(createSealer(here).hashesOf('header')[0])
    }
  })

  it('each process knows the devices that the other one has signed', () => {
    for (const [here, there] of pairs) {
      let cookie: string | undefined
      const jar = {
        read: () => cookie,
        write: (_ctx: Context, _name: string, value: string) => {
          cookie = value
        },
      } as unknown as Parameters<typeof createKnownDevices>[0]
      const ctx = {} as Context
      createKnownDevices(jar, here).remember(ctx, 'a@example.com', new Date())
      const signed = cookie
      const device = createKnownDevices(jar, there).read(ctx)
      expect(device?.isFor('a@example.com')).toBe(true)
      expect(device?.isFor('b@example.com')).toBe(false)
      createKnownDevices(jar, there).remember(ctx, 'a@example.com', new Date())
      expect(createKnownDevices(jar, here).read(ctx)?.id).toBe(device?.id)
      cookie = signed?.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
      expect(createKnownDevices(jar, there).read(ctx)).toBeUndefined()
    }
  })
})

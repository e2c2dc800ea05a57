import { expect, it } from 'vitest'
import { createSealer } from '../../src/platform/seal.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'

const keysOf = (fill: number) => readSecretsKeys({ SECRETS_KEY: Buffer.alloc(32, fill).toString('base64') })
const [sealer, other] = [createSealer(keysOf(1)), createSealer(keysOf(2))]

it('a sealed answer opens for the same Idempotency-Key, command and SECRETS_KEY alone', () => {
  const sealed = sealer.seal('pk_live_secret', 'header', 'op_1')
  expect(sealer.open(sealed, 'header', 'op_1')).toBe('pk_live_secret')
  expect(() => sealer.open(sealed, 'header2', 'op_1')).toThrow()
  expect(() => sealer.open(sealed, 'header', 'op_2')).toThrow()
  expect(() => other.open(sealed, 'header', 'op_1')).toThrow()
  expect(() => sealer.open(`${sealed.slice(0, -4)}AAAA`, 'header', 'op_1')).toThrow()
})

it('what is stored of an Idempotency-Key says nothing about it, and is another for another SECRETS_KEY', () => {
  const hash = sealer.hashesOf('header')[0]
  expect(hash).toMatch(/^[\w-]{43}$/)
  expect(sealer.hashesOf('header')).toEqual([hash])
  expect(sealer.hashesOf('header2')).not.toContain(hash)
  expect(other.hashesOf('header')).not.toContain(hash)
  // Nor does the same answer look the same twice.
  expect(sealer.seal('a', 'header', 'op_1')).not.toBe(sealer.seal('a', 'header', 'op_1'))
})

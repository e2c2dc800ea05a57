import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createClientIp } from '../../src/api/clientIp.ts'
import { canonicalAddress, networksOf } from '../../src/domain/addresses.ts'
import { beyondIps, ipAllowed, isIpOrRange } from '../../src/domain/keys/allowedIps.ts'
import { AllowedIps } from '../../src/domain/keys/keyFields.ts'
import { verdictOf } from '../../src/domain/metering/verdictOf.ts'
import { readEnv } from '../../src/platform/env.ts'
import { requestFacts } from '../../src/verifier/requestFacts.ts'

const spellings: Record<string, string[]> = {
  '10.0.0.1': [
    '10.0.0.1',
    ' 10.0.0.1\t',
    '10.0.0.1:567',
    '::ffff:10.0.0.1',
    '::FFFF:10.0.0.1',
    '::ffff:a00:1',
    '0:0:0:0:0:ffff:0a00:0001',
    '0000:0000:0000:0000:0000:ffff:10.0.0.1',
    '[::ffff:10.0.0.1]',
    '[::ffff:a00:1]:443',
    ' [::ffff:a00:1]:443 ',
  ],
  '2001:db8::1': [
    '2001:db8::1',
    '2001:DB8:0:0:0:0:0:1',
    '2001:0db8:0000:0000:0000:0000:0000:0001',
    '[2001:db8::1]',
    '[2001:db8::1]:65535',
  ],
  '::1': ['::1', '[::1]:80', '0:0:0:0:0:0:0:1'],
}

const unreadable = [
  '',
  ' ',
  'unknown',
  '_hidden',
  'localhost',
  'nonsense',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '0x7f.1',
  '2130706433',
  '10.0.0.1:',
  '10.0.0.1:port',
  '10.0.0.1:123456',
  '[10.0.0.1]',
  '[10.0.0.1]:80',
  '10.0.0.1/32',
  '10.0.0.1, 10.0.0.2',
  '2001:db8::1::2',
  '1:2:3:4:5:6:7:8:80',
  '[::1',
  '::1]',
  '[::1]80',
  'fe80::1%eth0',
  '[fe80::1%eth0]:80',
  '::ffff:10.0.0.256',
  `[::1]${' '.repeat(60)}:80`,
]

const request = (peer: string | undefined, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    headers: { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage

describe('an address', () => {
  const all = Object.entries(spellings).flatMap(([address, forms]) => forms.map((form) => [form, address]))

  it.each(all)('%j is the same decision as %s, wherever it comes from', (form, address) => {
    const clientIp = createClientIp('127.0.0.0/8')
    expect(canonicalAddress(form)).toBe(address)
    expect(requestFacts({ ip: form }).ip).toBe(address)
    expect(clientIp(request('127.0.0.1', form))).toBe(address)
    expect(clientIp(request('::ffff:127.0.0.1', `9.9.9.9, ${form}`))).toBe(address)
    expect(ipAllowed([address], form)).toBe(true)
    expect(ipAllowed(['192.0.2.1', '2001:db8:1::/48'], form)).toBe(false)
  })

  it.each(unreadable)('%j is nobody’s: in no range, not stored, and not the proxy’s own', (form) => {
    expect(canonicalAddress(form)).toBeUndefined()
    expect(requestFacts({ ip: form }).ip).toBeUndefined()
    expect(ipAllowed(['0.0.0.0/0', '::/0'], form)).toBe(false)
    if (form.trim() === '' || form.includes(',')) return
    const address = createClientIp('127.0.0.0/8')(request('127.0.0.1', form))
    expect(address).toBe('unknown')
    expect(ipAllowed(['0.0.0.0/0', '::/0'], address)).toBe(false)
  })
})

describe('X-Forwarded-For', () => {
  const clientIp = createClientIp('127.0.0.1, 10.0.0.0/8,::ffff:172.16.0.0/108, 2001:db8::/32')

  it.each([
    ['8.8.8.8', '1.2.3.4', '8.8.8.8'],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', ' , ,', '127.0.0.1'],
    ['::ffff:10.1.2.3', '1.2.3.4', '1.2.3.4'],
    ['127.0.0.1', '6.6.6.6, 1.2.3.4:55, [::ffff:a00:7]:80, 172.31.0.1', '1.2.3.4'],
    ['2001:db8::9', '1.2.3.4,', '1.2.3.4'],
    ['127.0.0.1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['127.0.0.1', '1.2.3.4, garbage, 10.0.0.2', 'unknown'],
    ['127.0.0.1', '1.2.3.4, 5.6.7.8, 10.0.0.2', '5.6.7.8'],
    ['fe80::1%eth0', '1.2.3.4', 'unknown'],
    [undefined, '1.2.3.4', 'unknown'],
  ])('from %s, saying %s: %s', (peer, forwarded, expected) => {
    expect(clientIp(request(peer, forwarded))).toBe(expected)
  })

  it('TRUSTED_PROXIES that cannot be read stop the start, by name', () => {
    const env = { DATABASE_URL: 'postgres://h/d', REDIS_URL: 'redis://h', SECRETS_KEY: 'A'.repeat(43) }
    expect(readEnv({ ...env, TRUSTED_PROXIES: '10.0.0.0/8, ::1 ,' }).TRUSTED_PROXIES).toContain('10.0.0.0/8')
    for (const wrong of ['proxy.local', '10.0.0.0/33', 'fe80::1%eth0'])
      expect(() => readEnv({ ...env, TRUSTED_PROXIES: wrong })).toThrow(
        /TRUSTED_PROXIES: must be IP addresses/,
      )
  })
})

describe('allowed IPs', () => {
  it.each([
    [[], undefined, true],
    [['10.0.0.0/8'], '10.9.8.7', true],
    [['10.9.8.7/8'], '10.0.0.1', true],
    [['10.0.0.0/8'], '::ffff:10.9.8.7', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['::ffff:10.0.0.0/104'], '10.9.8.7', true],
    [['::ffff:a00:0/104'], '10.9.8.7', true],
    [['::ffff:10.0.0.0/104'], '11.0.0.1', false],
    [['::ffff:0:0/96'], '8.8.8.8', true],
    [['::ffff:203.0.113.7'], '203.0.113.7:443', true],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '10.0.0.1', false],
    [['203.0.113.7'], '203.0.113.7', true],
    [['203.0.113.7'], undefined, false],
    [['0.0.0.0/0'], '::1', false],
    [['::/0'], '10.0.0.1', false],
    // As earlier releases took them: they allow nobody, and break nothing.
    [['fe80::1%eth0', '::ffff:10.0.0.0/64', 'nonsense'], '10.0.0.1', false],
  ])('%j lets %s in: %s', (allowed, ip, expected) => expect(ipAllowed(allowed, ip)).toBe(expected))

  it.each([
    '10.0.0.1',
    '10.0.0.0/8',
    '::1',
    '2001:db8::/32',
    '::ffff:10.0.0.0/104',
    '::ffff:0:0/96',
    '0.0.0.0/0',
  ])('%s is one', (text) => expect(isIpOrRange(text)).toBe(true))
  it.each([
    ...unreadable.filter((text) => text !== '10.0.0.1/32'),
    ...['10.0.0.0/33', '1.2.3.4/', '1.2.3.4/08', '::1/129', '10.0.0.1 ', '10.0.0.1:80', '[::1]', '[::1]/64'],
    ...['::ffff:10.0.0.0/95', '::ffff:10.0.0.0/8', '::ffff:10.0.0.0/129', 'fe80::%eth0/64'],
  ])('%j is none', (text) => {
    expect(isIpOrRange(text)).toBe(false)
    expect(AllowedIps.safeParse([text]).success).toBe(false)
  })

  it.each([
    [[], [], undefined],
    [[], ['1.2.3.4'], undefined],
    [['10.0.0.0/8'], ['10.1.0.0/16', '::ffff:10.2.3.4'], undefined],
    [['10.0.0.0/8', '::1'], ['::1', '10.0.0.0/8'], undefined],
    [['10.0.0.0/8'], [], '*'],
    [['10.0.0.0/8'], ['10.0.0.0/7'], '10.0.0.0/7'],
    [['10.0.0.0/8'], ['10.0.0.1', '11.0.0.1'], '11.0.0.1'],
    [['10.0.0.0/8'], ['::/0'], '::/0'],
    [['nonsense'], ['10.0.0.1'], '10.0.0.1'],
  ])('within %j, %j goes beyond by %s', (outer, inner, expected) =>
    expect(beyondIps(outer, inner)).toBe(expected),
  )

  it('are parsed once per state of a key, not once per request', () => {
    let reads = 0
    const allowedIps = new Proxy(['10.0.0.0/8'], {
      get: (list, name) => {
        if (name === '0') reads += 1
        return Reflect.get(list, name)
      },
    })
    const state = { status: 'active', permissions: [], allowedIps } as never
    for (let n = 0; n < 100; n++) verdictOf(state, {}, { ip: '10.0.0.1' })
    expect(reads).toBe(1)
  })
})

it.each([
  ['10.0.0.1', ['10.0.0.1']],
  ['::ffff:10.0.0.1', ['10.0.0.1']],
  ['2001:db8:1:2:3:4:5:6', ['2001:db8:1:2::/64', '2001:db8:1::/48']],
  ['[2001:db8:1:2::ff]:443', ['2001:db8:1:2::/64', '2001:db8:1::/48']],
  ['nonsense', ['unknown']],
])('%s belongs to the networks %j', (address, networks) => expect(networksOf(address)).toEqual(networks))

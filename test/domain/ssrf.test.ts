import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPublicAddress, refuseUrl } from '../../src/domain/notifications/publicAddress.ts'
import type { Address } from '../../src/workers/notifiers/lookUp.ts'
import { type OutboundPolicy, postMessage } from '../../src/workers/notifiers/postMessage.ts'
import { startReceiver } from '../support/receivers.ts'

let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  receiver = await startReceiver()
})
afterAll(() => receiver.stop())

const family = (address: string) => (address.includes(':') ? 6 : 4)
const asAddresses = (...list: string[]): Address[] =>
  list.map((address) => ({ address, family: family(address) }))

/** Names lead to the listener of this machine unless told: what is let through would arrive. */
const outside = (names: Record<string, Address[]> = {}, allowPrivate = false): OutboundPolicy => ({
  resolve: async (host) => names[host] ?? asAddresses('127.0.0.1'),
  allowPrivate,
  timeoutMs: 3_000,
})

const post = (url: string, out = outside()) => postMessage(url, {}, Buffer.from('{}'), out, new Date())

/** `PORT` is the listener's. */
const hostile = [
  // This machine.
  'http://127.0.0.1:PORT/',
  'http://127.0.0.2:PORT/',
  'http://127.255.255.254:PORT/',
  'http://localhost:PORT/',
  'http://LOCALHOST:PORT/',
  'http://localhost.:PORT/',
  'http://a.localhost:PORT/',
  'http://localhost.localdomain:PORT/',
  'http://ip6-localhost:PORT/',
  'http://0.0.0.0:PORT/',
  'http://0:PORT/',
  'http://[::]:PORT/',
  'http://[::1]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://[0000::0001]:PORT/',
  // Other spellings of it: decimal, octal, hexadecimal, short, full-width, escaped, with the root's dot.
  'http://2130706433:PORT/',
  'http://017700000001:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.0x0.0x0.0x1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://0177.0.0.01:PORT/',
  'http://127.1:PORT/',
  'http://127.0.1:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://１２７.０.０.１:PORT/',
  'http://127。0。0。1:PORT/',
  'http://①②⑦.0.0.1:PORT/',
  'http://%31%32%37.0.0.1:PORT/',
  'http:127.0.0.1:PORT/',
  'http:\\\\127.0.0.1:PORT\\',
  'http://\t127.0.0.1:PORT/',
  // Networks of one's own, of carriers, of the link; multicast, broadcast, reserved.
  'http://10.0.0.1/',
  'http://10.255.255.255/',
  'http://172.16.0.1/',
  'http://172.31.255.254/',
  'http://192.168.0.1/',
  'http://192.168.1.1:8080/',
  'http://3232235777/',
  'http://0xC0A80101/',
  'http://100.64.0.1/',
  'http://100.127.255.254/',
  'http://169.254.0.1/',
  'http://192.0.0.8/',
  'http://192.0.2.1/',
  'http://198.18.0.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://239.255.255.250/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  // What clouds tell about a machine.
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/latest/meta-data/',
  'http://0xA9FEA9FE/latest/meta-data/',
  'http://0251.0376.0251.0376/',
  'http://[fd00:ec2::254]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://100.100.100.200/',
  'http://168.63.129.16/',
  'http://metadata.google.internal/',
  'http://metadata/',
  // IPv6 that carries IPv4, and IPv6 of its own.
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[::ffff:0:127.0.0.1]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/',
  'http://[64:ff9b::a00:1]/',
  'http://[64:ff9b:1::a00:1]/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[2002:c0a8:101::1]/',
  'http://[2001:0:7f00:1::]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[fc00::1]/',
  'http://[fdff::1]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
  'http://[2001:db8::1]/',
  'http://[3fff::1]/',
  'http://[4000::1]/',
  // Names that lead inside, whatever they look like.
  'http://127.0.0.1.nip.io:PORT/',
  'http://spoofed.example.com:PORT/',
  'http://printer.local/',
  'http://router.lan/',
  'http://db.internal:5432/',
  'http://service.home.arpa/',
  'http://intranet/',
  // Other schemes, other people's names, other services.
  'file:///etc/passwd',
  'ftp://example.com/',
  'gopher://127.0.0.1:PORT/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'ws://127.0.0.1:PORT/',
  'http://user:password@example.com/',
  'http://example.com@127.0.0.1:PORT/',
  'http://127.0.0.1:PORT@127.0.0.1:PORT/',
  'http://example.com:22/',
  'http://example.com:25/',
]

describe('no message goes where only this network gets', () => {
  it('the table is long enough', () => expect(new Set(hostile).size).toBeGreaterThanOrEqual(60))

  it.each(hostile)('%s', async (pattern) => {
    const outcome = await post(pattern.replaceAll('PORT', String(receiver.port)))
    expect(outcome).toMatchObject({ outcome: 'refused' })
    expect(receiver.connections()).toBe(0)
  })

  it.each([
    ['one address of several', asAddresses('93.184.216.34', '127.0.0.1')],
    ['IPv6 beside public IPv4', asAddresses('93.184.216.34', '::1')],
    ['an address with a zone', asAddresses('fe80::1%eth0')],
    ['a mapped address', asAddresses('::ffff:127.0.0.1')],
    ['what is no address', asAddresses('127.0.0.1.example')],
  ])('a name with %s is refused', async (_name, addresses) => {
    const out = outside({ 'hook.example.com': addresses })
    expect(await post(`http://hook.example.com:${receiver.port}/`, out)).toMatchObject({ outcome: 'refused' })
    expect(receiver.connections()).toBe(0)
  })

  it('a name that changes its answer is asked once, and what was looked at is where it goes', async () => {
    let asked = 0
    const changing: OutboundPolicy = {
      allowPrivate: false,
      timeoutMs: 500,
      // TEST-NET would be refused; this one is public by its number, and nothing of ours answers there.
      resolve: async () => asAddresses(asked++ === 0 ? '192.88.98.1' : '127.0.0.1'),
    }
    const outcome = await post(`http://changing.example.com:${receiver.port}/`, changing)
    expect(['timeout', 'unreachable']).toContain(outcome.outcome)
    expect(asked).toBe(1)
    expect(await post(`http://changing.example.com:${receiver.port}/`, changing)).toMatchObject({
      outcome: 'refused',
    })
    expect(asked).toBe(2)
    expect(receiver.connections()).toBe(0)
  })

  it('a redirect to this machine is not followed', async () => {
    const other = await startReceiver({
      '/': (response) => response.writeHead(301, { Location: `${receiver.url}/` }).end('there'),
    })
    expect(await post(`${other.url}/`, outside({}, true))).toMatchObject({ outcome: 'rejected', status: 301 })
    expect(receiver.connections()).toBe(0)
    await other.stop()
  })

  it('with WEBHOOK_ALLOW_PRIVATE it arrives: the listener listens', async () => {
    expect(await post(`${receiver.url}/`, outside({}, true))).toMatchObject({
      outcome: 'delivered',
      detail: 'ok',
    })
    expect(await post(`http://hook.example.com:${receiver.port}/`, outside({}, true))).toMatchObject({
      status: 200,
    })
    expect(receiver.connections()).toBe(2)
  })
})

it('public addresses are public', () => {
  for (const address of [
    '93.184.216.34',
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])
    expect([address, isPublicAddress(address)]).toEqual([address, true])
  for (const url of [
    'https://example.com/',
    'http://example.com:8080/x',
    'https://example.com./',
    'https://1.1.1.1/',
  ])
    expect([url, refuseUrl(new URL(url), false)]).toEqual([url, undefined])
})

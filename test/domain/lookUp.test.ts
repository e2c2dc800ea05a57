import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createLookUp } from '../../src/workers/notifiers/lookUp.ts'

/** What DNS says of a name: addresses, or a code. */
const dns = (v4: string[] | string, v6: string[] | string) => {
  const say = (what: string[] | string) => async () => {
    if (typeof what === 'string') throw Object.assign(new Error(what), { code: what })
    return what
  }
  return { resolve4: say(v4), resolve6: say(v6) } as unknown as Pick<Resolver, 'resolve4' | 'resolve6'>
}
const never = () => new Promise<never>(() => {})
const turn = () => new Promise((resolve) => setImmediate(resolve))

it('addresses of both families are those of DNS, and the system is not asked', async () => {
  const lookUp = createLookUp({ resolver: dns(['192.0.2.1'], ['2001:db8::1']), system: never })
  expect(await lookUp('hooks.example.com')).toEqual([
    { address: '192.0.2.1', family: 4 },
    { address: '2001:db8::1', family: 6 },
  ])
  const onlyOne = createLookUp({ resolver: dns(['192.0.2.1'], 'ETIMEOUT'), system: never })
  expect(await onlyOne('hooks.example.com')).toEqual([{ address: '192.0.2.1', family: 4 }])
})

it('a name of /etc/hosts is the system’s, whatever DNS says of it or whether it answers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-hosts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const hosts = join(folder, 'hosts')
  await writeFile(hosts, '# 192.0.2.9 commented\n192.0.2.8\thooks.internal Alias # alias2\n')
  const system = async (host: string) => [{ address: `of ${host}`, family: 4 }]
  const lookUp = createLookUp({ resolver: dns('ETIMEOUT', 'ETIMEOUT'), system, hosts })
  for (const name of ['hooks.internal', 'alias'])
    expect(await lookUp(name)).toEqual([{ address: `of ${name}`, family: 4 }])
  for (const name of ['commented', 'alias2', '192.0.2.8'])
    await expect(lookUp(name)).rejects.toMatchObject({ code: 'ETIMEOUT' })
})

it.each(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'])('after %s the system is asked', async (code) => {
  const system = async (host: string) => [{ address: `of ${host}`, family: 4 }]
  const lookUp = createLookUp({ resolver: dns(code, 'ENODATA'), system })
  expect(await lookUp('printer')).toEqual([{ address: 'of printer', family: 4 }])
})

it.each(['ETIMEOUT', 'ESERVFAIL', 'EREFUSED'])(
  'after %s it is not: its server is hostile, or away',
  async (code) => {
    const lookUp = createLookUp({ resolver: dns('ENODATA', code), system: never })
    await expect(lookUp('slow.example.com')).rejects.toMatchObject({ code })
  },
)

it('promise 12: names whose server never answers hold no thread', async () => {
  const server = createSocket('udp4').bind(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const asked = new Promise((resolve) => server.once('message', resolve))
  const resolver = new Resolver({ timeout: 200, tries: 1 })
  resolver.setServers([`127.0.0.1:${(server.address() as AddressInfo).port}`])
  const lookUp = createLookUp({ resolver })
  const looking = Array.from({ length: 20 }, (_, name) =>
    lookUp(`hook-${name}.example.com`).catch((error) => error),
  )
  await asked
  expect(process.getActiveResourcesInfo()).not.toContain('GetAddrInfoReqWrap')
  expect(await Promise.all(looking)).toEqual(looking.map(() => expect.objectContaining({ code: 'ETIMEOUT' })))
})

it('promise 12: the system is asked for two names at once, whatever they do', async () => {
  const waiting: string[] = []
  const system = (host: string) => {
    waiting.push(host)
    return never()
  }
  const resolver = dns('ENOTFOUND', 'ENOTFOUND')
  const asked = vi.spyOn(resolver, 'resolve6')
  const lookUp = createLookUp({ resolver, system })
  for (const host of ['a', 'b', 'c', 'd']) void lookUp(host)
  await vi.waitUntil(() => asked.mock.calls.length === 4)
  for (let turns = 0; turns < 10; turns++) await turn()
  expect(waiting).toHaveLength(2)
})

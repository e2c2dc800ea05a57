import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let account: Awaited<ReturnType<SharedService['account']>>
beforeAll(async () => {
  service = await sharedService()
  account = await service.account('enterprise')
})

const same = ['10.1.2.3', '10.1.2.3:567', '::ffff:10.1.2.3', '::ffff:a01:203', '[0:0:0:0:0:ffff:a01:203]:80']
const unreadable = ['10.1.2', 'unknown', 'fe80::1%eth0', '[10.1.2.3]:80']

/** Asks in the name of a proxy on this machine, which the service trusts. */
const ask = (key: string, forwarded: string) =>
  account.as(key).get('/forward-auth', { headers: { 'X-Forwarded-For': forwarded } })

const callersOf = async (id: string) => (await account.get(`/api-keys/${id}/callers`)).body.ips

describe('one address in the spellings of proxies', () => {
  it('is one decision and one caller, and what cannot be read is nobody’s address', async () => {
    const bound = await account.createKey({ allowedIps: ['::ffff:10.0.0.0/104', '127.0.0.0/8'] })
    for (const forwarded of same)
      expect([forwarded, (await ask(bound.key, forwarded)).status]).toEqual([forwarded, 200])
    for (const forwarded of [...unreadable, '11.0.0.1']) {
      const { status, body } = await ask(bound.key, forwarded)
      expect([forwarded, status, body.type]).toEqual([
        forwarded,
        403,
        expect.stringMatching(/ip-not-allowed$/),
      ])
    }
    const callers = await eventually(
      () => callersOf(bound.id),
      (ips) =>
        ips.find(({ ip }: { ip: string }) => ip === '10.1.2.3')?.requests === same.length && ips.length > 1,
    )
    expect(callers.map(({ ip }: { ip: string }) => ip).sort()).toEqual(['10.1.2.3', '11.0.0.1'])
  })

  it('is never that of the header Forwarded, which a proxy may let through from its client', async () => {
    const { key } = await account.createKey({ allowedIps: ['10.0.0.0/8'] })
    const say = async (headers: Record<string, string>) =>
      (await account.as(key).get('/forward-auth', { headers })).status
    expect(await say({ Forwarded: 'for=10.1.2.3' })).toBe(403)
    expect(await say({ Forwarded: 'for=10.1.2.3', 'X-Forwarded-For': '11.0.0.1' })).toBe(403)
    expect(await say({ Forwarded: 'for=11.0.0.1', 'X-Forwarded-For': '10.1.2.3' })).toBe(200)
  })

  it('is the same to /verify and in reports; there an unreadable one is refused by name', async () => {
    const { id, key } = await account.createKey({ allowedIps: ['10.0.0.0/8'] })
    for (const ip of same)
      expect((await service.server.post('/verify', { key, ip })).body).toMatchObject({ code: 'VALID' })
    for (const ip of unreadable) {
      const { status, body } = await service.server.post('/verify', { key, ip })
      expect([ip, status, body.errors]).toMatchObject([ip, 400, [{ field: 'ip', code: 'invalid_format' }]])
    }
    const event = (ip: string, n: number) => ({
      id: `${id}-${n}`,
      at: new Date().toISOString(),
      keyId: id,
      status: 200,
      ip,
    })
    const report = (events: object[]) => service.server.post('/usage/events', { events })
    expect((await report(same.map(event))).body.accepted).toBe(same.length)
    const refused = await report([event('fe80::1%eth0', 99)])
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'events[0].ip'])
    const callers = await eventually(
      () => callersOf(id),
      ([first]) => first?.requests === 2 * same.length,
    )
    expect(callers).toMatchObject([{ ip: '10.1.2.3' }])
  })

  it('binds management calls, too', async () => {
    const { key } = await account.createKey({ access: 'admin', allowedIps: ['10.0.0.0/8'] })
    const list = (forwarded: string) =>
      account.as(key).get('/api-keys', { headers: { 'X-Forwarded-For': forwarded } })
    expect((await list('[::ffff:a01:203]:80')).status).toBe(200)
    expect((await list('10.1.2.3%eth0')).status).toBe(403)
  })
})

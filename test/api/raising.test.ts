import { createHash, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../src/api/routes/all.ts'
import type { Answer, Client } from '../support/client.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let account: Awaited<ReturnType<SharedService['account']>>
let mainKeyId: string
beforeAll(async () => {
  service = await sharedService()
  account = await service.account('enterprise')
  mainKeyId = (await account.get('/api-keys?q=Admin%20key')).body.apiKeys[0].id
})

const password = 'a long enough password'
const soon = () => new Date(Date.now() + 3_600_000).toISOString()
const email = () => `${randomUUID()}@example.com`

/** A client with a new key of these fields, and the key. */
async function actor(fields: object): Promise<Client & { id: string }> {
  const { id, key } = await account.createKey({ access: 'admin', ...fields })
  return Object.assign(account.as(key), { id })
}

function expectRefused({ status, body }: Answer, field: string, missing: string) {
  expect([status, body.type]).toEqual([403, expect.stringMatching(/insufficient-permissions$/)])
  expect(body.errors.map((fault: { field: string }) => fault.field)).toContain(field)
  expect(body.missing).toContain(missing)
}

describe('promise 10: a key gives no more than it holds', () => {
  it('one that manages keys alone makes keys that render, and no admin', async () => {
    const one = await actor({ permissions: ['keys:manage'] })
    const plain = await one.post('/api-keys', { name: 'Web', type: 'live', permissions: ['renders:write'] })
    expect(plain.status).toBe(201)
    expect((await one.patch(`/api-keys/${plain.body.id}`, { name: 'Website' })).status).toBe(200)
    expect((await one.post(`/api-keys/${plain.body.id}/rotate`)).status).toBe(201)

    expectRefused(
      await one.post('/api-keys', { name: 'x', type: 'live', access: 'admin' }),
      'permissions',
      'members:manage',
    )
    const second = await one.post('/api-keys', {
      name: 'Second',
      type: 'live',
      access: 'admin',
      permissions: ['keys:manage'],
    })
    expect(second.status).toBe(201)
    for (const id of [one.id, second.body.id])
      expectRefused(
        await one.patch(`/api-keys/${id}`, { permissions: ['keys:manage', 'audit:read'] }),
        'permissions',
        'audit:read',
      )
    expectRefused(
      await one.patch(`/api-keys/${mainKeyId}`, { name: 'Mine' }),
      'permissions',
      'members:manage',
    )
    expectRefused(await one.post(`/api-keys/${mainKeyId}/rotate`), 'permissions', 'members:manage')
    expect((await account.get(`/api-keys/${mainKeyId}`)).body).toMatchObject({
      name: 'Admin key',
      status: 'active',
    })

    const hash = () => createHash('sha256').update(randomUUID()).digest('hex')
    const lines = [
      { hash: hash(), name: 'In', permissions: ['renders:write'] },
      { hash: hash(), name: 'Out', access: 'admin' },
    ]
    for (const query of ['?dryRun=true', '']) {
      const response = await fetch(`${service.url}/api-keys/import${query}`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${(second.body as { key: string }).key}`,
          'Content-Type': 'application/x-ndjson',
        },
        body: lines.map((line) => JSON.stringify(line)).join('\n'),
      })
      expect(await response.json()).toMatchObject({
        imported: 1,
        failed: 1,
        errors: [{ line: 2, field: 'permissions', code: 'insufficient-permissions' }],
      })
    }
  })

  it('one that does not read usage makes and rotates no key that does', async () => {
    const one = await actor({ permissions: ['keys:manage'] })
    expectRefused(await one.post('/api-keys', { name: 'x', type: 'live' }), 'permissions', 'usage:read')
    const reading = ['renders:write', 'usage:read']
    const plain = await account.createKey({ permissions: ['renders:write'] })
    const change = { permissions: reading }
    expectRefused(await one.patch(`/api-keys/${plain.id}`, change), 'permissions', 'usage:read')
    const full = await account.createKey()
    expectRefused(await one.post(`/api-keys/${full.id}/rotate`), 'permissions', 'usage:read')
    expect((await one.patch(`/api-keys/${full.id}`, { name: 'Renamed' })).status).toBe(200)
    const both = await actor({ permissions: ['keys:manage', 'usage:read'] })
    expect((await both.post('/api-keys', { name: 'x', type: 'live' })).status).toBe(201)
    expect((await both.post(`/api-keys/${full.id}/rotate`)).status).toBe(201)
  })

  it('of every permission that a route asks for', async () => {
    const asked = new Set(
      routes.flatMap(({ spec: { auth } }) =>
        typeof auth === 'object' && 'permission' in auth ? [auth.permission] : [],
      ),
    )
    expect([...asked]).toContain('usage:read')
    asked.delete('keys:manage')
    const one = await actor({ permissions: ['keys:manage'] })
    for (const permission of asked) {
      const fields = { name: 'x', type: 'live', access: 'admin', permissions: [permission] }
      expectRefused(await one.post('/api-keys', fields), 'permissions', permission)
    }
  })

  it('one that is bound to addresses makes keys within them, and does not unbind itself', async () => {
    const one = await actor({ allowedIps: ['127.0.0.0/8', '10.0.0.0/8'] })
    const create = (allowedIps: string[]) => one.post('/api-keys', { name: 'x', type: 'live', allowedIps })
    expect((await create(['127.0.0.1', '::ffff:10.0.0.0/110'])).status).toBe(201)
    expectRefused(await create([]), 'allowedIps', '*')
    expectRefused(await create(['127.0.0.1', '11.0.0.1']), 'allowedIps', '11.0.0.1')
    expectRefused(await one.patch(`/api-keys/${one.id}`, { allowedIps: [] }), 'allowedIps', '*')
    expectRefused(await one.post(`/api-keys/${mainKeyId}/rotate`), 'allowedIps', '*')
    expectRefused(await one.post('/members', { email: email(), role: 'viewer', password }), 'role', '*')
    expect((await one.patch(`/api-keys/${one.id}`, { allowedIps: ['127.0.0.1'] })).status).toBe(200)
  })

  it('one that expires makes keys that expire with it, and does not prolong itself', async () => {
    const expiresAt = soon()
    const one = await actor({ expiresAt })
    const create = (end: string | null) => one.post('/api-keys', { name: 'x', type: 'live', expiresAt: end })
    expect((await create(expiresAt)).status).toBe(201)
    expectRefused(await create(null), 'expiresAt', expiresAt)
    expectRefused(await one.patch(`/api-keys/${one.id}`, { expiresAt: null }), 'expiresAt', expiresAt)
    expectRefused(await one.post(`/api-keys/${one.id}/rotate`), 'expiresAt', expiresAt)
    const { id } = await account.createKey()
    expectRefused(await one.post(`/api-keys/${id}/rotate`), 'expiresAt', expiresAt)
    expect((await one.patch(`/api-keys/${id}`, { name: 'Renamed' })).status).toBe(200)
  })

  it('a test key manages test keys only, and no members', async () => {
    const one = await actor({ type: 'test' })
    const mine = await one.post('/api-keys', { name: 'x', type: 'test' })
    expect(mine.status).toBe(201)
    const { id } = await account.createKey()
    const viewer = await account.post('/members', { email: email(), role: 'viewer', password })
    expectRefused(await one.post('/api-keys', { name: 'x', type: 'live' }), 'type', 'live')
    expectRefused(await one.patch(`/api-keys/${id}`, { name: 'x' }), 'type', 'live')
    for (const action of ['rotate', 'revoke'])
      expectRefused(await one.post(`/api-keys/${id}/${action}`), 'type', 'live')
    expectRefused(await one.delete(`/api-keys/${id}`), 'type', 'live')
    expectRefused(await one.delete(`/members/${viewer.body.id}`), 'role', 'live')
    expect((await one.get(`/api-keys/${id}`)).status).toBe(200)
    expect((await one.post(`/api-keys/${mine.body.id}/revoke`)).status).toBe(200)
  })

  it('one that manages members makes and changes nobody above it', async () => {
    const one = await actor({ permissions: ['members:manage', 'account:read'] })
    const viewer = await one.post('/members', { email: email(), role: 'viewer', password })
    expect(viewer.status).toBe(201)
    const admin = await account.post('/members', { email: email(), role: 'admin', password })
    expectRefused(
      await one.post('/members', { email: email(), role: 'admin', password }),
      'role',
      'keys:manage',
    )
    expectRefused(await one.patch(`/members/${viewer.body.id}`, { role: 'admin' }), 'role', 'keys:manage')
    expectRefused(await one.patch(`/members/${viewer.body.id}`, { password }), 'password', 'keys:manage')
    expectRefused(await one.patch(`/members/${admin.body.id}`, { password }), 'role', 'keys:manage')
    expectRefused(await one.delete(`/members/${admin.body.id}`), 'role', 'keys:manage')
    expect((await one.patch(`/members/${viewer.body.id}`, { name: 'Vic' })).status).toBe(200)
    expect((await account.patch(`/members/${admin.body.id}`, { password: `${password}!` })).status).toBe(200)
    expect((await one.delete(`/members/${viewer.body.id}`)).status).toBe(204)
  })
})

describe('an admin’s session', () => {
  it('gives all that an admin holds', async () => {
    const who = { email: email(), password }
    const { body: member } = await account.post('/members', { ...who, role: 'admin' })
    const signedIn = await account.as(undefined).post('/session', who)
    const session = {
      headers: {
        Cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '',
        'Sec-Fetch-Site': 'same-origin',
      },
    }
    const browser = account.as(undefined)
    const created = await browser.post('/api-keys', { name: 'All', type: 'live', access: 'admin' }, session)
    expect([created.status, created.body.createdBy]).toEqual([201, member.id])
    expect((await browser.post(`/api-keys/${created.body.id}/rotate`, {}, session)).status).toBe(201)
    const other = { email: email(), role: 'admin', password }
    expect((await browser.post('/members', other, session)).status).toBe(201)
  })
})

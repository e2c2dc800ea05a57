import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../support/client.ts'
import { linkTo, openedLink, slugOf, tokenOf, tokenWith } from '../support/guests.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let operator: Client
let anyone: Client
beforeAll(async () => {
  service = await startService({ apis: 2 })
  operator = createClient(service.url, await service.operatorToken())
  anyone = createClient(service.url)
})
afterAll(() => service.stop())

const open = (url: string) => anyone.post('/session-links/open', { token: tokenOf(url) })

describe('a guest', () => {
  it('does what the role may, is named in the audit log, and nothing that is a person’s own', async () => {
    const account = await service.account()
    const { id, client } = await tokenWith(operator, { permissions: ['sessions:create'] })
    const { headers, opened } = await openedLink(client, account.accountId, {
      role: 'admin',
      email: 'ada@example.com',
    })
    const as = { headers }
    const created = await anyone.post('/api-keys', { name: 'By a guest', type: 'test' }, as)
    expect(created.status).toBe(201)
    const change = { currentPassword: 'x', password: 'another password' }
    const ofPersons = [
      await anyone.patch('/session', change, as),
      await anyone.post('/session/account', { accountId: account.accountId }, as),
      await anyone.post(
        '/members',
        { email: 'b@example.com', role: 'admin', password: 'a long password' },
        as,
      ),
    ]
    expect(ofPersons.map(slugOf)).toEqual(Array(3).fill('403 insufficient-permissions'))
    expect((await anyone.delete('/session', as)).status).toBe(204)
    expect((await anyone.get('/session', as)).status).toBe(401)

    const { entries } = (await account.get('/audit-log')).body
    const guest = {
      type: 'guest',
      id: opened.body.guest.id,
      name: 'ada@example.com',
      madeBy: id,
      madeByName: 'Our backend',
      ip: '127.0.0.1',
    }
    const mine = entries.filter(({ actor }: { actor: { type: string } }) => actor.type === 'guest')
    expect(mine.map(({ action, actor }: { action: string; actor: object }) => [action, actor])).toEqual([
      ['session.ended', expect.objectContaining(guest)],
      ['api-key.created', expect.objectContaining(guest)],
      ['session.started', expect.objectContaining(guest)],
    ])
  })

  it.each([
    ['patch', '/session'],
    ['post', '/api-keys'],
  ] as const)('is refused where another site’s page asks: %s %s', async (method, path) => {
    const { accountId } = await service.account()
    const { headers } = await openedLink(operator, accountId, { role: 'admin' })
    const foreign = { headers: { ...headers, 'Sec-Fetch-Site': 'cross-site' } }
    expect(slugOf(await anyone[method](path, {}, foreign))).toBe('403 insufficient-permissions')
  })

  it('promise 13: is out on every api once the operator token behind the link is revoked', async () => {
    const { accountId } = await service.account()
    for (let round = 0; round < 5; round++) {
      const { id, client } = await tokenWith(operator, { permissions: ['sessions:create'] })
      const { headers } = await openedLink(client, accountId, { role: 'admin' })
      const unopened = await linkTo(client, accountId)
      const apis = service.apis.map(({ url }) => createClient(url))
      for (const api of apis) expect((await api.get('/session', { headers })).status).toBe(200)
      expect((await operator.delete(`/operator-tokens/${id}`)).status).toBe(204)
      const after = await Promise.all(apis.map((api) => api.get('/api-keys', { headers })))
      expect(after.map(({ status }) => status)).toEqual([401, 401])
      expect(slugOf(await open(unopened))).toBe('404 session-link-not-found')
    }
  })

  it('is in no longer than the operator token behind the link', async () => {
    const { accountId } = await service.account()
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const { client } = await tokenWith(operator, { permissions: ['sessions:create'], expiresAt })
    const { opened } = await openedLink(client, accountId, { role: 'admin' })
    expect(opened.body.guest.expiresAt).toBe(expiresAt)
  })

  it('with a higher role is out when the same email address gets a lower one', async () => {
    const { accountId } = await service.account()
    const ada = { email: 'Ada@example.com' }
    const { headers } = await openedLink(operator, accountId, { role: 'admin', ...ada })
    const bob = await openedLink(operator, accountId, { role: 'admin', email: 'bob@example.com' })
    const unopened = await linkTo(operator, accountId, { role: 'editor', ...ada })
    const lower = await openedLink(operator, accountId, { role: 'viewer', email: 'ada@example.com' })
    expect((await anyone.get('/session', { headers })).status).toBe(401)
    expect((await open(unopened)).status).toBe(404)
    expect((await anyone.get('/session', { headers: bob.headers })).status).toBe(200)
    await linkTo(operator, accountId, ada)
    expect((await anyone.get('/session', { headers: lower.headers })).status).toBe(200)
  })

  it('of a suspended account reads why and changes nothing; of one that is erased is out', async () => {
    const { accountId } = await service.account()
    const { headers } = await openedLink(operator, accountId, { role: 'admin' })
    const as = { headers }
    await operator.post(`/accounts/${accountId}/suspend`, { reason: 'Three invoices are open.' })
    expect((await anyone.get('/session', as)).body.suspension.reason).toBe('Three invoices are open.')
    expect(slugOf(await anyone.post('/api-keys', { name: 'A', type: 'test' }, as))).toBe(
      '403 account-suspended',
    )
    const while_ = await openedLink(operator, accountId, { role: 'admin' })
    expect(while_.opened.status).toBe(201)
    await operator.post(`/accounts/${accountId}/resume`)

    const unopened = await linkTo(operator, accountId)
    expect((await operator.delete(`/accounts/${accountId}`)).status).toBe(202)
    expect((await anyone.get('/session', as)).status).toBe(401)
    expect(slugOf(await open(unopened))).toBe('404 session-link-not-found')
    expect(
      (await operator.post(`/accounts/${accountId}/session-links`, { role: 'admin' })).status,
    ).toBeGreaterThan(403)
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
beforeAll(async () => {
  service = await sharedService()
})

type Named = { name: string }
const names = (answer: { body: { apiKeys: Named[] } }) => answer.body.apiKeys.map(({ name }) => name)

describe('a list of keys', () => {
  it('comes in the order that is asked for; what was never used comes last', async () => {
    const account = await service.account('business')
    const created = []
    for (const name of ['beta', 'Alpha', 'gamma']) created.push(await account.createKey({ name }))
    const used = [created[2], created[0]]
    for (const key of used) {
      await service.server.post('/verify', { key: key?.key })
      await eventually(
        () => account.get(`/api-keys/${key?.id}`),
        ({ body }) => body.lastUsedAt !== null,
      )
    }
    const sorted = async (sort: string) => names(await account.get(`/api-keys?q=a&sort=${sort}`)).slice(0, 4)
    expect(await sorted('name')).toEqual(['Admin key', 'Alpha', 'beta', 'gamma'])
    expect(await sorted('-name')).toEqual(['gamma', 'beta', 'Alpha', 'Admin key'])
    expect(await sorted('createdAt')).toEqual(['Admin key', 'beta', 'Alpha', 'gamma'])
    expect(await sorted('-createdAt')).toEqual(['gamma', 'Alpha', 'beta', 'Admin key'])
    // The admin key has just been used, by asking.
    const mine = (list: string[]) => list.filter((name) => name !== 'Admin key')
    expect(mine(await sorted('-lastUsedAt'))).toEqual(['beta', 'gamma', 'Alpha'])
    expect(mine(await sorted('lastUsedAt'))).toEqual(['gamma', 'beta', 'Alpha'])
  })

  it('has every key once over its pages, however alike they are', async () => {
    const account = await service.account('business')
    for (let i = 0; i < 7; i++) await account.createKey({ name: 'The same' })
    const pages = await Promise.all(
      [1, 2, 3, 4].map((page) => account.get(`/api-keys?sort=name&limit=2&page=${page}`)),
    )
    const ids = pages.flatMap(({ body }) => body.apiKeys.map(({ id }: { id: string }) => id))
    expect(new Set(ids).size).toBe(8)
  })

  it('has only what one key or member created, where that is asked for', async () => {
    const account = await service.account('business')
    const script = await account.createKey({ name: 'Script', access: 'admin' })
    await service.server.as(script.key).post('/api-keys', { name: 'Left behind', type: 'live' })
    await account.post(`/api-keys/${script.id}/revoke`)
    expect(names(await account.get(`/api-keys?createdBy=${script.id}`))).toEqual(['Left behind'])
    expect(names(await account.get('/api-keys?createdBy=key_none'))).toEqual([])
  })

  it('has the keys of a member who was removed: they stay active', async () => {
    const account = await service.account('business')
    const [who, other] = [1, 2].map(() => ({
      email: `${crypto.randomUUID()}@example.com`,
      password: 'a long enough password',
    }))
    const { body: member } = await account.post('/members', { ...who, role: 'admin' })
    // Nobody removes the last admin.
    await account.post('/members', { ...other, role: 'admin' })
    const browser = account.as(undefined)
    const signedIn = await browser.post('/session', who)
    const Cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const headers = { Cookie, 'Sec-Fetch-Site': 'same-origin' }
    const created = await browser.post('/api-keys', { name: 'Theirs', type: 'live' }, { headers })
    expect((await account.delete(`/members/${member.id}`)).status).toBe(204)
    const { apiKeys } = (await account.get(`/api-keys?createdBy=${member.id}&status=active`)).body
    expect(apiKeys.map(({ id }: { id: string }) => id)).toEqual([created.body.id])
    expect((await service.server.post('/verify', { key: created.body.key })).body.valid).toBe(true)
  })

  it('refuses an order that it does not know', async () => {
    const { status, body } = await (await service.account()).get('/api-keys?sort=hint')
    expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 400, field: 'sort' })
  })
})

describe('what keys are called', () => {
  it('is all that those see who do not manage them, and of their own account alone', async () => {
    const { accountId, ...account } = await service.account()
    await account.createKey({ name: 'Web' })
    const password = 'a long enough password'
    const email = `viewer-${accountId}@example.com`
    await account.post('/members', { email, password, role: 'viewer' })
    const signedIn = await service.server.as(undefined).post('/session', { email, password })
    const viewer = {
      headers: { Cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' },
    }
    const anybody = service.server.as(undefined)
    const answer = await anybody.get('/api-key-names', viewer)
    expect(answer.body).toEqual({
      apiKeys: [
        expect.objectContaining({ name: 'Admin key', type: 'live', status: 'active' }),
        { id: expect.stringMatching(/^key_/), name: 'Web', type: 'live', status: 'active' },
      ],
      pagination: { page: 1, limit: 1_000, total: 2, totalPages: 1, hasNext: false, hasPrev: false },
    })
    expect((await anybody.get('/api-keys', viewer)).status).toBe(403)
    expect(names(await (await service.account()).get('/api-key-names'))).toEqual(['Admin key'])
    expect((await anybody.get('/api-key-names')).status).toBe(401)
  })

  it('comes page by page, at most a thousand at once, or of one key alone', async () => {
    const account = await service.account('enterprise')
    for (const name of ['b', 'a', 'C'])
      await account.createKey({ name, metadata: { big: 'x'.repeat(1_000) } })
    const page = async (query: string) => (await account.get(`/api-key-names?${query}`)).body
    expect(names({ body: await page('limit=2') })).toEqual(['a', 'Admin key'])
    const second = await page('limit=2&page=2')
    expect(names({ body: second })).toEqual(['b', 'C'])
    expect(second.pagination).toMatchObject({ total: 4, totalPages: 2, hasNext: false })
    const { id } = second.apiKeys[0]
    expect((await page(`id=${id}`)).apiKeys).toEqual([{ id, name: 'b', type: 'live', status: 'active' }])
    const both = `${id},${second.apiKeys[1].id},key_0000000000000000`
    expect(names({ body: await page(`id=${both}`) })).toEqual(['b', 'C'])
    const many = await account.get(`/api-key-names?id=${'key_0000000000000000,'.repeat(100)}${id}`)
    expect([many.status, many.body.errors?.[0].field]).toEqual([400, 'id'])
    const foreign = await service.account()
    expect((await foreign.get(`/api-key-names?id=${id}`)).body.apiKeys).toEqual([])
    for (const limit of ['0', '1001', 'all']) {
      const { status, body } = await account.get(`/api-key-names?limit=${limit}`)
      expect([status, body.errors?.[0].field]).toEqual([400, 'limit'])
    }
  })
})

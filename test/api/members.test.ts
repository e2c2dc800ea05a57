import { beforeAll, describe, expect, it } from 'vitest'
import { awayFromQuarter } from '../support/awayFromMidnight.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let account: Awaited<ReturnType<SharedService['account']>>
beforeAll(async () => {
  service = await sharedService()
  account = await service.account()
})

const password = 'correct horse battery'

async function addMember(name: string, role: string) {
  const answer = await account.post('/members', { email: `${name}@example.com`, role, password, name })
  expect(answer.status).toBe(201)
  return answer.body as { id: string; email: string }
}

/** The cookie of a new session, as the headers of a request that its own page makes. */
async function signIn(email: string, secret = password) {
  const answer = await account.as(undefined).post('/session', { email, password: secret })
  const cookie = answer.headers.get('set-cookie') ?? ''
  return {
    answer,
    cookie,
    session: { headers: { Cookie: cookie.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' } },
  }
}

const anyone = () => account.as(undefined)

describe('members', () => {
  it('are added, read, changed and removed; an email belongs to one in each account', async () => {
    const sue = await addMember('sue', 'editor')
    expect(Object.keys(sue).sort()).toEqual(['createdAt', 'email', 'id', 'name', 'role', 'status'])
    expect(
      (await account.post('/members', { email: 'SUE@example.com', role: 'viewer', password })).status,
    ).toBe(409)
    expect((await account.patch(`/members/${sue.id}`, { role: 'viewer' })).body.role).toBe('viewer')
    expect((await account.get('/members')).body.members).toContainEqual({ ...sue, role: 'viewer' })
    expect((await account.delete(`/members/${sue.id}`)).status).toBe(204)
    expect((await account.get(`/members/${sue.id}`)).status).toBe(404)
  })

  it('change their own password, whatever their role, with the one they have', async () => {
    const { email } = await addMember('vic', 'viewer')
    const { session } = await signIn(email)
    const change = (body: object, as: object = session) => anyone().patch('/session', body, as)
    const wish = { currentPassword: password, password: 'another good one' }
    expect((await change(wish, {})).status).toBe(401)
    const wrong = await change({ ...wish, currentPassword: 'a guess' })
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'currentPassword'])
    const short = await change({ ...wish, password: 'short' })
    expect([short.status, short.body.errors[0].field]).toEqual([400, 'password'])
    expect((await anyone().get('/session', session)).status).toBe(200)
    expect((await change(wish)).body.email).toBe(email)
    expect((await anyone().get('/session', session)).status).toBe(401)
    expect((await signIn(email)).answer.status).toBe(401)
    const again = await signIn(email, wish.password)
    expect(again.answer.status).toBe(201)
    const guesses = Array.from({ length: 10 }, () =>
      change({ ...wish, currentPassword: 'a guess' }, again.session),
    )
    expect((await Promise.all(guesses)).map(({ status }) => status)).toContain(429)
  })

  it('always hold one admin, even when all are removed at once', async () => {
    const own = await service.account()
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) {
      const added = await own.post('/members', { email: `${name}@own.example.com`, role: 'admin', password })
      ids.push(added.body.id)
    }
    const removals = await Promise.all(ids.map((id) => own.delete(`/members/${id}`)))
    expect(removals.map(({ status }) => status).sort()).toEqual([204, 204, 409])
    const [left] = (await own.get('/members')).body.members
    expect((await own.patch(`/members/${left.id}`, { role: 'viewer' })).body.type).toMatch(/last-admin$/)
  })
})

describe('sessions', () => {
  it('an admin signs in and manages keys; the cookie is out of reach of scripts and other sites', async () => {
    const { email } = await addMember('ada', 'admin')
    const { answer, cookie, session } = await signIn(email)
    expect(answer).toMatchObject({
      status: 201,
      body: { accountId: account.accountId, member: { role: 'admin' } },
    })
    expect(cookie).toMatch(/; httponly/i)
    expect(cookie).toMatch(/; samesite=strict/i)
    const created = await anyone().post('/api-keys', { name: 'By session', type: 'test' }, session)
    expect(created.status).toBe(201)
    expect(created.body.createdBy).toBe(answer.body.member.id)

    const elsewhere: Record<string, string>[] = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example.com' },
    ]
    for (const headers of elsewhere) {
      const foreign = { headers: { Cookie: session.headers.Cookie, ...headers } }
      expect((await anyone().post('/api-keys', { name: 'x', type: 'test' }, foreign)).status).toBe(403)
    }
    expect((await anyone().delete('/session', session)).status).toBe(204)
    expect((await anyone().get('/api-keys', session)).status).toBe(401)
  })

  it.each([
    ['editor', { '/account': 200, '/api-keys': 403, '/members': 403, '/audit-log': 403 }],
    ['viewer', { '/account': 200, '/api-keys': 403, '/members': 403, '/audit-log': 403 }],
  ])('an %s sees what the role allows', async (role, expected) => {
    const { email } = await addMember(`one-${role}`, role)
    const { session } = await signIn(email)
    for (const [path, status] of Object.entries(expected))
      expect([path, (await anyone().get(path, session)).status]).toEqual([path, status])
    expect((await anyone().post('/api-keys', { name: 'x', type: 'test' }, session)).status).toBe(403)
  })

  it('an editor reads usage, a viewer does not', async () => {
    const { id } = await account.createKey({ type: 'test' })
    const editor = await signIn((await addMember('usage-editor', 'editor')).email)
    const viewer = await signIn((await addMember('usage-viewer', 'viewer')).email)
    expect((await anyone().get(`/api-keys/${id}/usage`, editor.session)).status).toBe(200)
    expect((await anyone().get(`/api-keys/${id}/usage`, viewer.session)).status).toBe(403)
  })

  it('a new password, a new role and a removal count at once', async () => {
    const { id, email } = await addMember('moving', 'admin')
    const first = await signIn(email)
    await account.patch(`/members/${id}`, { role: 'viewer' })
    expect((await anyone().get('/api-keys', first.session)).status).toBe(403)
    await account.patch(`/members/${id}`, { password: 'another long password' })
    expect((await anyone().get('/account', first.session)).status).toBe(401)
    expect((await signIn(email)).answer.status).toBe(401)
    const second = await signIn(email, 'another long password')
    await account.delete(`/members/${id}`)
    expect((await anyone().get('/account', second.session)).status).toBe(401)
  })

  it('a wrong password and an unknown address look the same, and guessing ends after ten tries', async () => {
    await awayFromQuarter()
    const { email } = await addMember('guessed', 'viewer')
    const tell = async (address: string) => {
      const { answer } = await signIn(address, 'wrong password')
      const { requestId: _, ...body } = answer.body
      return { status: answer.status, body }
    }
    expect(await tell(email)).toEqual(await tell('nobody@example.com'))
    let tries = 1
    while ((await tell(email)).status !== 429) tries += 1
    // Ten in a quarter of an hour; twice that if the quarter turned on the way.
    expect([10, 20]).toContain(Math.round(tries / 10) * 10)
    const right = await signIn(email)
    expect(right.answer.status).toBe(429)
    expect(Number(right.answer.headers.get('retry-after'))).toBeGreaterThan(0)
  }, 240_000)
})

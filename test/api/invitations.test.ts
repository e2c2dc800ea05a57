import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { readable, startSmtp } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'

type Account = Awaited<ReturnType<Service['account']>>

const PUBLIC_URL = 'http://keys.example.com'
const own = 'a password of their own'
let service: Service
let smtp: Awaited<ReturnType<typeof startSmtp>>
let a: Account
let b: Account
let operator: ReturnType<typeof createClient>
beforeAll(async () => {
  smtp = await startSmtp()
  service = await startService({ env: { SMTP_URL: smtp.url, PUBLIC_URL } })
  a = await service.account()
  b = await service.account()
  operator = createClient(service.url, await service.operatorToken())
})
afterAll(async () => {
  await service.stop()
  await smtp.stop()
})

let people = 0
const someone = () => `invited-${++people}@example.com`
const anyone = () => createClient(service.url)
const signIn = (email: string, password: string, accountId?: string) =>
  anyone().post('/session', { email, password, ...(accountId ? { accountId } : {}) })
const accept = (token: string, password?: string, headers: Record<string, string> = {}) =>
  anyone().post('/invitations/accept', { token, ...(password ? { password } : {}) }, { headers })
const read = (token: string) => anyone().post('/invitations/read', { token })

const tokensTo = (email: string) =>
  smtp.mails
    .filter(({ to }) => to.includes(email))
    .flatMap((mail) => /\/dashboard\/invitations#([0-9A-Za-z]{40})/.exec(readable(mail))?.[1] ?? [])

/** Invites, and returns the token that the email of it has. */
async function invite(account: Account, email: string, role = 'viewer') {
  const before = tokensTo(email).length
  const { status, body } = await account.post('/members', { email, role })
  expect([status, body.status, body.invitation?.emailed]).toEqual([201, 'invited', true])
  const tokens = await eventually(
    async () => tokensTo(email),
    (all) => all.length > before,
  )
  return { id: body.id as string, token: tokens.at(-1) ?? '' }
}

const cookieOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith('keys_session='))
    ?.split(';')[0] ?? ''

/** The events that say that a member of `a` has joined. */
async function joined(memberId: string) {
  const { status, body } = await operator.get(
    `/events?accountId=${a.accountId}&types=member.joined&limit=1000`,
  )
  expect(status).toBe(200)
  return body.events.filter(({ subject }: { subject: string }) => subject === memberId)
}

describe('an invitation', () => {
  it('lets somebody new choose a password, who holds nothing before that, and lands in the account', async () => {
    const email = someone()
    const { id, token } = await invite(a, email, 'admin')
    expect((await a.get(`/members/${id}`)).body.status).toBe('invited')
    expect((await signIn(email, own)).status).toBe(401)
    const shown = await read(token)
    expect(shown.body).toMatchObject({
      email,
      account: { name: 'On pro' },
      role: 'admin',
      hasPassword: false,
    })
    const short = await accept(token, 'short')
    expect([short.status, short.body.errors[0].field]).toEqual([400, 'password'])
    expect(await joined(id)).toEqual([])
    const accepted = await accept(token, own)
    expect([accepted.status, accepted.body.accountId, accepted.body.member.status]).toEqual([
      201,
      a.accountId,
      'active',
    ])
    const session = { headers: { Cookie: cookieOf(accepted.headers) } }
    expect((await anyone().get('/members', session)).status).toBe(200)
    expect((await signIn(email, own)).status).toBe(201)
    const actions = (await a.get(`/audit-log?targetId=${id}`)).body.entries.map(
      ({ action, actor }: { action: string; actor: { id: string } }) => [action, actor.id === id],
    )
    expect(actions).toContainEqual(['member.invited', false])
    expect(actions).toContainEqual(['member.joined', true])
    const member = { id, role: 'admin', status: 'active' }
    expect(await joined(id)).toMatchObject([
      { type: 'member.joined', accountid: a.accountId, data: { member, actor: { type: 'member', id } } },
    ])
  })

  it('is used once, ends after a week, with another one, and with its member', async () => {
    const used = await invite(a, someone())
    expect((await accept(used.token, own)).status).toBe(201)
    for (const answer of [await accept(used.token, own), await read(used.token), await read('nonsense')])
      expect([answer.status, answer.body.type.split('/').at(-1)]).toEqual([404, 'invitation-not-found'])
    expect((await a.post(`/members/${used.id}/invite`)).body.type).toMatch(/member-not-invited$/)

    const email = someone()
    const first = await invite(a, email)
    const again = await a.post(`/members/${first.id}/invite`)
    expect([again.status, again.body.invitation.emailed]).toEqual([200, true])
    expect((await accept(first.token, own)).status).toBe(404)
    const [, second = ''] = await eventually(
      async () => tokensTo(email),
      (all) => all.length === 2,
    )
    expect((await read(second)).status).toBe(200)
    await runSql(service.databaseUrl, `update invitation set ends_at = now() where member_id = '${first.id}'`)
    expect((await accept(second, own)).status).toBe(404)

    const removed = await invite(a, someone())
    expect((await a.delete(`/members/${removed.id}`)).status).toBe(204)
    expect((await accept(removed.token, own)).status).toBe(404)
  })

  it('promise 14: is accepted and announced once, however often at once, and not beside a removal', async () => {
    const { id, token } = await invite(a, someone())
    const all = await Promise.all([1, 2, 3, 4].map(() => accept(token, own)))
    const statuses = all.map(({ status }) => status).sort()
    expect(statuses[0]).toBe(201)
    expect(statuses.slice(1).every((status) => status === 404 || status === 400)).toBe(true)
    expect(await joined(id)).toHaveLength(1)

    const email = someone()
    const racing = await invite(a, email)
    const [gone, accepted] = await Promise.all([a.delete(`/members/${racing.id}`), accept(racing.token, own)])
    expect(gone.status).toBe(204)
    expect([201, 400, 404]).toContain(accepted.status)
    expect((await signIn(email, own)).status).toBe(401)
  })

  it('gives the role that the member has, and no link raises it', async () => {
    const { id, token } = await invite(a, someone(), 'admin')
    await a.patch(`/members/${id}`, { role: 'viewer' })
    expect((await accept(token, own)).body.member.role).toBe('viewer')
    const body = { token, password: own, role: 'admin' }
    expect((await anyone().post('/invitations/accept', body)).status).toBe(400)
  })

  it('does not count as an admin who could manage the account', async () => {
    const account = await service.account()
    const { body } = await account.post('/members', { email: someone(), role: 'admin', password: own })
    await account.post('/members', { email: someone(), role: 'admin' })
    expect((await account.delete(`/members/${body.id}`)).body.type).toMatch(/last-admin$/)
  })
})

describe('promise 8: an address that has a login', () => {
  it('is answered like one that has none, and mailed the same', async () => {
    const known = someone()
    await accept((await invite(a, known)).token, own)
    const unknown = someone()
    const tell = async (email: string) => {
      const { status, headers, body } = await b.post('/members', { email, role: 'viewer' })
      const { id, email: _, createdAt, invitation, ...same } = body
      expect([typeof id, typeof createdAt, typeof invitation.expiresAt]).toEqual([
        'string',
        'string',
        'string',
      ])
      return { status, headers: [...headers.keys()], same, emailed: invitation.emailed }
    }
    expect(await tell(known)).toEqual(await tell(unknown))
    // In the own account admins see their members anyway.
    expect((await b.post('/members', { email: known, role: 'viewer' })).body.type).toMatch(/email-taken$/)
  })

  it('proves its password, or is signed in: the link alone opens nothing and changes nothing', async () => {
    const email = someone()
    const first = await accept((await invite(a, email)).token, own)
    const { token } = await invite(b, email)
    expect((await read(token)).body.hasPassword).toBe(true)
    for (const password of [undefined, 'a password of somebody else']) {
      const answer = await accept(token, password)
      expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'password'])
    }
    expect((await signIn(email, own)).body.accountId).toBe(a.accountId)
    // Somebody else who is signed in does not accept it for them.
    const stranger = await accept((await invite(a, someone())).token, own)
    expect((await accept(token, undefined, { Cookie: cookieOf(stranger.headers) })).status).toBe(400)
    const accepted = await accept(token, undefined, { Cookie: cookieOf(first.headers) })
    expect([accepted.status, accepted.body.accountId, accepted.body.accounts.length]).toEqual([
      201,
      b.accountId,
      2,
    ])
    expect((await signIn(email, own)).body.accounts).toHaveLength(2)
    const third = await service.account()
    expect((await accept((await invite(third, email)).token, own)).body.accounts).toHaveLength(3)
  })

  it('is no admin’s to open: neither a password that one sets beside it, nor one of the member', async () => {
    const email = someone()
    await accept((await invite(a, email)).token, own)
    const { id, token } = await invite(b, email, 'viewer')
    const set = 'what the admin of B chose'
    // Until it is accepted, B may give the member a password: for B.
    expect((await b.patch(`/members/${id}`, { password: set })).status).toBe(200)
    expect((await accept(token, own)).status).toBe(404)
    const entered = await signIn(email, set)
    expect([entered.body.accountId, entered.body.accounts.length]).toEqual([b.accountId, 1])
    expect((await signIn(email, set, a.accountId)).status).toBe(401)
    expect((await signIn(email, own)).body.accountId).toBe(a.accountId)
    const mine = (await a.get('/members')).body.members.find(
      (member: { email: string }) => member.email === email,
    )
    expect((await a.patch(`/members/${mine.id}`, { password: set })).body.type).toMatch(
      /password-is-personal$/,
    )
    expect((await a.patch(`/members/${mine.id}`, { role: 'editor' })).status).toBe(200)
  })

  it('has one password for all accounts; a change ends its sessions in all of them', async () => {
    const email = someone()
    await accept((await invite(a, email)).token, own)
    await accept((await invite(b, email)).token, own)
    const sessions = await Promise.all(
      [a, b].map(async ({ accountId }) => ({
        headers: { Cookie: cookieOf((await signIn(email, own, accountId)).headers) },
      })),
    )
    const wish = { currentPassword: own, password: 'another of their own' }
    expect((await anyone().patch('/session', wish, sessions[0])).status).toBe(200)
    for (const session of sessions) expect((await anyone().get('/session', session)).status).toBe(401)
    expect((await signIn(email, own)).status).toBe(401)
    expect((await signIn(email, wish.password)).body.accounts).toHaveLength(2)
  })

  it('is forgotten when its last membership ends, and can be invited again', async () => {
    const email = someone()
    const { id, token } = await invite(a, email)
    await accept(token, own)
    await a.delete(`/members/${id}`)
    const [rows] = await runSql(service.databaseUrl, `select 1 from person where email = '${email}'`)
    expect(rows).toEqual([])
    expect((await accept((await invite(a, email)).token, 'yet another password')).status).toBe(201)
  })
})

describe('the number of invitations', () => {
  it('to one address is bounded by what the own account sent', async () => {
    const [email, account] = [someone(), await service.account()]
    const { id } = await invite(account, email)
    const renew = () => account.post(`/members/${id}/invite`)
    expect([(await renew()).status, (await renew()).status, (await renew()).status]).toEqual([200, 200, 429])
    expect((await invite(b, email)).token).not.toBe('')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { readable, startSmtp } from '../support/receivers.ts'
import { scans } from '../support/scans.ts'
import { type Service, startService } from '../support/startService.ts'

type Account = Awaited<ReturnType<Service['account']>>

const set = 'a password that an admin set'
const own = 'a password of their own'
let service: Service
let smtp: Awaited<ReturnType<typeof startSmtp>>
let a: Account
let b: Account
beforeAll(async () => {
  smtp = await startSmtp()
  service = await startService({
    env: { SMTP_URL: smtp.url, PUBLIC_URL: 'http://keys.example.com', LOG_LEVEL: 'trace' },
  })
  a = await service.account()
  b = await service.account()
})
afterAll(async () => {
  await service.stop()
  await smtp.stop()
})

let people = 0
const someone = () => `reset-${++people}@example.com`
const anyone = () => createClient(service.url)
const signIn = (email: string, password: string, accountId?: string) =>
  anyone().post('/session', { email, password, ...(accountId ? { accountId } : {}) })
const add = (account: Account, email: string, password = set) =>
  account.post('/members', { email, role: 'viewer', password })
const ask = (email: string, ip = '198.51.100.7') =>
  anyone().post('/password-resets', { email }, { headers: { 'X-Forwarded-For': ip } })
const complete = (token: string, password = own) =>
  anyone().post('/password-resets/complete', { token, password })
const tokensTo = (email: string) =>
  smtp.mails
    .filter(({ to }) => to.includes(email))
    .flatMap((mail) => /\/dashboard\/password-reset#([0-9A-Za-z]{40})/.exec(readable(mail))?.[1] ?? [])
async function linkTo(email: string): Promise<string> {
  const before = tokensTo(email).length
  expect((await ask(email)).status).toBe(202)
  const tokens = await eventually(
    async () => tokensTo(email),
    (all) => all.length > before,
  )
  return tokens.at(-1) ?? ''
}
const sessionOf = (headers: Headers) => {
  const cookie = headers.getSetCookie().find((one) => one.startsWith('keys_session=')) ?? ''
  return { headers: { Cookie: cookie.split(';')[0] ?? '' } }
}

describe('a link to set another password', () => {
  it('is answered the same for an address that nobody has, which gets none', async () => {
    const [known, unknown] = [someone(), someone()]
    await add(a, known)
    const answers = [await ask(unknown), await ask(known.toUpperCase())].map(({ status, body, headers }) => ({
      status,
      body,
      headers: [...headers.keys()],
    }))
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject({ status: 202, body: { emailed: true } })
    await eventually(
      async () => tokensTo(known),
      (all) => all.length === 1,
    )
    expect(tokensTo(unknown)).toEqual([])
  })

  it('makes one login of all that the address has, ends its sessions, and every password that others knew', async () => {
    const email = someone()
    const { id } = (await add(a, email)).body
    await add(b, email, `${set}!`)
    const before = [
      sessionOf((await signIn(email, set)).headers),
      sessionOf((await signIn(email, `${set}!`)).headers),
    ]
    const token = await linkTo(email)
    const short = await complete(token, 'short')
    expect([short.status, short.body.errors[0].field]).toEqual([400, 'password'])
    expect((await complete(token)).status).toBe(204)
    for (const session of before) expect((await anyone().get('/session', session)).status).toBe(401)
    for (const password of [set, `${set}!`]) expect((await signIn(email, password)).status).toBe(401)
    expect((await signIn(email, own)).body.accounts).toHaveLength(2)
    const { entries } = (await a.get(`/audit-log?targetId=${id}`)).body
    expect(entries[0]).toMatchObject({
      action: 'member.updated',
      actor: { type: 'system', id: 'password-reset' },
      details: { fields: ['password'] },
    })
    // And the admin who had set one sets none any more.
    expect((await a.patch(`/members/${id}`, { password: set })).body.type).toMatch(/password-is-personal$/)
  })

  it('is used once, ends after an hour, and with another one', async () => {
    const email = someone()
    await add(a, email)
    const first = await linkTo(email)
    const second = await linkTo(email)
    const gone = async (token: string) => {
      const { status, body } = await complete(token)
      expect([status, body.type.split('/').at(-1)]).toEqual([404, 'password-reset-not-found'])
    }
    await gone(first)
    const both = await Promise.all([complete(second), complete(second)])
    expect(both.map(({ status }) => status).sort()).toEqual([204, 404])
    await gone(second)
    const third = await linkTo(email)
    await runSql(service.databaseUrl, `update password_reset set ends_at = now() where email = '${email}'`)
    await gone(third)
    await gone('nonsense')
    expect((await signIn(email, own)).status).toBe(201)
  })

  it('does not take an invitation for its member: who is invited still accepts', async () => {
    const email = someone()
    await add(a, email)
    const invited = await b.post('/members', { email, role: 'viewer' })
    await complete(await linkTo(email))
    expect((await signIn(email, own)).body.accountId).toBe(a.accountId)
    expect((await b.get(`/members/${invited.body.id}`)).body.status).toBe('invited')
  })

  it('is sent ten times a day at most, and a network asks a few times', async () => {
    const email = someone()
    await add(a, email)
    await linkTo(email)
    await runSql(service.databaseUrl, `update password_reset set requests = 10 where email = '${email}'`)
    expect((await ask(email, '203.0.113.1')).status).toBe(202)
    const other = someone()
    await add(a, other)
    await linkTo(other)
    expect(tokensTo(email)).toHaveLength(1)
    const day = `update password_reset set counted_since = now() - interval '25 hours' where email = '${email}'`
    await runSql(service.databaseUrl, day)
    await linkTo(email)
    const statuses: number[] = []
    for (let time = 0; time < 12; time++) statuses.push((await ask(someone(), '203.0.113.2')).status)
    expect(new Set(statuses)).toEqual(new Set([202]))
    const victim = someone()
    for (let time = 0; time < 11; time++) statuses.push((await ask(victim, '203.0.113.3')).status)
    expect(statuses).toContain(429)
  })
})

describe('a person', () => {
  it('goes on in another of their accounts, and in nobody else’s', async () => {
    const email = someone()
    await add(a, email)
    await add(b, email)
    await complete(await linkTo(email))
    const inA = sessionOf((await signIn(email, own, a.accountId)).headers)
    const moved = await anyone().post('/session/account', { accountId: b.accountId }, inA)
    expect([moved.status, moved.body.accountId, moved.body.accounts.length]).toEqual([200, b.accountId, 2])
    expect((await anyone().get('/session', inA)).status).toBe(401)
    const inB = sessionOf(moved.headers)
    expect((await anyone().get('/session', inB)).body.accountId).toBe(b.accountId)
    const third = await service.account()
    for (const accountId of [third.accountId, 'acct_none']) {
      const refused = await anyone().post('/session/account', { accountId }, inB)
      expect([refused.status, refused.body.type.split('/').at(-1)]).toEqual([404, 'account-not-found'])
    }
    const { id } = (await a.get('/members')).body.members.find(
      (member: { email: string }) => member.email === email,
    )
    await a.delete(`/members/${id}`)
    expect((await anyone().post('/session/account', { accountId: a.accountId }, inB)).status).toBe(404)
    expect((await anyone().get('/session', inB)).body.accounts).toHaveLength(1)
  })
})

it('promise 4: no table, Redis key, job, log or page holds the token of a link, used or not', async () => {
  const [email, invited] = [someone(), someone()]
  await add(a, email)
  const unused = await linkTo(email)
  const used = await linkTo(email)
  await complete(used)
  await complete(`${used.slice(1)}x`)
  await b.post('/members', { email: invited, role: 'viewer' })
  const isInvited = ({ to }: { to: string[] }) => to.includes(invited)
  const [mail] = await eventually(
    async () => smtp.mails.filter(isInvited),
    (all) => all.length > 0,
  )
  const [, invitation = ''] = (mail && /invitations#([0-9A-Za-z]{40})/.exec(readable(mail))) ?? []
  expect((await anyone().post('/invitations/read', { token: invitation })).status).toBe(200)
  const link = await service.cli('member', 'invite-link', a.accountId, '--email', someone())
  const shown = link.url?.split('#')[1] ?? ''
  expect((await anyone().post('/invitations/accept', { token: shown, password: own })).status).toBe(201)
  for (const [place, scan] of Object.entries(scans)) {
    const text = await scan(service)
    expect(text.length, place).toBeGreaterThan(500)
    for (const token of [unused, used, invitation, shown]) {
      expect(token).toHaveLength(40)
      expect(text.includes(token), place).toBe(false)
    }
  }
})

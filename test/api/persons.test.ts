import { beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

type Account = Awaited<ReturnType<SharedService['account']>>

let service: SharedService
let a: Account
let b: Account
beforeAll(async () => {
  service = await sharedService()
  a = await service.account()
  b = await service.account()
})

const [first, second] = ['the password that A set', 'the password that B set']
let people = 0
const someone = () => `person-${++people}@example.com`
const signIn = (email: string, password: string, accountId?: string) =>
  createClient(service.url).post('/session', { email, password, ...(accountId ? { accountId } : {}) })
const add = (account: Account, email: string, password: string, role = 'viewer') =>
  account.post('/members', { email, role, password })

describe('promise 8: an address that another account has', () => {
  it('is added like one that nobody has, and can be added by its own account afterwards', async () => {
    const [taken, free] = [someone(), someone()]
    await add(a, taken, first)
    const answers = [await add(b, taken, second), await add(b, free, second)]
    const [known, unknown] = answers.map(({ status, body, headers }) => ({
      status,
      headers: [...headers.keys()],
      fields: { ...body, id: typeof body.id, createdAt: typeof body.createdAt, email: typeof body.email },
    }))
    expect(known).toEqual(unknown)
    expect(known?.status).toBe(201)
    // The other way round: B was first.
    const ceo = someone()
    expect((await add(b, ceo, second)).status).toBe(201)
    expect((await add(a, ceo.toUpperCase(), first)).status).toBe(201)
    expect((await add(a, ceo, first)).body.type).toMatch(/email-taken$/)
  })

  it('signs in like one that nobody has: a password opens the account that set it, and no other', async () => {
    const [taken, free] = [someone(), someone()]
    await add(a, taken, first)
    for (const email of [taken, free]) {
      await add(b, email, second)
      const entered = await signIn(email, second)
      expect([entered.status, entered.body.accountId]).toEqual([201, b.accountId])
      expect(entered.body.accounts.map(({ accountId }: { accountId: string }) => accountId)).toEqual([
        b.accountId,
      ])
      expect((await signIn(email, second, a.accountId)).status).toBe(401)
    }
    expect((await signIn(taken, first)).body.accountId).toBe(a.accountId)
    const { id } = (await b.get('/members')).body.members.find(
      ({ email }: { email: string }) => email === taken,
    )
    expect((await b.patch(`/members/${id}`, { password: `${second}!` })).status).toBe(200)
    expect((await signIn(taken, first)).body.accountId).toBe(a.accountId)
  })

  it('takes one computation to sign in, however many accounts have set a password', async () => {
    const email = someone()
    await add(a, email, first)
    await add(b, email, second)
    await service.cli(
      'member',
      'add',
      (await service.account()).accountId,
      '--email',
      email,
      '--password',
      first,
    )
    const [rows] = await runSql(
      service.databaseUrl,
      `select count(*)::int as n, count(distinct regexp_replace(password_hash, '[^$]+$', ''))::int as salts
       from member where email = '${email}'`,
    )
    expect(rows).toEqual([{ n: 3, salts: 1 }])
  })
})

describe('a password that opens several accounts', () => {
  it('is asked which; nobody is signed in until one is chosen', async () => {
    const email = someone()
    await add(a, email, first, 'admin')
    await add(b, email, first)
    const asked = await signIn(email, first)
    expect([asked.status, asked.headers.get('set-cookie')?.includes('keys_session')]).toEqual([200, false])
    expect(asked.body.accounts).toHaveLength(2)
    expect(asked.body.accounts).toContainEqual({ accountId: a.accountId, name: 'On pro', role: 'admin' })
    for (const account of [a, b]) {
      const chosen = await signIn(email, first, account.accountId)
      expect([chosen.status, chosen.body.accountId]).toEqual([201, account.accountId])
    }
    const other = await service.account()
    for (const accountId of [other.accountId, 'acct_none'])
      expect((await signIn(email, first, accountId)).status).toBe(401)
  })
})

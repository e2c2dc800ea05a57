import { beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS } from '../../src/domain/time.ts'
import { createImporter, newValue, record } from '../support/createImporter.ts'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
beforeAll(async () => {
  service = await sharedService()
})

const operator = { headers: { Authorization: `Basic ${btoa('operator:operator-password')}` } }
const anonymous = () => service.server.as(undefined)

/** The texts of the cells of a table, row by row: from its heading to the next one. */
function rowsOf(page: string, heading: string, next: string): string[][] {
  const table = page.slice(page.indexOf(`<h2>${heading}</h2>`), page.indexOf(`<h2>${next}</h2>`))
  const body = table.slice(table.indexOf('<tbody>'))
  return [...body.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => cell.replaceAll(/<[^>]+>/g, '')),
  )
}

describe('the operators’ page of an account', () => {
  const admin = (account: { accountId: string }, more = '') =>
    anonymous().get(`/admin/accounts/${account.accountId}${more}`, operator)
  const submit = (account: { accountId: string }, action: string, fields: object, headers: object = {}) =>
    fetch(`${service.url}/admin/accounts/${account.accountId}/${action}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...operator.headers, 'Sec-Fetch-Site': 'same-origin', ...headers },
      body: new URLSearchParams(fields as Record<string, string>),
    })
  const request = () => crypto.randomUUID()

  it('is found by external ID, by key ID and by the last four characters of a key', async () => {
    const machine = anonymous().as(await service.operatorToken())
    const { body } = await machine.post('/accounts', {
      name: 'Found',
      externalId: 'cus_81',
      adminKey: true,
    })
    const { id, hint } = body.adminKey
    for (const q of ['cus_81', id, hint]) {
      const { body: page } = await anonymous().get(`/admin?q=${q}`, operator)
      expect(page).toContain(`<a href="/admin/accounts/${body.account.id}">Found</a>`)
    }
    const { body: page } = await admin({ accountId: body.account.id })
    for (const shown of ['cus_81', id, hint, 'account.created']) expect(page).toContain(shown)
    expect(page).not.toContain(body.adminKey.key)
  })

  it('is found by whatever an import says that a key ends in', async () => {
    const account = await service.account()
    const hints = ['a-_B', '"&<>', '+', 'key_']
    const { body } = await createImporter(service).sendRecords(
      account,
      hints.map((hint) => record(newValue(), { hint })),
    )
    expect(body).toMatchObject({ imported: hints.length, failed: 0 })
    for (const [line, hint] of hints.entries()) {
      const { body: page } = await anonymous().get(`/admin?q=${encodeURIComponent(hint)}`, operator)
      const found = hints.map((_, other) => page.includes(body.keys[other].id))
      expect([hint, found]).toEqual([hint, hints.map((_, other) => other === line)])
    }
  })

  it('shows what it used, and its commands, newest first', async () => {
    const account = await service.account()
    const { id: keyId, key } = await account.createKey()
    const at = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString()
    const report = { keyId, at: at(0), status: 200, units: 600 }
    const events = [report, { ...report, status: 500 }, { ...report, status: 404, at: at(10) }]
    const ids = events.map((event) => ({ ...event, id: crypto.randomUUID() }))
    expect((await service.server.post('/usage/events', { events: ids })).status).toBe(202)
    const refused = await service.server.post('/verify', { key, permission: 'no:such' })
    expect(refused.body.code).toBe('FORBIDDEN')
    const usage = async () => {
      const { body: page } = await admin(account)
      return rowsOf(page, 'Usage', 'Keys')
    }
    const counted = await eventually(usage, ([hours, , month]) => hours?.[3] === '1' && month?.[1] === '3')
    expect(counted).toEqual([
      ['This hour and the 23 before', '2', '1', '1', '1,200'],
      ['Today and the 6 days before', '2', '1', '1', '1,200'],
      ['Today and the 29 days before', '3', '2', '1', '1,800'],
    ])

    await account.patch(`/api-keys/${keyId}`, { name: 'Renamed' })
    await submit(account, 'plan', { request: request(), plan: 'no-such' })
    const { body: page } = await admin(account)
    const commands = rowsOf(page, 'Commands', 'Audit log')
    const by = expect.stringMatching(/^api_key key_/)
    expect(commands.map(([kind, , status, actor]) => [kind, status, actor])).toEqual([
      ['update-account', 'failed: plan-not-found', 'operator operator'],
      ['update-api-key', 'succeeded', by],
      ['create-api-key', 'succeeded', by],
    ])
    for (const [, id = ''] of commands.slice(1))
      expect((await account.get(`/operations/${id}`)).body.id).toBe(id)
  })

  it('shows the latest lifecycle events, newest first', async () => {
    const account = await service.account('free')
    const { id } = await account.createKey()
    const machine = anonymous().as(await service.operatorToken())
    // Reading the record moves into it what has committed.
    const { events } = (await machine.get(`/events?accountId=${account.accountId}`)).body
    const created = events.find((event: { subject: string }) => event.subject === id)
    const { body: page } = await admin(account)
    const table = page.slice(page.indexOf('<h2>Events</h2>'), page.indexOf('<h2>Deliveries</h2>'))
    for (const shown of ['api_key.created', id, created.id]) expect(table).toContain(shown)
    expect(table.indexOf(created.id)).toBeLessThan(table.indexOf('account.created'))
  })

  it('suspends, resumes and changes the plan by commands that the audit log attributes', async () => {
    const account = await service.account('free')
    const { key } = await account.createKey()
    const reason = '<b>Unpaid</b>'
    const suspended = await submit(account, 'suspend', { request: request(), reason })
    expect(suspended.status).toBe(303)
    const shown = await anonymous().get(suspended.headers.get('location') ?? '', operator)
    expect(shown.body).toContain('Done in every region: suspend account.')
    expect(shown.body).toContain('&lt;b&gt;Unpaid&lt;/b&gt;')
    expect((await service.server.post('/verify', { key })).body.code).toBe('ACCOUNT_SUSPENDED')
    expect((await admin(account, '/suspend')).body).toContain('The account is suspended.')

    expect((await submit(account, 'resume', { request: request() })).status).toBe(303)
    expect((await submit(account, 'plan', { request: request(), plan: 'pro' })).status).toBe(303)
    expect((await service.server.post('/verify', { key })).body.code).toBe('VALID')
    expect((await account.get('/account')).body).toMatchObject({ plan: 'pro', status: 'active' })
    const { entries } = (await account.get('/audit-log')).body
    expect(entries.slice(0, 4)).toMatchObject(
      ['account.plan-changed', 'account.resumed', 'account.suspension-complete', 'account.suspended'].map(
        (action) => ({
          action,
          actor: { type: 'operator', id: 'operator' },
        }),
      ),
    )
  })

  it('takes a form once, from its own pages, and says what is wrong with it', async () => {
    const account = await service.account('free')
    const once = { request: request(), reason: 'a' }
    const [first, second] = [await submit(account, 'suspend', once), await submit(account, 'suspend', once)]
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect((await submit(account, 'suspend', { ...once, reason: 'b' })).status).toBe(422)

    const refused = { 'Sec-Fetch-Site': 'cross-site' }
    expect((await submit(account, 'resume', { request: request() }, refused)).status).toBe(403)
    expect((await account.get('/account')).body.type).toMatch(/account-suspended$/)
    for (const [action, fields, text] of [
      ['plan', { request: request() }, 'Choose a plan.'],
      ['plan', { plan: 'pro' }, 'Open this page again and repeat the change.'],
    ] as const) {
      const answer = await submit(account, action, fields)
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(text)])
    }
    const long = await submit(account, 'suspend', { request: request(), reason: 'a'.repeat(501) })
    expect([long.status, await long.text()]).toEqual([400, expect.stringContaining('is suspended')])
    expect((await submit(account, 'plan', { request: request(), plan: 'no-such' })).status).toBe(404)
    expect((await submit(account, 'plan', { request: request(), plan: 'a'.repeat(9_000) })).status).toBe(413)
    const json = { 'Content-Type': 'application/json' }
    expect((await submit(account, 'plan', { request: request() }, json)).status).toBe(415)
  })

  it('says that there is none, as a page', async () => {
    const none = { accountId: 'acct_0000000000000000' }
    for (const answer of [await admin(none), await admin(none, '/suspend')]) {
      expect(answer.status).toBe(404)
      expect(answer.body).toContain('There is no account with this ID.')
    }
    expect((await submit(none, 'suspend', { request: request() })).status).toBe(404)
    expect((await admin(none, '/erase')).status).toBe(404)
  })
})

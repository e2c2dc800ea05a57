import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

const password = 'correct horse battery'
let service: SharedService
let browser: Browser
let account: Client
let page: Page
let key: { id: string; key: string }

beforeAll(async () => {
  service = await sharedService()
  browser = await openBrowser()
  const { adminKey } = await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', 'ada@key.example.com', '--password', password],
  )
  account = createClient(service.url, adminKey)
  for (const role of ['editor', 'viewer'])
    await account.post('/members', { email: `${role}@key.example.com`, role, password })
  key = (await account.post('/api-keys', { name: 'Web shop', type: 'live' })).body
  page = await signedIn('ada@key.example.com', key.id)
})
afterAll(async () => {
  await browser.close()
})

/** Adds up how far things on the page move without anybody having done something. */
const SHIFTS = `window.shifted = 0
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifted += entry.value
}).observe({ type: 'layout-shift', buffered: true })`

async function signedIn(email: string, id: string): Promise<Page> {
  const context = await browser.context()
  await context.addInitScript({ content: SHIFTS })
  const opened = await context.newPage()
  await signIn(opened, `${service.url}/dashboard/keys/${id}`, { email, password })
  return opened
}

/** A request as a resource server has it: verified, then reported. */
async function use(status: number, latencyMs: number, ip: string) {
  const { body } = await service.server.post('/verify', { key: key.key, permission: 'renders:write', ip })
  const at = new Date().toISOString()
  const event = { id: body.requestId, at, keyId: key.id, requestId: body.requestId, status, latencyMs }
  await service.server.post('/usage/events', { events: [event] })
}

const chart = (name: string) => page.getByRole('region', { name, exact: true })
const windowOf = async (name = '24h') => (await account.get(`/api-keys/${key.id}/usage`)).body.windows[name]

describe('the page of a key', () => {
  it('says what the key is, and what to do with one that nobody has used', async () => {
    await page.getByRole('heading', { level: 1, name: 'Web shop' }).waitFor()
    await page.getByText('Nothing has used this key in the last 30 days').waitFor()
    await page.getByText('Active', { exact: true }).waitFor()
    await page.getByText(key.id, { exact: true }).waitFor()
    await page.getByText(`…${key.key.slice(-4)}`).waitFor()
    expect(await page.getByRole('definition').filter({ hasText: /^0$/ }).count()).toBe(3)
    expect(await findA11y(page)).toEqual([])
  })

  it('shows requests, errors, latency and refusals by reason by itself, as the api counts them', async () => {
    await use(200, 80, '203.0.113.7')
    await use(200, 120, '203.0.113.8')
    await use(500, 900, '2001:db8:7::1')
    for (let refused = 0; refused < 2; refused++)
      await service.server.post('/verify', { key: key.key, permission: 'keys:manage', ip: '203.0.113.7' })
    const { requests, refused, latencyMs } = await eventually(
      windowOf,
      (one) => one.requests === 3 && one.refused === 2 && one.serverErrors === 1,
    )
    await page.getByText('3 requests in the last 24 hours, 2 more refused.').waitFor()
    expect([requests, refused]).toEqual([3, 2])
    await page.getByText('33.3 % of requests in the last 24 hours ended in an error').waitFor()
    await page.getByText(`p50 was ${Math.round(latencyMs.p50)} ms`).waitFor()
    expect(await page.getByRole('definition').filter({ hasText: /^3$/ }).count()).toBe(3)
    const reasons = page.getByRole('table', { name: 'Refusals by reason' }).getByRole('row')
    expect(await reasons.nth(1).textContent()).toBe('The key lacks the permissionFORBIDDEN2100 %')
    const network = page.getByRole('row').filter({ hasText: '203.0.113.0/24' })
    // Callers are read by themselves, a little later perhaps.
    await network.waitFor()
    expect(await network.getByRole('cell').allTextContents()).toEqual(['2', '2', 'just now'])
    await page.getByRole('rowheader', { name: /^2001:db8:7:.*\/64$/ }).waitFor()
  })

  it('has every chart as a table, too', async () => {
    const { body } = await account.get(`/usage?keyId=${key.id}&interval=hour`)
    const sum = (field: string) =>
      body.series.reduce((total: number, row: Record<string, number>) => total + (row[field] ?? 0), 0)
    for (const name of ['Requests', 'Error rate', 'Latency'])
      await chart(name).getByRole('button', { name: 'Show as table' }).click()
    const rows = await chart('Requests').getByRole('table').getByRole('row').all()
    expect(rows.length - 1).toBe(body.series.length)
    const cells = await Promise.all(rows.slice(1).map((row) => row.getByRole('cell').allTextContents()))
    const sums = cells[0]?.map((_, column) => cells.reduce((total, row) => total + Number(row[column]), 0))
    expect(sums).toEqual([sum('requests'), 2, sum('clientErrors'), sum('serverErrors'), sum('refused')])
    // Without requests there is neither a rate nor a latency.
    for (const name of ['Error rate', 'Latency'])
      expect((await chart(name).getByRole('cell').allTextContents()).includes('–')).toBe(true)
    expect(await findA11y(page)).toEqual([])
  })

  it('is read by the keyboard: the arrow keys go through a chart’s times', async () => {
    // What the pointer is on comes before what the keyboard is at.
    await page.mouse.move(0, 0)
    await chart('Requests').getByRole('application').focus()
    await page.keyboard.press('ArrowRight')
    const tip = chart('Requests').getByRole('status')
    await tip.getByText('Succeeded').waitFor()
    const before = await tip.textContent()
    await page.keyboard.press('ArrowRight')
    await eventually(
      () => tip.textContent(),
      (text) => text !== before,
    )
  })

  it('keeps its range in the address', async () => {
    await page.getByText('7 days', { exact: true }).click()
    await page.getByText('3 requests in the last 7 days, 2 more refused.').waitFor()
    expect(new URL(page.url()).search).toBe('?range=7d')
    await page.reload()
    await page.getByText('3 requests in the last 7 days').waitFor()
    expect(await page.getByRole('radio', { name: '7 days' }).isChecked()).toBe(true)
  })

  it('is changed here, and shows the latest changes', async () => {
    await page.getByRole('button', { name: 'Actions for Web shop' }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Shop')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    const changes = page.getByRole('list', { name: 'Recent changes' }).getByRole('listitem')
    await changes.filter({ hasText: 'changed name of the key' }).waitFor()
    await changes.filter({ hasText: 'created the key' }).waitFor()
    await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor()
    const all = page.getByRole('link', { name: 'See them in the audit log' })
    expect(await all.getAttribute('href')).toBe(`/dashboard/audit-log?target=${key.id}`)
  })

  it('moves nothing that is being read', async () => {
    await page.reload()
    await chart('Latency').getByRole('application').waitFor()
    await page.getByRole('list', { name: 'Recent changes' }).waitFor()
    expect(await page.evaluate('shifted')).toBeLessThan(0.01)
    await page.setViewportSize({ width: 375, height: 800 })
    await page.reload()
    await chart('Latency').getByRole('application').waitFor({ state: 'attached' })
    expect(await page.evaluate('shifted')).toBeLessThan(0.01)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await findA11y(page)).toEqual([])
  })

  it('shows an editor the usage, and a viewer why there is none', async () => {
    const editors = await signedIn('editor@key.example.com', key.id)
    await editors.getByText('3 requests in the last 24 hours, 2 more refused.').waitFor()
    await editors.getByRole('heading', { level: 1, name: 'Shop' }).waitFor()
    for (const absent of ['Recent changes', 'Callers’ networks'])
      expect(await editors.getByText(absent).count()).toBe(0)
    expect(await findA11y(editors)).toEqual([])
    const viewers = await signedIn('viewer@key.example.com', key.id)
    await viewers.getByText('Viewers do not see usage.').waitFor()
    expect(await findA11y(viewers)).toEqual([])
  })

  it('says when there is no such key, or none any more', async () => {
    const said = 'API key not found'
    for (const email of ['ada@key.example.com', 'editor@key.example.com'])
      await (await signedIn(email, 'key_0000000000000000')).getByRole('heading', { name: said }).waitFor()
    await account.post(`/api-keys/${key.id}/revoke`, { reason: 'The shop is closed' })
    await page.getByText('Revoked', { exact: true }).first().waitFor()
    await account.request('DELETE', `/api-keys/${key.id}`)
    await page.getByRole('heading', { name: said }).waitFor()
    expect(browser.faults).toEqual([])
  })
})

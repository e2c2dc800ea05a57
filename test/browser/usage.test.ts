import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../support/client.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

const password = 'correct horse battery'
let service: SharedService
let browser: Browser
let accountId: string
let account: Client
let page: Page
const keys: { id: string; key: string; name: string }[] = []

beforeAll(async () => {
  service = await sharedService()
  browser = await openBrowser()
  const created = await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', 'ada@usage.example.com', '--password', password],
  )
  accountId = created.accountId ?? ''
  account = createClient(service.url, created.adminKey)
  for (const role of ['editor', 'viewer'])
    await account.post('/members', { email: `${role}@usage.example.com`, role, password })
  page = await signedIn('ada@usage.example.com')
})
afterAll(async () => {
  await browser.close()
})

async function signedIn(email: string): Promise<Page> {
  const opened = await (await browser.context()).newPage()
  await signIn(opened, `${service.url}/dashboard/usage`, { email, password })
  return opened
}

const verify = (key: string | undefined, more = {}) => service.server.post('/verify', { key, ...more })
const meter = (name: string) => page.getByRole('meter', { name })

describe('the usage page', () => {
  it('says what will show while nothing was used', async () => {
    await page.getByText('No key was used in the last 24 hours').waitFor()
    expect(await meter('Live keys').getAttribute('aria-valuetext')).toBe('10 %: 1 of 10')
    expect(await findA11y(page)).toEqual([])
  })

  it('moves with verifications, by key, the top eight by name', async () => {
    for (let index = 0; index < 10; index++) {
      const body = { name: `Key ${index}`, type: index < 8 ? 'live' : 'test' }
      keys.push((await account.post('/api-keys', body)).body)
    }
    // Key 0 once, key 1 twice, and so on: 55 in all, of which the two least used are others.
    for (const [index, { key }] of keys.entries())
      for (let times = 0; times <= index; times++) await verify(key)
    await verify(keys[0]?.key, { permission: 'keys:manage' })
    await page.getByText('55 requests by 10 keys in the last 24 hours. Key 9 made 18 % of them.').waitFor()
    const row = (name: string) => page.getByRole('row').filter({ hasText: name }).getByRole('cell')
    expect((await row('Key 9').allTextContents()).slice(0, 2)).toEqual(['10', '18.2 %'])
    await row('Key 0')
      .filter({ hasText: /^1\.8 %$/ })
      .waitFor()
    const legend = page.getByRole('list', { name: 'Legend' }).getByRole('listitem')
    expect(await legend.allTextContents()).toEqual(expect.arrayContaining(['Key 9', 'Key 2', '2 others']))
    await page.getByRole('button', { name: 'Show as table' }).click()
    const table = page.getByRole('table', { name: /^Requests by key/ })
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      ...['Time (UTC)', 'All keys'],
      ...[9, 8, 7, 6, 5, 4, 3, 2].map((number) => `Key ${number}`),
      '2 others',
    ])
    expect(await findA11y(page)).toEqual([])
  })

  it('downloads what it shows: the CSV has the same sums', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    const [head = '', ...lines] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/)
    const column = head.split(',').indexOf('requests')
    const sum = lines.reduce((total, line) => total + Number(line.split(',')[column]), 0)
    expect(sum).toBe(55)
    expect(download.suggestedFilename()).toMatch(/^usage-.*\.csv$/)
    await page.getByRole('definition').filter({ hasText: /^55$/ }).waitFor()
  })

  it('leads to a key, and back to the range one was at', async () => {
    await page.getByText('This month', { exact: true }).click()
    await page.getByText('55 requests by 10 keys this month.').waitFor()
    await page.getByRole('link', { name: 'Key 9' }).click()
    await page.getByRole('heading', { level: 1, name: 'Key 9' }).waitFor()
    await page.goBack()
    await page.getByText('55 requests by 10 keys this month.').waitFor()
    expect(new URL(page.url()).search).toBe('?range=month')
  })

  it('meters the plan’s renders, up to its limit and beyond', async () => {
    await service.cli('account', 'limits', accountId, '{"rendersPerMonth": 4, "rendersHard": false}')
    await page.getByText('Renders above the limit count as overage.').waitFor()
    for (let renders = 0; renders < 5; renders++) await verify(keys[1]?.key, { permission: 'renders:write' })
    await page.getByText('1 over the limit, counted as overage.').waitFor()
    expect(await meter('Renders this month').getAttribute('aria-valuetext')).toBe('125 %: 5 of 4')
    await service.cli('account', 'limits', accountId, '{"rendersPerMonth": 5, "rendersHard": true}')
    await page.getByText('Used up: further renders are refused until the month ends.').waitFor()
    expect(await findA11y(page)).toEqual([])
  })

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 375, height: 800 })
    await page.reload()
    await page.getByRole('application').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await findA11y(page)).toEqual([])
  })

  it('is an editor’s, too, and not a viewer’s', async () => {
    const editors = await signedIn('editor@usage.example.com')
    await editors.getByText('60 requests by 10 keys in the last 24 hours.').waitFor()
    await editors.getByRole('meter', { name: 'Renders this month' }).waitFor()
    expect(await findA11y(editors)).toEqual([])
    const viewers = await signedIn('viewer@usage.example.com')
    await viewers.getByText('Viewers do not see usage.').waitFor()
    expect(browser.faults).toEqual([])
  })
})

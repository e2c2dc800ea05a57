import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../support/client.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

const ada = { email: 'ada@audit.example.com', password: 'correct horse battery' }
let service: SharedService
let browser: Browser
let page: Page
let keyId: string

beforeAll(async () => {
  service = await sharedService()
  browser = await openBrowser()
  const { adminKey = '' } = await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', ada.email, '--password', ada.password],
  )
  const client = createClient(service.url, adminKey)
  const { id } = (await client.post('/api-keys', { name: 'Other', type: 'test' })).body
  for (let index = 0; index < 59; index++) await client.patch(`/api-keys/${id}`, { name: `Other ${index}` })
  keyId = (await client.post('/api-keys', { name: 'Production', type: 'live' })).body.id
  page = await (await browser.context()).newPage()
  await signIn(page, `${service.url}/dashboard/audit-log`, ada)
  // What she does herself, from within her session.
  const status = await page.evaluate(async (id) => {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ reason: 'Leaked' })
    return (await fetch(`/api-keys/${id}/revoke`, { method: 'POST', headers, body })).status
  }, keyId)
  expect(status).toBe(200)
  await page.reload()
})
afterAll(async () => {
  await browser.close()
})

/** The rows of entries, without the header. */
const rows = () => page.getByRole('row').filter({ has: page.getByRole('button', { name: /^Details:/ }) })

describe('the audit log', () => {
  it('says in sentences who did what, newest first', async () => {
    await rows().first().waitFor()
    const texts = (await rows().allTextContents()).slice(0, 4)
    expect(texts[0]).toContain('The revocation of the key Production is confirmed in every region')
    expect(texts[1]).toContain('ada@audit.example.com revoked the key Production: “Leaked”')
    expect(texts[2]).toContain('ada@audit.example.com signed in')
    expect(texts[3]).toContain('The key Admin key created the key Production')
    expect(await page.getByRole('link', { name: 'Production' }).first().getAttribute('href')).toBe(
      `/dashboard/keys/${keyId}`,
    )
    expect(await rows().nth(1).getByRole('cell', { name: '127.0.0.1' }).count()).toBe(1)
    expect(await findA11y(page)).toEqual([])
  })

  it('shows all that is known of an entry', async () => {
    const details = rows()
      .nth(1)
      .getByRole('button', { name: /^Details: ada@audit.example.com revoked/ })
    await details.click()
    expect(await details.getAttribute('aria-expanded')).toBe('true')
    await page.getByText('api-key.revoked').waitFor()
    await page.getByText(/^member mem_/).waitFor()
    await page.getByText(/^req_/).waitFor()
    expect(await findA11y(page)).toEqual([])
    await details.click()
    await page.getByText(/^req_/).waitFor({ state: 'detached' })
  })

  it('goes on where a page ends', async () => {
    expect(await rows().count()).toBe(50)
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText('65 entries are shown.').waitFor({ state: 'attached' })
    expect(await rows().last().textContent()).toContain('created the account')
    expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0)
  })

  it('can be narrowed down to one action, in the address', async () => {
    await page.getByLabel('Action').selectOption('Account created')
    await page.getByText('One entry is shown.').waitFor({ state: 'attached' })
    await page.reload()
    await page.getByText('One entry is shown.').waitFor({ state: 'attached' })
    await page.goto(`${service.url}/dashboard/audit-log?target=${keyId}`)
    await page.getByText('3 entries are shown.').waitFor({ state: 'attached' })
    await page.getByRole('button', { name: 'Show everything' }).click()
    await page.getByText('50 entries are shown.').waitFor({ state: 'attached' })
    expect(browser.faults).toEqual([])
  })

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 375, height: 812 })
    await rows().first().waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375)
    expect(await findA11y(page)).toEqual([])
  })
})

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signatureOf } from '../../examples/company/billing.ts'
import { eventually } from '../support/eventually.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser } from '../support/openBrowser.ts'
import { BILLING_SECRET, startCompany } from '../support/startCompany.ts'
import { type RenderApi, startRenderApi } from '../support/startRenderApi.ts'
import { type Service, startService } from '../support/startService.ts'

let company: Awaited<ReturnType<typeof startCompany>>
let service: Service
let renderApi: RenderApi
let browser: Browser
let page: Page

beforeAll(async () => {
  company = await startCompany()
  service = await startService({ env: { COMPANY_NAME: 'Pixel', RETURN_URLS: company.url } })
  await company.start(service.url, await service.operatorToken())
  renderApi = await startRenderApi(service)
  browser = await openBrowser()
  page = await (await browser.context()).newPage()
})
afterAll(async () => {
  await browser?.close()
  await renderApi?.stop()
  await company?.stop()
  await service?.stop()
})

const press = (name: string) => page.getByRole('button', { name }).click()

async function render(key: string) {
  const response = await fetch(`${renderApi.url}/image`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: '{"text": "Hello"}',
  })
  const isProblem = response.headers.get('content-type')?.includes('problem') ?? false
  const slug = isProblem
    ? String(((await response.json()) as { type: string }).type)
        .split('/')
        .at(-1)
    : 'png'
  return `${response.status} ${slug}`
}

/** What the company's billing provider sends. */
async function bill(event: object, secret = BILLING_SECRET) {
  const body = JSON.stringify(event)
  const headers = { 'X-Billing-Signature': signatureOf(body, secret) }
  return (await fetch(`${company.url}/webhooks/billing`, { method: 'POST', headers, body })).status
}

it('a customer signs up, creates a key, renders, upgrades, is suspended, comes back, and is erased', async () => {
  await page.goto(company.url)
  expect(await findA11y(page)).toEqual([])
  const form = page.locator('form[action="/sign-up"]')
  await form.getByLabel('Company').fill('Acme <Ltd>')
  await form.getByLabel('Email').fill('ada@example.com')
  await form.getByLabel('Password').fill('correct horse battery')
  await press('Sign up')

  await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor()
  await page.getByRole('button', { name: 'Create Key' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Web shop')
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  const key = await dialog.getByLabel('API key').inputValue()
  await dialog.getByRole('checkbox').check()
  await dialog.getByRole('button', { name: 'Done' }).click()
  expect(await render(key)).toBe('200 png')
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)
  const { keyId } = (await service.server.post('/verify', { key })).body
  const event = { id: 'late', at: `${day}T12:00:00Z`, keyId, status: 200, units: 7 }
  expect((await service.server.post('/usage/events', { events: [event] })).status).toBe(202)

  await page.getByRole('link', { name: 'Back to Pixel' }).click()
  await page.getByRole('heading', { name: 'Acme <Ltd>' }).waitFor()
  await page.getByText('free', { exact: true }).waitFor()
  expect(await findA11y(page)).toEqual([])
  await press('Upgrade to pro')
  await page.getByText('pro', { exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Upgrade to pro' }).count()).toBe(0)

  const customerId = (await page.locator('dd').first().textContent()) ?? ''
  const changed = { type: 'plan.changed', customerId, plan: 'business' }
  expect(await bill(changed, 'a stranger’s secret')).toBe(401)
  // The provider may send it twice.
  expect([await bill(changed), await bill(changed)]).toEqual([204, 204])
  await page.goto(company.url)
  await page.getByText('business', { exact: true }).waitFor()
  const overdue = { type: 'invoice.overdue', customerId, reason: 'Three invoices are open.' }
  expect(await bill(overdue, 'a stranger’s secret')).toBe(401)
  expect(await render(key)).toBe('200 png')
  expect(await bill(overdue)).toBe(204)
  expect(await render(key)).toBe('403 account-suspended')
  await page.goto(company.url)
  await page.getByText('Your account is suspended. Three invoices are open.').waitFor()
  await press('API keys')
  await page.getByText('This account is suspended').waitFor()

  expect(await bill({ type: 'invoice.paid', customerId })).toBe(204)
  expect(await render(key)).toBe('200 png')
  await page.goto(company.url)
  await press('API keys')
  await page.getByRole('link', { name: 'Web shop' }).waitFor()
  expect(await page.getByText('This account is suspended').count()).toBe(0)

  await page.getByRole('link', { name: 'Back to Pixel' }).click()
  const billed = page.getByRole('table', { name: 'Billed pictures' }).getByRole('row', { name: `${day} 7` })
  const looked = async () => {
    await page.goto(company.url)
    return billed.count()
  }
  expect(await eventually(looked, (rows) => rows > 0)).toBe(1)
  expect(await findA11y(page)).toEqual([])
  await press('Delete my account')
  await page.getByRole('heading', { name: 'Goodbye' }).waitFor()
  await page.getByText('We are deleting your account and its API keys.').waitFor()
  expect(await render(key)).toBe('401 invalid-api-key')
  await page.goto(`${service.url}/dashboard/keys`)
  await page.getByText('Go to Pixel and open the dashboard from there.').waitFor()
  expect(await bill({ type: 'invoice.paid', customerId })).toBe(404)
  expect(await bill({ type: 'invoice.unknown', customerId })).toBe(400)
  expect(browser.faults).toEqual([])
})

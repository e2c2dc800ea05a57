import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../support/client.ts'
import { findA11y } from '../support/findA11y.ts'
import { tokenOf } from '../support/guests.ts'
import { type Browser, openBrowser } from '../support/openBrowser.ts'
import { startReceiver } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'
import { watchSecrets } from '../support/watchSecrets.ts'

let service: Service
let company: Awaited<ReturnType<typeof startReceiver>>
let browser: Browser
let page: Page
let operator: ReturnType<typeof createClient>
let account: Awaited<ReturnType<Service['account']>>

beforeAll(async () => {
  company = await startReceiver()
  service = await startService({
    env: { COMPANY_NAME: 'Pixel & Co', COMPANY_COLOR: '#ffd400', RETURN_URLS: company.url },
  })
  operator = createClient(service.url, await service.operatorToken())
  account = await service.account()
  browser = await openBrowser()
  page = await (await browser.context()).newPage()
})
afterAll(async () => {
  await browser.close()
  await service.stop()
  await company.stop()
})

const linkFor = async (role: string, more: object = {}) => {
  const body = { role, returnUrl: `${company.url}/settings`, ...more }
  const { status, body: link } = await operator.post(`/accounts/${account.accountId}/session-links`, body)
  expect(status).toBe(201)
  return link.url as string
}

it('a link from the company’s app opens the keys page in its name; the guest creates a key and goes back', async () => {
  const secrets = watchSecrets(page)
  const url = await linkFor('admin', { email: 'ada@example.com' })
  await page.goto(company.url)
  await page.evaluate(`location.assign(${JSON.stringify(url)})`)
  await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor()
  expect(new URL(page.url()).hash).toBe('')
  expect(await page.title()).toBe('API Keys · Pixel & Co')
  await page.getByRole('banner').getByText('Pixel & Co').waitFor()
  // COMPANY_COLOR: the line above the header, and the tile with the company's initial, which stays readable.
  const shown = await page.evaluate(`(() => {
    const header = document.querySelector('header')
    const initial = [...header.querySelectorAll('[aria-hidden]')].find((one) => one.textContent === 'P')
    const [line, tile] = [header, initial].map((one) => getComputedStyle(one))
    return [line.borderTopColor, line.borderTopStyle, tile.backgroundColor, tile.color]
  })()`)
  const color = 'rgb(255, 212, 0)'
  expect(shown).toEqual([color, 'solid', color, 'rgb(0, 0, 0)'])
  expect(await findA11y(page)).toEqual([])

  await page.getByRole('button', { name: 'Create Key' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Made by a guest')
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await dialog.getByRole('checkbox').check()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('link', { name: 'Made by a guest' }).waitFor()

  await page.getByRole('button', { name: 'ada@example.com' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
  expect(await page.getByRole('menuitem', { name: 'Change your password' }).count()).toBe(0)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Audit log' }).click()
  await page.getByText('ada@example.com (guest of').first().waitFor()
  await page.getByRole('link', { name: 'Back to Pixel & Co' }).click()
  await page.getByText('ok', { exact: true }).waitFor()
  expect(page.url()).toBe(`${company.url}/settings`)
  expect(await secrets.placesOf(tokenOf(url))).toEqual([])
})

it('opened again, and in another browser, it is a plain page that says what to do', async () => {
  const url = await linkFor('viewer')
  await page.goto(url)
  await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor()
  const other = await (await browser.context()).newPage()
  await other.goto(url)
  await other.getByRole('heading', { name: 'This link cannot be opened' }).waitFor()
  await other.getByText('Go back to Pixel & Co').waitFor()
  expect(await findA11y(other)).toEqual([])
  expect(await other.getByRole('button', { name: 'Continue' }).count()).toBe(0)
  await other.getByRole('link', { name: 'Back to Pixel & Co' }).click()
  await other.getByText('ok', { exact: true }).waitFor()
  await page.goto(url)
  await page.getByRole('link', { name: 'Continue as a guest' }).click()
  await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor()
})

it('a guest sees what the role may see, and signing out leads back', async () => {
  for (const [role, pages] of [
    ['viewer', ['API Keys']],
    ['editor', ['Usage', 'API Keys']],
  ] as const) {
    await page.goto(await linkFor(role))
    await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor()
    await page.getByRole('button', { name: 'Guest' }).click()
    await page.getByRole('menu').getByText(role).waitFor()
    await page.keyboard.press('Escape')
    const links = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts()
    expect(links).toEqual(['Back to Pixel & Co', ...pages])
  }
  await page.getByRole('button', { name: 'Guest' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByText('ok', { exact: true }).waitFor()
  await page.goto(`${service.url}/dashboard/keys`)
  await page.getByText('Go to Pixel & Co and open the dashboard from there.').waitFor()
})

it('a link for another account asks before it signs anybody out', async () => {
  await page.goto(await linkFor('viewer', { email: 'ada@example.com' }))
  await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor()
  account = await service.account('business')
  await page.goto(await linkFor('viewer', { email: 'eve@example.com' }))
  await page.getByRole('heading', { name: 'Somebody else is signed in' }).waitFor()
  expect(await findA11y(page)).toEqual([])
  await page.getByRole('button', { name: 'Sign them out' }).click()
  await page.getByRole('button', { name: 'eve@example.com' }).waitFor()
  expect(browser.faults).toEqual([])
})

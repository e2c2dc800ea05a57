import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { watchSecrets } from '../support/watchSecrets.ts'

const password = 'correct horse battery'
let service: SharedService
let browser: Browser
let account: Client
let page: Page
let secrets: ReturnType<typeof watchSecrets>

beforeAll(async () => {
  service = await sharedService()
  browser = await openBrowser()
  account = await accountOn('pro', 'ada@keys.example.com')
  page = await signedIn('ada@keys.example.com')
  secrets = watchSecrets(page)
})
afterAll(async () => {
  await browser.close()
})

async function accountOn(plan: string, email: string): Promise<Client> {
  const { adminKey } = await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', plan],
    ...['--email', email, '--password', password],
  )
  return createClient(service.url, adminKey)
}

async function signedIn(email: string): Promise<Page> {
  const context = await browser.context({ permissions: ['clipboard-read', 'clipboard-write'] })
  const opened = await context.newPage()
  await signIn(opened, `${service.url}/dashboard/keys`, { email, password })
  return opened
}

const dialog = () => page.getByRole('dialog')
const button = (name: string) => dialog().getByRole('button', { name, exact: true })
const row = (name: string) =>
  page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name, exact: true }) })
    .first()
const codeOf = async (key: string) => (await service.server.post('/verify', { key })).body.code
const copied = () => page.evaluate<string>('navigator.clipboard.readText()')
const focused = () =>
  page.evaluate<string>(
    'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
  )
const fits = () =>
  eventually(
    () => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'),
    (isFitting) => isFitting,
  )
const shownKey = () => dialog().getByLabel('API key').inputValue()

async function act(name: string, action: string) {
  await page
    .getByRole('button', { name: `Actions for ${name}`, exact: true })
    .first()
    .click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
  await dialog().waitFor()
}

async function leaveShownKey() {
  await dialog().getByLabel('I have stored this key somewhere safe').check()
  await button('Done').click()
  await dialog().waitFor({ state: 'detached' })
}

let shop: string

describe('a key, in the dashboard', () => {
  it('is created, and shown once', async () => {
    await row('Admin key').waitFor()
    expect(await findA11y(page)).toEqual([])
    await page.getByRole('button', { name: 'Create Key' }).click()
    await button('Create').click()
    await dialog().getByText('Enter a name, such as').waitFor()
    await dialog().getByLabel('Name').fill('Web shop')
    await button('Expiry and addresses').click()
    await dialog().getByLabel('Allowed IPs').first().fill('no address')
    await page.keyboard.press('Enter')
    await button('Create').click()
    await eventually(
      () => dialog().getByLabel('Allowed IPs').first().getAttribute('aria-invalid'),
      (invalid) => invalid === 'true',
    )
    expect(await findA11y(page)).toEqual([])
    await dialog().getByLabel('Allowed IPs').first().focus()
    await page.keyboard.press('Backspace')
    await page.keyboard.press('Backspace')
    await button('Create').click()

    await dialog().getByRole('heading', { name: 'Save your key' }).waitFor()
    shop = await shownKey()
    expect(shop).toMatch(/^pk_live_[0-9A-Za-z]{38}$/)
    expect(await findA11y(page)).toEqual([])
    await button('Copy the key').click()
    expect(await copied()).toBe(shop)
    await button('Copy for .env').click()
    expect(await copied()).toBe(`PICTIFY_API_KEY=${shop}`)
    expect(await codeOf(shop)).toBe('VALID')

    // Neither a slip of the hand closes it, nor a way out that does not say what it does.
    await page.keyboard.press('Escape')
    await page.mouse.click(5, 5)
    expect(await shownKey()).toBe(shop)
    expect(await button('Close').count()).toBe(0)
    expect(await button('Done').isDisabled()).toBe(true)
    await leaveShownKey()
    expect(await focused()).toBe('Create Key')
    await row('Web shop').waitFor()
    await page.getByText('2 of 10').waitFor()
    expect(await secrets.placesOf(shop)).toEqual([])
  })

  it('is renamed', async () => {
    await act('Web shop', 'Rename')
    expect(await findA11y(page)).toEqual([])
    await dialog().getByLabel('Name').fill('')
    await button('Save').click()
    await eventually(
      () => dialog().getByLabel('Name').getAttribute('aria-invalid'),
      (invalid) => invalid === 'true',
    )
    await dialog().getByLabel('Name').fill('Shop')
    await button('Save').click()
    await row('Shop').waitFor()
    expect(await row('Web shop').count()).toBe(0)
    await dialog().waitFor({ state: 'detached' })
    expect(await focused()).toBe('Actions for Shop')
  })

  it('is rotated with an overlap, in which it says whether the old one is still used', async () => {
    await act('Shop', 'Rotate')
    await dialog().getByText('This key was last used').waitFor()
    expect(await findA11y(page)).toEqual([])
    await button('Rotate').click()
    await dialog().getByRole('heading', { name: 'Save the new key' }).waitFor()
    await dialog().getByText('The old key has not been used since').waitFor()
    const next = await shownKey()
    expect([await codeOf(next), await codeOf(shop)]).toEqual(['VALID', 'VALID'])
    await dialog().getByText('The old key is still in use').waitFor()
    expect(await findA11y(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await shownKey()).toBe(next)
    await leaveShownKey()
    expect(await secrets.placesOf(next)).toEqual([])
    expect(await secrets.answersWith(next)).toHaveLength(1)
    const { body } = await account.get('/api-keys?q=Shop')
    expect(body.apiKeys).toHaveLength(2)
    for (const { id, expiresAt } of body.apiKeys) {
      // One of the same name is enough for what follows.
      if (expiresAt === null) await account.post(`/api-keys/${id}/revoke`, { reason: 'Not needed' })
      if (expiresAt === null) await account.delete(`/api-keys/${id}`)
    }
  })

  it('is revoked by whoever types its name while it is in use, then deleted', async () => {
    const { id } = (await account.get('/api-keys?q=Shop')).body.apiKeys[0]
    await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'].requests,
      (requests) => requests >= 2,
    )
    await page.reload()
    expect(
      await row('Shop')
        .count()
        .then(() => page.getByRole('link', { name: 'Shop', exact: true }).count()),
    ).toBeLessThan(2)
    await row('Shop').waitFor()
    await act('Shop', 'Revoke')
    await dialog().getByText('2 requests').waitFor()
    expect(await findA11y(page)).toEqual([])
    expect(await button('Revoke').isDisabled()).toBe(true)
    await dialog().getByLabel('Type Shop to confirm').fill('shop')
    expect(await button('Revoke').isDisabled()).toBe(true)
    await dialog().getByLabel('Type Shop to confirm').fill('Shop')
    await dialog().getByLabel('Reason').fill('The shop has closed')
    await button('Revoke').click()
    await dialog().getByRole('heading', { name: 'Shop is revoked' }).waitFor()
    await dialog()
      .getByRole('list', { name: 'Regions' })
      .getByText(/^primary: confirmed, after/)
      .waitFor()
    expect(await codeOf(shop)).toBe('REVOKED')
    expect(await findA11y(page)).toEqual([])
    await button('Done').click()
    await row('Shop').getByText('Revoked').waitFor()

    await act('Shop', 'Delete')
    expect(await findA11y(page)).toEqual([])
    await button('Delete').click()
    await row('Shop').waitFor({ state: 'detached' })
    expect((await account.get(`/api-keys/${id}`)).status).toBe(404)
    expect(await secrets.placesOf(shop)).toEqual([])
    expect(await secrets.answersWith(shop)).toEqual(['POST /api-keys'])
  })

  it('is not created beyond the plan: the dialog says why', async () => {
    await accountOn('free', 'fred@keys.example.com')
    const ada = page
    page = await signedIn('fred@keys.example.com')
    await page.getByText('1 of 2').waitFor()
    for (const name of ['Second', 'Third']) {
      await page.getByRole('button', { name: 'Create Key' }).first().click()
      await dialog().getByLabel('Name').fill(name)
      await button('Create').click()
      if (name === 'Second') await leaveShownKey()
    }
    await dialog()
      .getByRole('alert')
      .getByText(/plan.*2 live keys|2 live keys.*plan/i)
      .waitFor()
    expect(await findA11y(page)).toEqual([])
    await dialog().getByText('Test', { exact: true }).click()
    await button('Create').click()
    expect(await dialog().getByLabel('API key').inputValue()).toMatch(/^pk_test_/)
    await leaveShownKey()
    page = ada
  })

  it('is seen by name alone by those who do not manage keys; editors get to its usage', async () => {
    const { id } = await account.createKey({ name: 'Reports' })
    for (const role of ['editor', 'viewer'])
      await account.post('/members', { email: `${role}@keys.example.com`, role, password })
    for (const role of ['editor', 'viewer']) {
      const other = await signedIn(`${role}@keys.example.com`)
      await other.getByRole('cell', { name: 'Reports', exact: true }).waitFor()
      const links = other.getByRole('table').getByRole('link', { name: 'Reports' })
      if (role === 'editor') expect(await links.getAttribute('href')).toBe(`/dashboard/keys/${id}`)
      else expect(await links.count()).toBe(0)
      expect(await other.getByRole('button', { name: /^Actions for|^Create Key/ }).count()).toBe(0)
      expect(await findA11y(other)).toEqual([])
      await other.close()
    }
  })

  it('is readable on a phone', async () => {
    await page.setViewportSize({ width: 375, height: 800 })
    await row('Reports').waitFor()
    await fits()
    expect(await findA11y(page)).toEqual([])
    await page.getByRole('button', { name: 'Create Key' }).click()
    await dialog().getByLabel('Name').fill('From the train')
    await button('Create').click()
    const secret = await shownKey()
    await fits()
    expect(await findA11y(page)).toEqual([])
    await leaveShownKey()
    expect(await secrets.placesOf(secret)).toEqual([])
    expect(browser.faults).toEqual([])
  })
})

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser } from '../support/openBrowser.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let browser: Browser
let page: Page
let account: Awaited<ReturnType<Service['account']>>

beforeAll(async () => {
  service = await startService()
  browser = await openBrowser()
  account = await service.account('business')
  const credentials = { username: 'operator', password: 'operator-password' }
  page = await (await browser.context({ httpCredentials: credentials })).newPage()
})
afterAll(async () => {
  await browser.close()
  await service.stop()
})

describe('the operators’ page', () => {
  it('shows accounts with their traffic, queues, regions and messages', async () => {
    const { key } = await account.createKey()
    for (let index = 0; index < 3; index++) await service.server.post('/verify', { key })
    await eventually(
      async () => {
        await page.goto(`${service.url}/admin`)
        return page.getByRole('row', { name: 'On business' }).getByRole('cell').allTextContents()
      },
      (cells) => cells.at(-1) === '3',
    )
    const cells = await page.getByRole('row', { name: 'On business' }).getByRole('cell').allTextContents()
    expect(cells).toEqual([account.accountId, 'business', 'active', '2', '0', '0', '3'])
    expect(await page.getByRole('row', { name: /^commands/ }).count()).toBe(1)
    expect(await page.getByRole('row', { name: /^primary/ }).textContent()).toContain(
      'kept up by every process',
    )
    await page.getByText('On their way: none.').waitFor()
    await page.getByText('The records of every day that was checked agree.').waitFor()
    expect(await findA11y(page)).toEqual([])
    expect(browser.faults).toEqual([])
  })

  it('finds an account by a part of its name', async () => {
    await page.getByLabel('ID or last four characters of a key').fill('nobody')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByText('0 found').waitFor()
    await page.getByLabel('ID or last four characters of a key').fill('usin')
    await page.keyboard.press('Enter')
    await page.getByText('1 found').waitFor()
  })

  it('leads to the account, which support suspends and resumes', async () => {
    await page.getByRole('link', { name: 'On business' }).click()
    await page.getByRole('heading', { name: 'On business', level: 1 }).waitFor()
    expect(await findA11y(page)).toEqual([])
    await page.getByRole('link', { name: 'Suspend account…' }).click()
    await page.getByLabel('Reason').fill('Three invoices are open.')
    expect(await findA11y(page)).toEqual([])
    await page.getByRole('button', { name: 'Suspend account' }).click()
    await page.getByText('Done in every region: suspend account.').waitFor()
    await page.getByText('Three invoices are open.').waitFor()
    expect((await account.get('/account')).body.type).toMatch(/account-suspended$/)
    await page.getByRole('link', { name: 'Resume account…' }).click()
    await page.getByRole('button', { name: 'Resume account' }).click()
    await page.getByText('Done in every region: resume account.').waitFor()
    await page.getByRole('link', { name: 'Change plan…' }).click()
    await page.getByLabel('Plan').selectOption('enterprise')
    await page.getByRole('button', { name: 'Change plan' }).click()
    await page.getByText('Done in every region: update account.').waitFor()
    expect((await account.get('/account')).body).toMatchObject({ status: 'active', plan: 'enterprise' })
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/account.png`, fullPage: true })
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('heading', { name: 'Pictify Keys for operators' }).waitFor()
    expect(browser.faults).toEqual([])
  })

  it('fits a phone: tables scroll by themselves, with the keyboard, too', async () => {
    await page.setViewportSize({ width: 375, height: 812 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375)
    expect(await findA11y(page)).toEqual([])
    expect(browser.faults).toEqual([])
  })

  it('leads to Bull Board, where jobs have names and carry IDs alone', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.getByRole('link', { name: 'commands', exact: true }).click()
    await page.getByText('create-api-key').first().waitFor()
    await page.getByText('commandId').first().waitFor()
    expect(await page.content()).not.toContain(account.adminKey)
    // Its fonts would come from elsewhere: the policy refuses them.
    expect(browser.faults.filter((fault) => !fault.includes('fonts.googleapis.com'))).toEqual([])
    const hosts = new Set(asked.map((url) => new URL(url).host))
    hosts.delete('fonts.googleapis.com')
    expect([...hosts]).toEqual([new URL(service.url).host])
  })
})

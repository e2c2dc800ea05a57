import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser } from '../support/openBrowser.ts'
import { readable, startSmtp } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'
import { watchSecrets } from '../support/watchSecrets.ts'

const email = 'ada@example.com'
const own = 'a password of their own'
let service: Service
let smtp: Awaited<ReturnType<typeof startSmtp>>
let browser: Browser
let page: Page
let accounts: Awaited<ReturnType<Service['account']>>[]

beforeAll(async () => {
  smtp = await startSmtp()
  service = await startService({ env: { SMTP_URL: smtp.url, PUBLIC_URL: 'http://keys.example.com' } })
  browser = await openBrowser()
  accounts = [await service.account('pro'), await service.account('business')]
  page = await (await browser.context()).newPage()
})
afterAll(async () => {
  await browser.close()
  await service.stop()
  await smtp.stop()
})

/** What the newest email's link has behind the address of the service. */
async function nextLink(count: number): Promise<string> {
  const mails = await eventually(
    async () => smtp.mails,
    (all) => all.length === count,
  )
  return /\/dashboard\/[\w-]+#\w+/.exec(readable(mails[count - 1] ?? mails[0]!))?.[0] ?? ''
}
const account = (name: string) => page.getByRole('menuitem', { name })
const menu = () => page.getByRole('button', { name: email })

it('somebody new joins by the link, chooses a password, and lands in the account; the link stays nowhere', async () => {
  const secrets = watchSecrets(page)
  await accounts[0]?.post('/members', { email, role: 'admin' })
  const link = await nextLink(1)
  const token = link.split('#')[1] ?? ''
  await page.goto(`${service.url}${link}`)
  await page.getByText('is invited to the account').waitFor()
  await page.getByText('On pro').waitFor()
  expect(await findA11y(page)).toEqual([])
  await page.getByLabel('Choose a password').fill('short')
  await page.getByRole('button', { name: 'Join the account' }).click()
  await page.getByText('At least 10 characters.').first().waitFor()
  await page.getByLabel('Choose a password').fill(own)
  await page.getByRole('button', { name: 'Join the account' }).click()
  await page.getByRole('heading', { name: 'API Keys' }).waitFor()
  expect(await secrets.placesOf(token)).toEqual([])
  expect(await secrets.answersWith(token)).toEqual([])
})

it('whoever is signed in joins another account without a password, and switches between the two', async () => {
  await accounts[1]?.post('/members', { email, role: 'viewer' })
  const link = await nextLink(2)
  const known = Promise.withResolvers<void>()
  await page.route('**/session', (route) => known.promise.then(() => route.continue()))
  const shown = page.waitForResponse(/\/invitations\/read$/)
  await page.goto(`${service.url}${link}`)
  await (await shown).finished()
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))')
  // Who is signed in is not known yet, and so it is not known whether to ask for a password.
  const join = page.getByRole('button', { name: 'Join the account' })
  expect(await join.count()).toBe(0)
  known.resolve()
  await page.getByText('On business').waitFor()
  await join.click()
  await menu().click()
  expect(await account('On business').getAttribute('aria-current')).toBe('true')
  await account('On pro').click()
  // What only the admin of the other account sees.
  await page.getByRole('link', { name: 'Members' }).waitFor()
  await menu().click()
  expect(await account('On pro').getAttribute('aria-current')).toBe('true')
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
})

it('a forgotten password is set again by a link; a sign-in asks which account', async () => {
  await page.getByLabel('Email').fill(email)
  await page.getByRole('button', { name: 'Forgot the password?' }).click()
  expect(await findA11y(page)).toEqual([])
  await page.getByRole('button', { name: 'Send a link' }).click()
  await page.getByText('a link is on its way to it').waitFor()
  await page.goto(`${service.url}${await nextLink(3)}`)
  await page.getByLabel('New password').fill('yet another password')
  expect(await findA11y(page)).toEqual([])
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('yet another password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Choose an account' }).waitFor()
  expect(await findA11y(page)).toEqual([])
  await page.getByRole('button', { name: 'On business' }).click()
  await menu().waitFor()
  expect(browser.faults).toEqual([])
})

it('a link that is over says so', async () => {
  await page.goto(`${service.url}/dashboard/invitations#${'x'.repeat(40)}`)
  await page.getByRole('alert').getByText('no longer valid').waitFor()
  expect(await findA11y(page)).toEqual([])
})

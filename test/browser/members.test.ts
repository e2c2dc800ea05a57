import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type Service, startService } from '../support/startService.ts'

const password = 'correct horse battery'
let service: Service
let browser: Browser
let page: Page

beforeAll(async () => {
  service = await startService()
  browser = await openBrowser()
  await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', 'ada@example.com', '--password', password],
  )
  page = await (await browser.context()).newPage()
  await signIn(page, `${service.url}/dashboard/members`, { email: 'ada@example.com', password })
})
afterAll(async () => {
  await browser.close()
  await service.stop()
})

const row = (email: string) => page.getByRole('row').filter({ hasText: email })
const dialog = () => page.getByRole('dialog')

async function choose(email: string, action: string) {
  await row(email)
    .getByRole('button', { name: /^Actions for/ })
    .click()
  await page.getByRole('menuitem', { name: action }).click()
  await dialog().waitFor()
}

describe('members', () => {
  it('show who one is, and what the roles may do', async () => {
    await row('ada@example.com').getByText('You', { exact: true }).waitFor()
    expect(await page.getByRole('definition').count()).toBe(3)
    expect(await findA11y(page)).toEqual([])
  })

  it('are invited; what is wrong is said beside its field, and that no email goes out', async () => {
    await page.getByRole('button', { name: 'Invite a member' }).click()
    await dialog().getByRole('button', { name: 'Invite' }).click()
    await dialog().getByText('Enter an email address to sign in with.').waitFor()
    await dialog().getByLabel('Email').fill('ada@example@com')
    await dialog().getByLabel('Name').fill('Bob')
    await dialog().getByLabel('Editor').check()
    expect(await findA11y(page)).toEqual([])
    // The api knows better what an address is.
    await dialog().getByRole('button', { name: 'Invite' }).click()
    await dialog().getByText('Must be an email address').waitFor()
    await dialog().getByLabel('Email').fill('ada@example.com')
    await dialog().getByRole('button', { name: 'Invite' }).click()
    await dialog().getByText('A member with this email address exists.').waitFor()
    await dialog().getByLabel('Email').fill('bob@example.com')
    await dialog().getByRole('button', { name: 'Invite' }).click()
    await dialog().getByText('bin/keys member invite-link').waitFor()
    expect(await findA11y(page)).toEqual([])
    await dialog().getByRole('button', { name: 'Done' }).click()
    await dialog().waitFor({ state: 'detached' })
    await row('bob@example.com').getByText('Editor').waitFor()
    await row('bob@example.com').getByText('Invited').waitFor()
  })

  it('get another name, role and password', async () => {
    await choose('bob@example.com', 'Change name or role')
    await dialog().getByLabel('Name').fill('Robert')
    await dialog().getByLabel('Viewer').check()
    expect(await findA11y(page)).toEqual([])
    await dialog().getByRole('button', { name: 'Save' }).click()
    await row('bob@example.com').getByText('Robert').waitFor()
    await row('bob@example.com').getByText('Viewer').waitFor()

    await choose('bob@example.com', 'Set a password')
    await dialog().getByRole('button', { name: 'Make one' }).click()
    await dialog().getByLabel('New password', { exact: true }).fill('another long password')
    await dialog().getByRole('button', { name: 'Change the password' }).click()
    await dialog().waitFor({ state: 'detached' })
    const theirs = await (await browser.context()).newPage()
    await signIn(theirs, `${service.url}/dashboard/members`, {
      email: 'bob@example.com',
      password: 'another long password',
    })
    await theirs.getByText('Only admins of the account see this page.').waitFor()
    await theirs.close()
  })

  it('change their own password, viewers too, with the present one', async () => {
    const theirs = await (await browser.context()).newPage()
    const bob = { email: 'bob@example.com', password: 'another long password' }
    await signIn(theirs, `${service.url}/dashboard`, bob)
    await theirs.getByRole('button', { name: 'Robert' }).click()
    await theirs.getByRole('menuitem', { name: 'Change your password' }).click()
    const asked = theirs.getByRole('dialog')
    await asked.getByLabel('Current password').fill('not it, though')
    await asked.getByLabel('New password').fill('a third long password')
    expect(await findA11y(theirs)).toEqual([])
    await asked.getByRole('button', { name: 'Change the password' }).click()
    await asked.getByText('Is not your password').waitFor()
    await asked.getByLabel('Current password').fill(bob.password)
    await asked.getByRole('button', { name: 'Change the password' }).click()
    await theirs.getByRole('heading', { name: 'Sign in' }).waitFor()
    await signIn(theirs, `${service.url}/dashboard`, { ...bob, password: 'a third long password' })
    await theirs.close()
  })

  it('always hold one admin', async () => {
    const refusal = 'An account must keep at least one admin.'
    await choose('ada@example.com', 'Remove')
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await dialog().getByText(refusal).waitFor()
    expect(await findA11y(page)).toEqual([])
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await dialog().waitFor({ state: 'detached' })
    await choose('ada@example.com', 'Change name or role')
    await dialog().getByLabel('Viewer').check()
    await dialog().getByRole('button', { name: 'Save' }).click()
    await dialog().getByText(refusal).waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  it('are removed after a question', async () => {
    await choose('bob@example.com', 'Remove')
    await dialog().getByText('signed out at once').waitFor()
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await row('bob@example.com').waitFor({ state: 'detached' })
    expect(browser.faults).toEqual([])
  })

  it('who changes their own password signs in with it', async () => {
    await choose('ada@example.com', 'Change password')
    await dialog().getByLabel('New password', { exact: true }).fill('another long password')
    await dialog().getByRole('button', { name: 'Change the password' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await signIn(page, `${service.url}/dashboard/members`, {
      email: 'ada@example.com',
      password: 'another long password',
    })
    await row('ada@example.com').waitFor()
  })

  it('of a suspended account see since when and why, and every change is refused', async () => {
    const [account] = (await service.cli('account', 'list')) as unknown as { accountId: string }[]
    const accountId = account?.accountId ?? ''
    await service.cli('account', 'suspend', accountId, '--reason', 'Three invoices are open.')
    await page.reload()
    await page.getByText('This account is suspended').waitFor()
    await page.getByText('Three invoices are open.').waitFor()
    expect(await findA11y(page)).toEqual([])
    await page.getByRole('button', { name: 'Invite a member' }).click()
    await dialog().getByLabel('Email').fill('eve@example.com')
    await dialog().getByRole('button', { name: 'Invite' }).click()
    await dialog().getByText('This account is suspended. It can be read, but not changed.').waitFor()
    await service.cli('account', 'resume', accountId)
    await page.reload()
    await row('ada@example.com').waitFor()
    expect(await page.getByText('This account is suspended').count()).toBe(0)
    expect(browser.faults).toEqual([])
  })
})

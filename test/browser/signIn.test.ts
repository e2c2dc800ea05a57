import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awayFromQuarter } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type Service, startService } from '../support/startService.ts'

const password = 'correct horse battery'
let service: Service
let browser: Browser

beforeAll(async () => {
  service = await startService()
  browser = await openBrowser()
  await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', 'ada@example.com', '--password', password],
  )
  // Ada’s address runs out of tries below.
  await service.cli(
    ...['account', 'create', '--name', 'Other', '--plan', 'pro'],
    ...['--email', 'eve@example.com', '--password', password],
  )
})
afterAll(async () => {
  await browser.close()
  await service.stop()
})

describe('signing in', () => {
  it('leads to the page that was asked for, and out again', async () => {
    const page = await (await browser.context()).newPage()
    await signIn(page, `${service.url}/dashboard/members`, { email: 'ada@example.com', password })
    await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor()
    await page.getByRole('button', { name: 'ada@example.com', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(browser.faults).toEqual([])
  })

  it('says the same for a wrong password and an unknown address, and stops after ten tries', async () => {
    await awayFromQuarter()
    const page = await (await browser.context()).newPage()
    await page.goto(`${service.url}/dashboard`)
    const tryWith = async (email: string) => {
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password', { exact: true }).fill('wrong password')
      const answered = page.waitForResponse((response) => response.url().endsWith('/session'))
      await page.getByRole('button', { name: 'Sign in' }).click()
      await answered
      return page.getByRole('alert').textContent()
    }
    const known = await tryWith('ada@example.com')
    expect(await tryWith('nobody@example.com')).toBe(known)
    for (let tries = 2; tries <= 10; tries++) await tryWith('ada@example.com')
    await tryWith('ada@example.com')
    await page.getByText('Too many attempts to sign in').waitFor()
  })

  it('has nothing that axe finds wrong, also with a message', async () => {
    const page = await (await browser.context()).newPage()
    await page.goto(`${service.url}/dashboard`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await findA11y(page)).toEqual([])
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('[aria-invalid=true]').first().waitFor()
    expect(await findA11y(page)).toEqual([])
  })
})

describe('the keyboard alone', () => {
  it('signs in, skips to the content, opens the menu and signs out', async () => {
    const page = await (await browser.context()).newPage()
    const focused = page.locator(':focus')
    await page.goto(`${service.url}/dashboard/members`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('Email').and(focused).waitFor()
    await page.keyboard.type('eve@example.com')
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor()

    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: 'Skip to the content' })
    await skip.and(focused).waitFor()
    expect(await skip.boundingBox()).toMatchObject({ y: 0 })
    await page.keyboard.press('Enter')
    await page.getByRole('main').and(focused).waitFor()
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Invite a member' }).and(focused).waitFor()

    const account = page.getByRole('button', { name: 'eve@example.com', exact: true })
    await account.focus()
    await page.keyboard.press('Enter')
    const signOut = page.getByRole('menuitem', { name: 'Sign out' })
    await signOut.waitFor()
    await page.keyboard.press('Escape')
    await account.and(focused).waitFor()
    await page.keyboard.press('Enter')
    await signOut.waitFor()
    // Past the colour schemes, which are items of the menu, too; the first press may come before the menu has the
    // focus.
    await eventually(
      async () => {
        const isThere = (await signOut.and(focused).count()) > 0
        if (!isThere) await page.keyboard.press('ArrowDown')
        return isThere
      },
      (isThere) => isThere,
    )
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  it('opens the menu of pages on a phone, and closes it with the page that was chosen', async () => {
    const page = await (await browser.context({ viewport: { width: 375, height: 812 } })).newPage()
    const focused = page.locator(':focus')
    await signIn(page, `${service.url}/dashboard/members`, { email: 'eve@example.com', password })
    const link = page.getByRole('link', { name: 'Audit log' })
    await page.getByRole('button', { name: 'Open the menu' }).focus()
    // What is folded away cannot be reached.
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'eve@example.com', exact: true }).and(focused).waitFor()
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Invite a member' }).and(focused).waitFor()
    await page.getByRole('button', { name: 'Open the menu' }).focus()
    await page.keyboard.press('Enter')
    await link.waitFor()
    expect(await findA11y(page)).toEqual([])
    await link.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor()
    await page.getByRole('main').and(focused).waitFor()
    await page.getByRole('button', { name: 'Open the menu' }).waitFor()
    expect(browser.faults).toEqual([])
  })
})

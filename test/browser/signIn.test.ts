import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
    await page.getByRole('button', { name: 'ada@example.com' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(browser.faults).toEqual([])
  })

  it('says the same for a wrong password and an unknown address, and stops after ten tries', async () => {
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
})

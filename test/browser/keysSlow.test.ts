import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type Service, startService } from '../support/startService.ts'
import { watchSecrets } from '../support/watchSecrets.ts'

const ada = { email: 'ada@example.com', password: 'correct horse battery' }
let service: Service
let browser: Browser
let page: Page
let secrets: ReturnType<typeof watchSecrets>
let worker: ReturnType<Service['startWorker']>

beforeAll(async () => {
  service = await startService({ workers: 1, env: { COMMAND_WAIT_MS: '0' } })
  browser = await openBrowser()
  await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', ada.email, '--password', ada.password],
  )
  await service.workers[0]?.end()
  page = await (await browser.context()).newPage()
  secrets = watchSecrets(page)
  await signIn(page, `${service.url}/dashboard/keys`, ada)
})
afterAll(async () => {
  await browser.close()
  await service.stop()
})

const dialog = () => page.getByRole('dialog')
const button = (name: string) => dialog().getByRole('button', { name, exact: true })
const taken = () => dialog().getByText('Accepted, still in progress')

describe('while the workers are away', () => {
  it('a create waits for them, and shows its key when they are back', async () => {
    await page.getByRole('button', { name: 'Create Key' }).first().click()
    await dialog().getByLabel('Name').fill('Patient')
    await button('Create').click()
    await taken().waitFor()
    expect(await findA11y(page)).toEqual([])
    // Its key would be lost.
    await page.keyboard.press('Escape')
    expect(await button('Cancel').isDisabled()).toBe(true)
    worker = service.startWorker()
    await dialog().getByRole('heading', { name: 'Save your key' }).waitFor()
    const secret = await dialog().getByLabel('API key').inputValue()
    expect(secret).toMatch(/^pk_live_/)
    await dialog().getByLabel('I have stored this key somewhere safe').check()
    await button('Done').click()
    await page.getByRole('link', { name: 'Patient' }).waitFor()
    expect(await secrets.placesOf(secret)).toEqual([])
    expect(await secrets.answersWith(secret)).toEqual(['POST /api-keys'])
  })

  it('a revoke shows which regions know of it, and its outcome when all do', async () => {
    await worker.end()
    await page.getByRole('button', { name: 'Actions for Patient' }).click()
    await page.getByRole('menuitem', { name: 'Revoke', exact: true }).click()
    await dialog().getByText('No request in the last hour').waitFor()
    await button('Revoke').click()
    await taken().waitFor()
    await dialog().getByText('primary: on its way').waitFor()
    expect(await findA11y(page)).toEqual([])
    worker = service.startWorker()
    await dialog().getByRole('heading', { name: 'Patient is revoked' }).waitFor()
    await dialog()
      .getByText(/^primary: confirmed, after/)
      .waitFor()
    await button('Done').click()
    await page
      .getByRole('row', { name: /Patient/ })
      .getByText('Revoked')
      .waitFor()
    expect(browser.faults).toEqual([])
  })
})

describe('an answer that is lost on its way', () => {
  it.each([
    ['Once', 'done'],
    ['Alone', 'still under way'],
  ])('comes again when %s is asked for again, %s: there is one key, and it is shown', async (name, when) => {
    if (when !== 'done') await worker.end()
    await page.getByRole('button', { name: 'Create Key' }).first().click()
    await dialog().getByLabel('Name').fill(name)
    await page.route(
      '**/api-keys',
      async (route) => {
        await route.fetch()
        await route.abort()
      },
      { times: 1 },
    )
    await button('Create').click()
    await dialog().getByText('The server cannot be reached').waitFor()
    await button('Create').click()
    if (when !== 'done') {
      await taken().waitFor()
      worker = service.startWorker()
    }
    await dialog().getByRole('heading', { name: 'Save your key' }).waitFor()
    expect(await dialog().getByLabel('API key').inputValue()).toMatch(/^pk_live_/)
    await dialog().getByLabel('I have stored this key somewhere safe').check()
    await button('Done').click()
    await page.getByRole('link', { name }).waitFor()
    expect(await page.getByRole('link', { name }).count()).toBe(1)
  })
})

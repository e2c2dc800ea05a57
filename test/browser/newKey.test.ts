import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type Service, startService } from '../support/startService.ts'

const ada = { email: 'ada@example.com', password: 'correct horse battery' }
/** With what HTML, a pattern of `replace` and a shell would each take for something else. */
const own = `curl "https://api.example.com/image?a=1&b=$'2'" -H 'Authorization: Bearer $PICTIFY_API_KEY' # <%NAME%>`

let service: Service
let browser: Browser
let page: Page

beforeAll(async () => {
  service = await startService({ env: { COMMAND_WAIT_MS: '200', WEBHOOK_ALLOW_PRIVATE: 'true' } })
  browser = await openBrowser()
  await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', ada.email, '--password', ada.password],
  )
  page = await (await browser.context()).newPage()
  await signIn(page, `${service.url}/dashboard/keys`, ada)
})
afterAll(async () => {
  await browser.close()
  await service.stop()
})

const dialog = (on = page) => on.getByRole('dialog')
const button = (name: string, on = page) => dialog(on).getByRole('button', { name, exact: true })

async function createKey(name: string, access: string, on = page): Promise<void> {
  await on.getByRole('button', { name: 'Create Key' }).first().click()
  await dialog(on).getByLabel('Name').fill(name)
  await dialog(on).getByLabel(access, { exact: true }).check()
  await button('Create', on).click()
  await dialog(on).getByRole('heading', { name: 'Save your key' }).waitFor()
}

async function leave(on = page): Promise<void> {
  await dialog(on).getByRole('checkbox').check()
  await button('Done', on).click()
  await dialog(on).waitFor({ state: 'detached' })
}

const firstCall = async (on = page) =>
  (await dialog(on).getByRole('region', { name: 'To try it' }).textContent()) ?? ''

describe('a new key', () => {
  it('shows the underscores of its value', async () => {
    await createKey('Web shop', 'Full')
    const field = dialog().getByLabel('API key')
    const looks = async (text: string) =>
      (await field.evaluate((input, value) => {
        ;(input as unknown as { value: string }).value = value
      }, text)) ?? (await field.screenshot({ animations: 'disabled' })).toString('base64')
    const value = await field.inputValue()
    expect(await looks(value)).not.toBe(await looks(value.replaceAll('_', ' ')))
    await looks(value)
    await leave()
  })

  it.each(['Full', 'Read-only', 'Admin'])('comes with a first call that works: %s', async (access) => {
    await createKey(`Key with ${access}`, access)
    const { stdout } = await promisify(execFile)('bash', ['-c', await firstCall()])
    expect(stdout).toMatch(/^HTTP\/1\.1 200 /)
    await leave()
  })

  it('comes with the company’s own first call where one is configured', async () => {
    const api = await service.startApi({ EXAMPLE_CURL: own })
    const other = await (await browser.context()).newPage()
    await signIn(other, `${api.url}/dashboard/keys`, ada)
    await createKey('For the API', 'Full', other)
    const [variable, command] = (await firstCall(other)).split('\n')
    expect(variable).toMatch(/^PICTIFY_API_KEY=pk_live_\w{38}$/)
    expect(command).toBe(own)
    await leave(other)
    await createKey('For reading', 'Read-only', other)
    expect(await firstCall(other)).toContain('/forward-auth')
    await leave(other)
    await api.end()
  })
})

it('the cells of a row stand on one line', async () => {
  const row = page.getByRole('row', { name: /Web shop/ })
  const middle = async (part: Locator) => {
    const box = await part.boundingBox()
    return box ? box.y + box.height / 2 : Number.NaN
  }
  const parts = [
    row.getByRole('link'),
    row.getByText('Live', { exact: true }),
    row.getByText('Active', { exact: true }),
    row.getByText(/^0$/),
    row.locator('svg[viewBox="0 0 96 24"]'),
    row.getByRole('button'),
  ]
  const middles = await Promise.all(parts.map(middle))
  expect(Math.max(...middles) - Math.min(...middles)).toBeLessThanOrEqual(0.5)
})

describe('a signing secret that is under way', () => {
  it('keeps its dialog open: a new channel', async () => {
    await service.workers[0]?.end()
    await page.goto(`${service.url}/dashboard/channels`)
    await page.getByRole('button', { name: 'Add a channel' }).click()
    await dialog().getByText('Webhook', { exact: true }).click()
    await dialog().getByLabel('Name').fill('Incident bot')
    await dialog().getByLabel('URL').fill('http://127.0.0.1:9/hook')
    await button('Add the channel').click()
    await expectLocked()
    const worker = service.startWorker()
    await dialog().getByLabel('Signing secret').waitFor()
    await leave()
    await worker.end()
  })

  it('keeps its dialog open: a rotation', async () => {
    await page.getByRole('button', { name: 'Actions for Incident bot' }).click()
    await page.getByRole('menuitem', { name: 'Rotate signing secret' }).click()
    await button('Rotate the secret').click()
    await expectLocked()
    service.startWorker()
    await dialog().getByLabel('Signing secret').waitFor()
    await leave()
    expect(browser.faults).toEqual([])
  })

  async function expectLocked(): Promise<void> {
    await dialog().getByText('Accepted, still in progress').waitFor()
    await page.keyboard.press('Escape')
    await page.mouse.click(5, 5)
    expect(await button('Cancel').isDisabled()).toBe(true)
    expect(await button('Close').count()).toBe(0)
  }
})

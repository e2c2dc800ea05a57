import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { startReceiver } from '../support/receivers.ts'
import { shiftedEnv } from '../support/shiftedEnv.ts'
import { type Service, startService } from '../support/startService.ts'

const who = { email: 'ada@example.com', password: 'correct horse battery' }
let service: Service
let browser: Browser
let page: Page
let receiver: Awaited<ReturnType<typeof startReceiver>>
let account: ReturnType<typeof createClient>
let key: { id: string; key: string }

beforeAll(async () => {
  receiver = await startReceiver()
  service = await startService({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  browser = await openBrowser()
  const { adminKey } = await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', who.email, '--password', who.password],
  )
  account = createClient(service.url, adminKey)
  key = await account.createKey({ name: 'Customer' })
  await account.post('/channels', { type: 'webhook', name: 'Incident bot', url: `${receiver.url}/webhook` })
  await eventually(
    async () => (await account.get('/channels')).body.channels[0].verified,
    (verified) => verified,
  )
  page = await (await browser.context()).newPage()
  await signIn(page, `${service.url}/dashboard/alerts`, who)
})
afterAll(async () => {
  await browser.close()
  await service.stop()
  await receiver.stop()
})

const dialog = () => page.getByRole('dialog')
const choose = async (field: string, option: string | RegExp) => {
  await page.getByRole('combobox', { name: field, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
const inWords = (sentence: string) =>
  page.getByRole('region', { name: 'In words' }).getByText(sentence).waitFor()

/** Lets the worker live in a later time: what its schedule would have done until then, it does at once. */
async function passTo(offsetMs: number) {
  await Promise.all(service.workers.splice(0).map((worker) => worker.end()))
  service.workers.push(service.startWorker(shiftedEnv(offsetMs)))
}

describe('alerts', () => {
  it('adds a rule from a starting point, with errors beside the fields and a preview', async () => {
    await page.getByRole('heading', { name: 'Know before your users do' }).waitFor()
    expect(await findA11y(page)).toEqual([])
    await page.getByRole('link', { name: /^Error rate above a percentage/ }).click()
    await inWords(
      'Record an incident without notifying anyone when the error rate of the account exceeds 5 % over 15 minutes',
    )
    await page.getByText('Nothing was measured in the last seven days').waitFor()
    await page.getByLabel('Threshold').fill('150')
    await page.getByText(/no preview of this rule: threshold must be at most 100 percent/).waitFor()
    await page.getByRole('button', { name: 'Add Alert' }).click()
    await page.getByText('Must be at most 100 percent', { exact: true }).waitFor()
    expect(await page.getByLabel('Threshold').getAttribute('aria-invalid')).toBe('true')
    expect(await findA11y(page)).toEqual([])

    await choose('Metric', 'Requests')
    await page.getByLabel('Threshold').fill('20')
    await choose('Window', '5 minutes')
    await page.getByLabel('Chosen keys, each by itself').check()
    await choose('Keys', /^Customer/)
    await page.keyboard.press('Escape')
    await choose('Channels', /^Incident bot/)
    await page.keyboard.press('Escape')
    await page.getByLabel('Name').fill('Busy customer')
    await inWords(
      'Notify Incident bot by webhook when the key Customer has more than 20 requests in 5 minutes.',
    )
    await page.getByRole('button', { name: 'Add Alert' }).click()
    await page.getByRole('heading', { level: 1, name: 'Busy customer' }).waitFor()
    await page.getByText('It has not fired yet.').waitFor()
  })

  it('shows that it fires, at which key, and the message with its attempt; sends it again', async () => {
    await Promise.all(Array.from({ length: 30 }, () => service.server.post('/verify', { key: key.key })))
    await eventually(
      async () => (await account.get(`/api-keys/${key.id}/usage`)).body.windows['24h'].requests,
      (requests) => requests === 30,
    )
    await passTo(MINUTE)
    await page.getByRole('region', { name: 'State' }).getByRole('listitem').getByText('Customer').waitFor()
    await page.getByRole('region', { name: 'State' }).getByText('Firing').first().waitFor()
    await page.getByRole('table', { name: 'Incidents' }).getByText('30 requests').first().waitFor()
    await page.getByRole('button', { name: /^Attempts of Firing: Busy customer/ }).click()
    await page.getByText('Delivered (200)').waitFor()
    expect(await findA11y(page)).toEqual([])

    await page.getByRole('button', { name: /^Send again: Firing: Busy customer/ }).click()
    await page.getByText('Sent again to Incident bot.').waitFor()
    const sent = () => receiver.at('/webhook').filter(({ body }) => String(body).includes('alert.firing'))
    const [first, second] = await eventually(
      async () => sent(),
      (messages) => messages.length === 2,
    )
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    await page.getByRole('list', { name: 'Attempts' }).getByText('2.', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'All of them' }).click()
    await page.getByRole('button', { name: /^Attempts of Firing: Busy customer/ }).waitFor()
    await choose('Status', 'Given up')
    await page.getByText('No notifications match.').waitFor()
    await page.goBack()
  })

  it('is previewed over what was measured', async () => {
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByRole('img', { name: /in the last 7 days/ }).waitFor()
    expect(await findA11y(page)).toEqual([])
    await page.getByLabel('Threshold').fill('5000')
    await page
      .getByRole('paragraph')
      .filter({ hasText: 'It would not have fired in the last 7 days.' })
      .waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Busy customer', exact: true }).waitFor()
    await page.getByText('more than 5,000 requests in 5 minutes').waitFor()
  })

  it('is muted by the link of a message, switched off, and deleted', async () => {
    await page.goto(`${page.url()}?mute`)
    await dialog().getByRole('heading', { name: 'Mute Busy customer' }).waitFor()
    expect(await findA11y(page)).toEqual([])
    await dialog().getByLabel('For 8 hours').check()
    await dialog().getByRole('button', { name: 'Mute' }).click()
    await page.getByText(/^Muted until .* nobody is notified/).waitFor()
    await page.getByRole('button', { name: 'End now' }).click()
    await page.getByText(/^Muted until/).waitFor({ state: 'detached' })

    await page.goto(`${service.url}/dashboard/alerts`)
    await page.getByRole('switch', { name: 'Busy customer is on' }).press('Space')
    const row = page.getByRole('row', { name: /Busy customer/ })
    await row.getByText('Off', { exact: true }).waitFor()
    expect(await findA11y(page)).toEqual([])
    await row.getByRole('link', { name: 'Busy customer' }).click()
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await dialog().getByRole('button', { name: 'Delete the rule' }).click()
    await page.getByRole('heading', { name: 'Know before your users do' }).waitFor()
    expect(browser.faults).toEqual([])
  })

  it('is for admins: a viewer reads so', async () => {
    const viewer = { email: 'vic@example.com', password: who.password }
    expect((await account.post('/members', { ...viewer, role: 'viewer' })).status).toBe(201)
    const other = await (await browser.context()).newPage()
    await signIn(other, `${service.url}/dashboard/alerts`, viewer)
    for (const path of [
      'alerts',
      'alerts/new',
      `alerts/alert_1`,
      'alerts/alert_1/edit',
      'channels',
      'notifications',
    ]) {
      await other.goto(`${service.url}/dashboard/${path}`)
      await other.getByText('Only admins of the account see this page.').waitFor()
    }
    expect(await findA11y(other)).toEqual([])
    expect(browser.faults).toEqual([])
  })
})

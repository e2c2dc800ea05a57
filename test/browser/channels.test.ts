import type { Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { eventually } from '../support/eventually.ts'
import { findA11y } from '../support/findA11y.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { readable, startReceiver, startSmtp } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'
import { startTlsProxy, tlsUrlOf } from '../support/startTlsProxy.ts'

const who = { email: 'ada@example.com', password: 'correct horse battery' }
let service: Service
let proxy: Awaited<ReturnType<typeof startTlsProxy>>
let browser: Browser
let page: Page
let receiver: Awaited<ReturnType<typeof startReceiver>>
let smtp: Awaited<ReturnType<typeof startSmtp>>

beforeAll(async () => {
  ;[receiver, smtp] = await Promise.all([startReceiver(), startSmtp()])
  const port = await freePort()
  service = await startService({
    env: {
      WEBHOOK_ALLOW_PRIVATE: 'true',
      SMTP_URL: smtp.url,
      MAIL_FROM: 'keys@example.com',
      // Where the dashboard is, and where the links of messages go.
      PUBLIC_URL: tlsUrlOf(port),
    },
  })
  proxy = await startTlsProxy('Caddy', port, service.url)
  browser = await openBrowser()
  await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', who.email, '--password', who.password],
  )
  // The certificate is the proxy's own: no CA of this machine knows it.
  page = await (await browser.context({ ignoreHTTPSErrors: true })).newPage()
  await signIn(page, `${tlsUrlOf(port)}/dashboard/channels`, who)
})
afterAll(async () => {
  await browser.close()
  await proxy?.stop()
  await service.stop()
  await Promise.all([receiver.stop(), smtp.stop()])
})

const dialog = () => page.getByRole('dialog')
const row = (name: string) => page.getByRole('row', { name: new RegExp(name) })
const act = async (name: string, action: string) => {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

describe('channels', () => {
  it('shows a webhook’s secret once, and only lets go of it when it is kept', async () => {
    await page.getByRole('heading', { name: 'No alert reaches anyone yet' }).waitFor()
    expect(await findA11y(page)).toEqual([])
    await page.getByRole('button', { name: 'Add a channel' }).click()
    await dialog().getByText('Webhook', { exact: true }).click()
    await dialog().getByRole('button', { name: 'Add the channel' }).click()
    await dialog().getByText('Give the channel a name').waitFor()
    await dialog().getByLabel('Name').fill('Incident bot')
    await dialog().getByLabel('URL').fill('ftp://example.com/alerts')
    await dialog().getByRole('button', { name: 'Add the channel' }).click()
    await dialog().getByText('Must start with https:// or http://').waitFor()
    expect(await findA11y(page)).toEqual([])

    await dialog().getByLabel('URL').fill(`${receiver.url}/webhook`)
    await dialog().getByRole('button', { name: 'Add the channel' }).click()
    const field = dialog().getByLabel('Signing secret')
    await field.waitFor()
    const secret = await field.inputValue()
    expect(secret).toMatch(/^whsec_/)
    await page.keyboard.press('Escape')
    expect(await dialog().getByRole('button', { name: 'Done' }).isDisabled()).toBe(true)
    expect(await findA11y(page)).toEqual([])
    await dialog().getByLabel('I have stored this secret').check()
    await dialog().getByRole('button', { name: 'Done' }).click()
    await dialog().waitFor({ state: 'detached' })
    await row('Incident bot').getByText('Verified', { exact: true }).waitFor()
    expect(await page.content()).not.toContain(secret)

    await act('Incident bot', 'Send a test message')
    await dialog().getByText('The message was delivered.').waitFor()
    await dialog().getByText('Delivered (200)').waitFor()
    expect(await findA11y(page)).toEqual([])
    const sent = receiver.at('/webhook').at(-1)
    new Webhook(secret).verify(sent?.body ?? '', sent?.headers as Record<string, string>)
    await dialog().getByRole('button', { name: 'Done' }).click()

    await act('Incident bot', 'Rotate signing secret')
    await dialog().getByRole('button', { name: 'Rotate the secret' }).click()
    await field.waitFor()
    expect(await field.inputValue()).not.toBe(secret)
    await dialog().getByLabel('I have stored this secret').check()
    await dialog().getByRole('button', { name: 'Done' }).click()
    await dialog().waitFor({ state: 'detached' })
  })

  it('confirms an address by the link that it is sent', async () => {
    await page.getByRole('button', { name: 'Add a channel' }).click()
    await dialog().getByLabel('Name').fill('On call')
    await dialog().getByLabel('Address').fill('oncall@example.org')
    await dialog().getByRole('button', { name: 'Add the channel' }).click()
    await page.getByText('A link to confirm the address has been sent to it.').waitFor()
    await row('On call').getByText('Not verified yet').waitFor()
    expect(await findA11y(page)).toEqual([])
    const [mail] = await eventually(
      async () => smtp.mails,
      (mails) => mails.length === 1,
    )
    const [link = ''] = /https:\S+\/channel-confirmation\?token=\w{40}/.exec(mail ? readable(mail) : '') ?? []
    const other = await page.context().newPage()
    await other.goto(link)
    await other.getByRole('button', { name: 'Confirm' }).click()
    await other.getByRole('heading', { name: 'Confirmed' }).waitFor()
    await other.close()
    await row('On call').getByText('Verified', { exact: true }).waitFor()
  })

  it('masks a Slack URL, says what a receiver that is down answered, renames and deletes', async () => {
    receiver.answers['/services/T000/abcd'] = (response) => {
      response.statusCode = 503
      response.end('no_service: come back later')
    }
    await page.getByRole('button', { name: 'Add a channel' }).click()
    await dialog().getByText('Slack', { exact: true }).click()
    await dialog().getByLabel('Name').fill('Ops')
    await dialog().getByLabel('Incoming webhook URL').fill(`${receiver.url}/services/T000/abcd`)
    await dialog().getByRole('button', { name: 'Add the channel' }).click()
    await row('Ops').getByText('Failing since').waitFor()
    expect(await page.content()).not.toContain('T000')

    await act('Ops', 'Edit')
    await dialog().getByLabel('Name').fill('Operations')
    expect(await findA11y(page)).toEqual([])
    await dialog().getByRole('button', { name: 'Save' }).click()
    await row('Operations').getByRole('link', { name: 'Its messages' }).click()
    await page.getByRole('button', { name: /^Attempts of Test, to Operations/ }).click()
    await page.getByText('no_service: come back later').first().waitFor()
    expect(await findA11y(page)).toEqual([])

    await page.goBack()
    await act('Operations', 'Delete')
    await dialog().getByText('No alert rule uses it.').waitFor()
    await dialog().getByRole('button', { name: 'Delete the channel' }).click()
    await row('Operations').waitFor({ state: 'detached' })
    expect(browser.faults).toEqual([])
  })
})

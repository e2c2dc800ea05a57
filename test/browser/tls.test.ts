import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { runSql } from '../setup/runSql.ts'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type Service, startService } from '../support/startService.ts'
import { startTlsProxy, statusOf, tlsUrlOf } from '../support/startTlsProxy.ts'

const who = { email: 'ada@example.com', password: 'correct horse battery' }
let service: Service
let browser: Browser
beforeAll(async () => {
  service = await startService()
  browser = await openBrowser()
  await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', who.email, '--password', who.password],
  )
})
afterAll(async () => {
  await browser.close()
  await service.stop()
})

const countSessions = async () => (await runSql(service.databaseUrl, 'select digest from session'))[0]?.length

describe.each(['Caddy', 'nginx'] as const)('behind %s with TLS', (name) => {
  let proxy: Awaited<ReturnType<typeof startTlsProxy>>
  let port: number
  beforeAll(async () => {
    port = await freePort()
    const api = await service.startApi({ PUBLIC_URL: tlsUrlOf(port) })
    proxy = await startTlsProxy(name, port, api.url)
  })
  afterAll(() => proxy.stop())

  it('a member signs in, creates a key, renames it, revokes it, and signs out', async () => {
    const url = tlsUrlOf(port)
    // The certificates are the proxies' own: no CA of this machine knows them.
    const context = await browser.context({ ignoreHTTPSErrors: true })
    const page = await context.newPage()
    const dialog = page.getByRole('dialog')
    const button = (label: string) => dialog.getByRole('button', { name: label, exact: true })
    const row = (label: string) =>
      page.getByRole('row').filter({ has: page.getByRole('link', { name: label, exact: true }) })
    const act = async (label: string, action: string) => {
      await page.getByRole('button', { name: `Actions for ${label}`, exact: true }).click()
      await page.getByRole('menuitem', { name: action, exact: true }).click()
    }

    await signIn(page, `${url}/dashboard/keys`, who)
    const [session, ...others] = (await context.cookies()).filter(({ name }) => name.includes('session'))
    expect([session, others]).toMatchObject([
      { name: '__Host-keys_session', secure: true, httpOnly: true, sameSite: 'Strict', path: '/' },
      [],
    ])
    expect(await page.evaluate('document.cookie')).toBe('')

    const keyName = `Behind ${name}`
    await page.getByRole('button', { name: 'Create Key' }).click()
    await dialog.getByLabel('Name').fill(keyName)
    await button('Create').click()
    const key = await dialog.getByLabel('API key').inputValue()
    expect((await service.server.post('/verify', { key })).body.code).toBe('VALID')
    await dialog.getByRole('checkbox').check()
    await button('Done').click()
    await row(keyName).waitFor()

    await act(keyName, 'Rename')
    await dialog.getByLabel('Name').fill(`${keyName}, renamed`)
    await button('Save').click()
    await row(`${keyName}, renamed`).waitFor()

    await act(`${keyName}, renamed`, 'Revoke')
    await dialog.getByLabel(/^Type .* to confirm$/).fill(`${keyName}, renamed`)
    await button('Revoke').click()
    await dialog.getByRole('heading', { name: /is revoked$/ }).waitFor()
    expect((await service.server.post('/verify', { key })).body.code).toBe('REVOKED')
    await button('Done').click()

    expect(await countSessions()).toBe(1)
    await page.getByRole('button', { name: who.email, exact: true }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect((await context.cookies()).filter(({ name }) => name.includes('session'))).toEqual([])
    expect(await countSessions()).toBe(0)
    expect(browser.faults).toEqual([])
  })

  it('the operators’ pages stay inside', async () => {
    for (const path of ['/admin', '/admin/queues', '/metrics']) expect(await statusOf(port, path)).toBe(404)
    expect(await statusOf(port, '/dashboard')).toBe(200)
  })
})

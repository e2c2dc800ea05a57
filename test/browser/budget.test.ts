import { get } from 'node:http'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, openBrowser, signIn } from '../support/openBrowser.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { slowness } from '../support/slowness.ts'

const KIB = 1024
const ada = { email: 'ada@budget.example.com', password: 'correct horse battery' }
let service: SharedService
let browser: Browser
let session: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  service = await sharedService()
  browser = await openBrowser()
  await service.cli(
    ...['account', 'create', '--name', 'Acme', '--plan', 'pro'],
    ...['--email', ada.email, '--password', ada.password],
  )
  const context = await browser.context()
  await signIn(await context.newPage(), `${service.url}/dashboard/members`, ada)
  session = await context.storageState()
})
afterAll(async () => {
  await browser.close()
})

/** Loads the keys page as a browser does that has never been here, but is signed in. */
async function firstLoad() {
  const context = await browser.context({ storageState: session })
  const page = await context.newPage()
  const urls: string[] = []
  page.on('request', (request) => urls.push(request.url()))
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(`${service.url}/dashboard/keys`)
  await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor()
  await page.waitForLoadState('networkidle')
  const { metrics } = await devtools.send('Performance.getMetrics')
  /** CPU time of the page's main thread, in ms. */
  const busyMs = 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN)
  return { context, urls, busyMs }
}

type Answer = { headers: Record<string, string | string[] | undefined>; bytes: number }

/** The answer as it is transferred. */
function transfer(url: string, encoding: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'Accept-Encoding': encoding } }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('end', () => resolve({ headers: response.headers, bytes }))
    }).on('error', reject)
  })
}

describe('the first load of the keys page', () => {
  it('transfers at most 250 KB of JavaScript, by gzip, and asks no other host', async () => {
    const { context, urls } = await firstLoad()
    await context.close()
    expect(new Set(urls.map((url) => new URL(url).host))).toEqual(new Set([new URL(service.url).host]))
    const scripts = [...new Set(urls)].filter((url) => new URL(url).pathname.endsWith('.js'))
    const transfers = await Promise.all(scripts.map((url) => transfer(url, 'gzip')))
    const total = transfers.reduce((sum, { bytes }) => sum + bytes, 0)
    console.log(`JavaScript of the keys page: ${Math.round(total / KIB)} KB by gzip, ${scripts.length} files`)
    expect(scripts.length).toBeGreaterThan(2)
    expect(transfers.every(({ headers }) => headers['content-encoding'] === 'gzip')).toBe(true)
    expect(total).toBeLessThanOrEqual(250 * KIB)
  })

  it('takes at most 700 ms of CPU time', async () => {
    const busy: number[] = []
    for (let tries = 0; tries < 3; tries++) {
      const { context, busyMs } = await firstLoad()
      await context.close()
      busy.push(busyMs / (await slowness(browser)))
    }
    console.log(`CPU time of the first load: ${busy.map(Math.round).join(', ')} ms`)
    expect(Math.min(...busy)).toBeLessThanOrEqual(700)
  })
})

describe('what the dashboard is sent with', () => {
  it('the page is never kept, and its policy allows nothing from elsewhere', async () => {
    const { headers } = await fetch(`${service.url}/dashboard/keys`)
    expect(headers.get('cache-control')).toBe('no-store')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy.replace(/'nonce-[\w-]{22}'/, "'nonce'")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    const again = await fetch(`${service.url}/dashboard/keys`)
    expect(again.headers.get('content-security-policy')).not.toBe(policy)
  })

  it('files are named after their content: kept for good, and compressed', async () => {
    const html = await (await fetch(`${service.url}/dashboard`)).text()
    const assets = [...html.matchAll(/(?:src|href)="(\/dashboard\/assets\/[^"]+)"/g)].map(
      ([, path]) => `${service.url}${path}`,
    )
    expect(assets.some((url) => url.endsWith('.css'))).toBe(true)
    for (const url of assets) {
      const whole = await transfer(url, 'identity')
      expect(whole.headers['cache-control']).toBe('public, max-age=31536000, immutable')
      for (const encoding of ['gzip', 'br']) {
        const compressed = await transfer(url, encoding)
        expect(compressed.headers['content-encoding']).toBe(encoding)
        expect(compressed.headers.vary).toMatch(/accept-encoding/i)
        expect(compressed.bytes).toBeLessThan(whole.bytes)
      }
    }
    const [icon] = await Promise.all([fetch(`${service.url}/dashboard/favicon.svg`)])
    expect(icon.headers.get('cache-control')).toBe('no-cache')
  })

  it('the session is a cookie out of reach of scripts and of other sites', async () => {
    // The session, and the mark of a device on which its member has signed in before.
    expect(session.cookies.map(({ name }) => name).toSorted()).toEqual(['keys_device', 'keys_session'])
    for (const one of session.cookies)
      expect(one).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', domain: '127.0.0.1' })
    const cookie = session.cookies.find(({ name }) => name === 'keys_session')
    // Neither by a request that says where it comes from, nor by one with a foreign origin alone.
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example.com' }]) {
      const refused = await fetch(`${service.url}/session`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'text/plain', Cookie: `${cookie?.name}=${cookie?.value}` },
        body: JSON.stringify(ada),
      } as RequestInit)
      expect(refused.status).toBe(415)
      const member = await fetch(`${service.url}/members`, {
        method: 'POST',
        headers: {
          ...headers,
          'Content-Type': 'application/json',
          Cookie: `${cookie?.name}=${cookie?.value}`,
        },
        body: JSON.stringify({ email: 'eve@budget.example.com', role: 'admin', password: ada.password }),
      } as RequestInit)
      expect(member.status).toBe(403)
    }
  })
})

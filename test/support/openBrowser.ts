import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** The shell first: without the windows that nobody sees, a page costs half the CPU time. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']

/** The flags keep Chromium from asking anything of other hosts. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Runs in every page before its own scripts. */
const LISTENER = `document.addEventListener('securitypolicyviolation', (event) =>
  noteFault(event.effectiveDirective + ' refused ' + event.blockedURI + ' in ' + event.sourceFile))`

export type Browser = {
  /**
   * A browser of its own, as far as cookies and storage go. Fails a test that meets a violation of the page's policy.
   */
  context: (options?: BrowserContextOptions) => Promise<BrowserContext>
  /** What pages have violated of their Content-Security-Policy, and errors that nothing caught. */
  faults: string[]
  close: () => Promise<void>
}

/** The machine's Chromium, headless, with a profile that is removed in the end. */
export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'pictify-keys-browser-'))
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: FLAGS,
    env: { ...process.env, HOME: profile },
  })
  const faults: string[] = []
  return {
    faults,
    context: async (options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
      context.setDefaultTimeout(20_000)
      await context.exposeFunction('noteFault', (text: string) => void faults.push(text))
      await context.addInitScript({ content: LISTENER })
      context.on('weberror', (error) => faults.push(String(error.error())))
      return context
    },
    close: async () => {
      await browser.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** Signs in by the form, as people do. Ends on the page that was asked for. */
export async function signIn(
  page: Page,
  url: string,
  who: { email: string; password: string },
): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Email').fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  // On a phone it is folded away.
  await page.getByRole('navigation', { name: 'Main', includeHidden: true }).waitFor({ state: 'attached' })
}

function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(existsSync)
  if (!found) throw new Error('There is no Chromium on the PATH; bin/test installs it')
  return found
}

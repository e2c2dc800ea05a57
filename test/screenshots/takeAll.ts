import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { type Browser, signIn } from '../support/openBrowser.ts'
import type { Picture } from './pages.ts'
import type { Seeded } from './seed.ts'

const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  phone: { colorScheme: 'light', viewport: { width: 375, height: 812 } },
}

type Options = {
  url: string
  folder: string
  pages: Picture[]
  who: Seeded['who']
  operator: { username: string; password: string }
}

/** Every page in every look, one picture at a time. */
export async function takeAll(
  browser: Browser,
  { url, folder, pages, who, operator }: Options,
): Promise<void> {
  const first = await browser.context()
  await signIn(await first.newPage(), `${url}/dashboard/members`, who)
  const storageState = await first.storageState()
  await first.close()
  for (const [look, options] of Object.entries(LOOKS)) {
    for (const { name, path, as, shows } of pages) {
      const context = await browser.context({
        ...options,
        reducedMotion: 'reduce',
        ...(as === undefined ? { storageState } : {}),
        ...(as === 'operator' ? { httpCredentials: operator } : {}),
      })
      const page = await context.newPage()
      await page.goto(`${url}${path}`)
      await shows(page)
      await page.waitForLoadState('networkidle')
      await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
      // Charts and tooltips draw on the frames after their data.
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), caret: 'hide' })
      await context.close()
      console.log(`${name}-${look}`)
    }
  }
}

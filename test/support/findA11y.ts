import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const SCHEME = 'data-mantine-color-scheme'

/** What axe finds wrong with the page as it stands, in both colour schemes: `scheme rule: elements`. */
export async function findA11y(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Mantine follows by an attribute, a moment later; pages without it follow by CSS alone.
    const html = page.locator('html')
    if ((await html.getAttribute(SCHEME)) !== null)
      await page.locator(`html[${SCHEME}=${colorScheme}]`).waitFor({ state: 'attached' })
    const { violations } = await new AxeBuilder({ page }).analyze()
    found.push(
      ...violations.map(
        ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      ),
    )
  }
  return found
}

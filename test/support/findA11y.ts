import axe from 'axe-core'
import type { Page } from 'playwright-core'

const SCHEME = 'data-mantine-color-scheme'

/** Ends what fades: in the middle of it, colours are those of neither scheme. A spinner has no end. */
const SETTLE = `for (const animation of document.getAnimations())
  if (Number.isFinite(animation.effect?.getComputedTiming().endTime)) animation.finish()`

/** What axe finds wrong with the page as it stands, in both colour schemes: `scheme rule: elements`. */
export async function findA11y(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Mantine follows by an attribute, a moment later; pages without it follow by CSS alone.
    const html = page.locator('html')
    if ((await html.getAttribute(SCHEME)) !== null)
      await page.locator(`html[${SCHEME}=${colorScheme}]`).waitFor({ state: 'attached' })
    found.push(...(await findViolations(page)).map((violation) => `${colorScheme} ${violation}`))
  }
  return found
}

/**
 * Not by @axe-core/playwright: it gives up the script after a second, which a busy machine needs, and opens a second
 * page for what pages without frames do not have.
 */
async function findViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  await page.evaluate(SETTLE)
  const { violations } = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] })',
  )) as axe.AxeResults
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

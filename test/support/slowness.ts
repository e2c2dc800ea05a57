import { longestTask } from './longestTask.ts'
import type { Browser } from './openBrowser.ts'

/** CPU time of the longest of the tasks below on the machine that the budgets were set on, in ms. */
const USUAL_MS = 130
const TASKS = 6
/** Builds a table, lays it out and removes it, three times: the kind of work a page does, and always as much of it. */
const BUILD_TABLES = `new Promise((done) => setTimeout(() => {
  for (let times = 0; times < 3; times++) {
    const table = document.createElement('table')
    for (let row = 0; row < 100; row++)
      for (let cell = 0, cells = table.insertRow(); cell < 8; cell++) {
        const link = document.createElement('a')
        link.href = '/rows/' + row + '/cells/' + cell
        link.textContent = 'Row ' + row + ', cell ' + cell
        cells.insertCell().append(link)
      }
    document.body.append(table)
    table.getBoundingClientRect()
    table.remove()
  }
  done()
}))`

/**
 * How slow this machine is right now: 1 where the budgets were set (or faster), 2 where the same work takes twice the
 * CPU time. Budgets of CPU time are multiplied by it, so that they hold on any machine.
 */
export async function slowness(browser: Browser): Promise<number> {
  const context = await browser.context()
  const page = await context.newPage()
  const longest = await longestTask(page, async () => {
    for (let task = 0; task < TASKS; task++) await page.evaluate(BUILD_TABLES)
  })
  await context.close()
  return Math.max(1, longest / USUAL_MS)
}

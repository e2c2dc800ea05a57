import type { Page } from 'playwright-core'

type TraceEvent = { name: string; pid: number; tid: number; tdur?: number }

/**
 * Does the work and returns how long the longest task of a page's main thread took: milliseconds of its CPU time, which
 * other programs on the machine do not lengthen.
 */
export async function longestTask(page: Page, work: () => Promise<unknown>): Promise<number> {
  const session = await page.context().browser()?.newBrowserCDPSession()
  if (!session) throw new Error('The page belongs to no browser')
  const tasks: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => {
    // The protocol's types know an event only as names and texts.
    const events = value as unknown as TraceEvent[]
    tasks.push(...events.filter(({ name, pid, tid }) => name === 'RunTask' && pid === tid))
  })
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline'] },
  })
  await work()
  // An answer may leave the page in the middle of a task, and a trace that ends before the task does not have it.
  await page.evaluate('new Promise((done) => setTimeout(done))')
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await complete
  await session.detach()
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000
}

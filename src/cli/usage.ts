import { setTimeout as sleep } from 'node:timers/promises'
import { Command as Cli } from 'commander'
import { z } from 'zod'
import { DAY_MS } from '../domain/time.ts'
import { canRebuild, listAccountsOf, rebuildDay } from '../domain/usage/rebuild.ts'
import { type Difference, listAccountDays, recordCheck } from '../domain/usage/reconcile.ts'
import { createLog } from '../platform/log.ts'
import { openRegions } from '../region/openRegions.ts'
import { reconcileDay } from '../region/reconcileDay.ts'
import { parkedCommand } from './parkedUsage.ts'
import { print } from './print.ts'
import { showProgress } from './progress.ts'
import { type Service, withService } from './withService.ts'

/** What is being counted while the operator waits is no difference: the metering queue gets this long to be empty. */
const WAIT_MS = 30_000
const LOOK_MS = 100

type Range = { from?: string; to?: string; account?: string }

/** `usage …`: whether the records of usage agree, and computing hours and days again. */
export function usageCommands(): Cli {
  const usage = new Cli('usage').description('Compare and repair the records of usage')

  usage
    .command('reconcile')
    .description('compare accepted events, minutes, hours, days and the counters in Redis')
    .option('--from <day>', 'first UTC day, such as 2026-11-22 (default: yesterday)')
    .option('--to <day>', 'last UTC day (default: today)')
    .option('--account <accountId>', 'this account only')
    .action(async (options: Range, command: Cli) => {
      const now = Date.now()
      const range = {
        from: dayOf(options.from ?? isoDay(now - DAY_MS)),
        to: dayOf(options.to ?? isoDay(now)),
        accountId: options.account,
      }
      const { days, differences } = await withService((service) => reconcile(service, range, command))
      if (differences.length > 0) process.exitCode = 1
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      if (json || differences.length === 0)
        print(command, { days, differing: differences.length, differences })
      else print(command, differences)
    })

  usage
    .command('rebuild')
    .description('recompute the hours and the total of a UTC day from its minutes')
    .requiredOption('--day <day>', 'UTC day, such as 2026-11-22, of the last 35 days')
    .option('--account <accountId>', 'this account only')
    .action(async ({ day, account }: { day: string; account?: string }, command: Cli) => {
      if (!canRebuild(dayOf(day), new Date())) {
        throw new Error(
          `Not every minute of ${day} is there any more: its hours and its day stay as they are.`,
        )
      }
      print(command, await withService((service) => rebuild(service, { day, account }, command)))
    })
  usage.addCommand(parkedCommand())
  return usage
}

/** One account after the other: nothing is counted while one is rebuilt. */
async function rebuild(
  { em }: Service,
  { day, account }: { day: string; account?: string },
  command: Cli,
): Promise<{ hours: number; days: number }> {
  const accounts = account === undefined ? await listAccountsOf(em, day) : [account]
  const work = { title: `Rebuilding ${day}`, unit: 'accounts', total: accounts.length }
  const progress = await showProgress(command, work)
  const written = { hours: 0, days: 0 }
  try {
    for (const id of accounts) {
      const { hours, days } = await em.transactional((own) => rebuildDay(own, day, id))
      written.hours += hours
      written.days += days
      progress.advance()
    }
  } finally {
    progress.end()
  }
  return written
}

type Found = { accountId: string; day: string } & Difference

async function reconcile(
  { em, env, queues }: Service,
  range: { from: string; to: string; accountId?: string },
  command: Cli,
): Promise<{ days: number; differences: Found[] }> {
  const regions = openRegions(env, createLog('silent', { process: 'cli' }))
  try {
    await Promise.all([...regions.values()].map((region) => region.connected(5_000)))
    const waiting = () => queues.countMetering()
    if ((await waiting()) > 0) await untilCounted(waiting, command)
    const days = await listAccountDays(em, range)
    const differences: Found[] = []
    const work = { title: 'Comparing records of usage', unit: 'account days', total: days.length }
    const progress = await showProgress(command, work)
    try {
      for (const accountDay of days) {
        const now = new Date()
        const found = await reconcileDay(em, regions.values(), accountDay, { now, waiting: await waiting() })
        if (accountDay.day < isoDay(now.getTime())) await recordCheck(em, accountDay, found, now)
        differences.push(...found.map((difference) => ({ ...accountDay, ...difference })))
        progress.advance()
      }
    } finally {
      progress.end()
    }
    return { days: days.length, differences }
  } finally {
    for (const region of regions.values()) await region.close()
  }
}

/** Until no metering job waits, for `WAIT_MS` at the most. */
async function untilCounted(waiting: () => Promise<number>, command: Cli): Promise<void> {
  const title = 'Waiting for usage that is being counted'
  const progress = await showProgress(command, { title, unit: 'seconds', total: WAIT_MS / 1_000 })
  try {
    for (let waited = 0; waited < WAIT_MS && (await waiting()) > 0; waited += LOOK_MS) {
      await sleep(LOOK_MS)
      progress.advance(LOOK_MS / 1_000)
    }
  } finally {
    progress.end()
  }
}

const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/** Not before Unix time: Postgres refuses the year 0. */
const Day = z.iso.date().refine((text) => text >= '1970-01-01')

function dayOf(text: string): string {
  if (!Day.safeParse(text).success) throw new Error(`"${text}" is not a day like 2026-11-22.`)
  return text
}

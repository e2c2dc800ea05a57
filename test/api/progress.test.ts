import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Queue } from 'bullmq'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { startCommandLine } from '../support/startCommandLine.ts'
import { type Service, startService } from '../support/startService.ts'

const day = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10)
let service: Service
let accountId: string
beforeAll(async () => {
  service = await startService()
  accountId = (await service.account()).accountId
  await runSql(
    service.databaseUrl,
    `insert into usage_minute (key_id, account_id, at, requests) select 'key_' || n, 'acct_' || n, '${day}T12:00:00Z', 1
     from generate_series(1, 3) n`,
    `insert into usage_accepted (account_id, day, events, changed_at) select 'acct_' || n, '${day}', 1, now()
     from generate_series(1, 3) n`,
  )
})
afterAll(() => service.stop())

/** A command to which ten seconds pass between any two steps of its work. */
function start(args: string[], stdin = '') {
  const preload = `--import=${join(root, 'test/support/leapingClock.ts')}`
  const NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} ${preload}`.trim()
  return startCommandLine({ ...service.env, NODE_OPTIONS }, args, stdin)
}

const hash = () => createHash('sha256').update(crypto.randomUUID()).digest('hex')
const aKey = () => JSON.stringify({ name: 'Imported', hash: hash() })
const commands: [string, () => string[], RegExp, string?][] = [
  [
    'account import',
    () => ['account', 'import', accountId, '-', '--format', 'jsonl'],
    /^Importing keys: \d+ bytes$/m,
    `${aKey()}\n${aKey()}\n`,
  ],
  ['account export', () => ['account', 'export', accountId], /^Exporting the account: \d+ records$/m],
  [
    'usage rebuild',
    () => ['usage', 'rebuild', '--day', day],
    /: 1 of 3 accounts \(33 %\)\n.*: 2 of 3 accounts \(66 %\)\n.*: 3 of 3 accounts \(100 %\)$/m,
  ],
  [
    'usage reconcile',
    () => ['usage', 'reconcile', '--from', day, '--to', day],
    /^Comparing records of usage: 3 of 3 account days \(100 %\)$/m,
  ],
  ['secrets reseal', () => ['secrets', 'reseal'], /^Sealing secrets again: .* \(100 %\)$/m],
]

it.each(commands)('keys %s says on stderr how far it is', async (_name, args, line, stdin) => {
  const { code, stderr } = await start(args(), stdin).end
  expect([code, stderr]).toEqual([0, expect.stringMatching(line)])
})

it('keys usage reconcile says that it waits while usage is being counted', async () => {
  const queue = new Queue('metering', { connection: { url: service.redis.url } })
  try {
    const job = await queue.add('roll-up-events', { events: [] }, { delay: DAY_MS })
    const { child, end } = start(['usage', 'reconcile', '--from', day, '--to', day])
    let stderr = ''
    child.stderr.on('data', (data) => {
      stderr += data
    })
    await eventually(
      async () => stderr,
      (text) => /^Waiting for usage that is being counted: [\d.]+ of 30 seconds/m.test(text),
    )
    await job.remove()
    expect((await end).code).toBe(0)
  } finally {
    await queue.close()
  }
})

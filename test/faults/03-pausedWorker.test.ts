import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

/** Longer than a worker's lock of a job holds (10 s), and than the next look for jobs whose lock is over. */
const PAUSED_MS = 40_000

let service: Service
beforeAll(async () => {
  service = await startService({ workers: 1 })
})
afterAll(() => service.stop())

it('promises 1, 2 and 9: a worker is paused past its locks while another one works: nothing is done twice', async () => {
  const load = await startLoad(service)
  await eventually(
    async () => load.created.size,
    (count) => count >= 5,
  )
  const [paused] = service.workers
  const pid = paused?.pid ?? 0
  process.kill(pid, 'SIGSTOP')
  const before = load.created.size
  service.workers.push(service.startWorker())
  try {
    // The other one works meanwhile.
    await eventually(
      async () => load.created.size,
      (count) => count > before + 5,
      90_000,
    )
    await delay(PAUSED_MS)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await load.end()
  const [unfinished] = await runSql(
    service.databaseUrl,
    `select from command where status in ('pending', 'applied')`,
  )
  expect(unfinished).toEqual([])
}, 240_000)

import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ env: { COMMAND_WAIT_MS: '500' } })
})
afterAll(() => service.stop())

const preload = new URL('../support/dieOfCommand.ts', import.meta.url).href
const env = { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${preload}`, DEADLY: 'Deadly name' }

it('a command that kills each worker that runs it ends as failed, and others go on', async () => {
  const account = await service.account('enterprise')
  await service.workers.pop()?.end()
  const deadly = await account.post('/api-keys', { name: env.DEADLY, type: 'live' })
  expect(deadly.status).toBe(202)
  const operation = deadly.headers.get('location') ?? ''
  const others: string[] = []
  for (let n = 0; n < 5; n++) {
    const other = await account.post('/api-keys', { name: `Other ${n}`, type: 'live' })
    others.push(other.headers.get('location') ?? '')
  }
  let stopped = false
  let deaths = 0
  const keepOneRunning = async () => {
    while (!stopped) {
      const worker = service.startWorker(env)
      service.workers.push(worker)
      await worker.exited
      deaths += stopped ? 0 : 1
    }
  }
  const running = keepOneRunning()
  const count = async () => deaths
  await eventually(count, (n) => n >= 2, 90_000)
  // The rest of its deaths, and the hour over which they are spread.
  await runSql(
    service.databaseUrl,
    `update command set suspect_runs = 9, suspect_since = now() - interval '2 hours', suspect_at = now() - interval '1 hour'
     where kind = 'create-api-key' and payload ->> 'name' = '${env.DEADLY}'`,
  )
  const ended = await eventually(
    () => account.get(operation),
    ({ body }) => body.status !== 'pending',
    120_000,
  )
  expect(ended.body).toMatchObject({ status: 'failed', problem: { code: 'internal-error' } })
  expect(ended.body.problem.detail).toContain('workers stopped unexpectedly')
  for (const other of others) {
    const { body } = await eventually(
      () => account.get(other),
      (answer) => answer.body.status !== 'pending',
    )
    expect(body.status).toBe('succeeded')
  }
  const after = await account.post('/api-keys', { name: 'After', type: 'live' })
  expect([201, 202]).toContain(after.status)
  stopped = true
  await service.workers.at(-1)?.end('SIGKILL')
  await running
}, 300_000)

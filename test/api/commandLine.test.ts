import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { startFlakyProxy } from '../support/flakyProxy.ts'
import { startCommandLine } from '../support/startCommandLine.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const start = (args: string[], stdin = '') => startCommandLine(service.env, args, stdin)

const email = () => `${crypto.randomUUID()}@example.com`
const signsIn = async (address: string, password: string) =>
  (await createClient(service.url).post('/session', { email: address, password })).status < 300

it.each([['--help'], ['account', 'import', '--help'], ['usage', 'help', 'rebuild'], ['help', 'account'], []])(
  'bin/keys %s %s %s shows help without a database or a running bin/dev',
  async (...args) => {
    const { DATABASE_URL: _, REDIS_URL: __, ...env } = process.env
    const ran = promisify(execFile)('bin/keys', args, {
      cwd: root,
      env: { ...env, DATA_DIR: '/nonexistent' },
    })
    expect((await ran).stdout).toMatch(/^Usage: keys/)
  },
)

it.each([
  ['account', 'create', '--name', 'A\u202eB'],
  ['service-token', 'create', '--name', '\u200b'],
])('bin/keys %s %s refuses a name that nobody can see', async (...args) => {
  const { code, stderr } = await start(args).end
  expect([code, stderr]).toEqual([1, expect.stringContaining('--name must')])
})

it('a password comes from standard input; the one in the arguments works, with a warning', async () => {
  const [address, password] = [email(), 'from standard input']
  const create = ['account', 'create', '--name', 'A', '--email', address, '--json']
  const created = await start([...create, '--password-stdin'], `${password}\n`).end
  expect({ ...created, stdout: JSON.parse(created.stdout) }).toMatchObject({ code: 0, stderr: '' })
  expect(await signsIn(address, password)).toBe(true)

  const other = email()
  const { accountId } = JSON.parse(created.stdout)
  const add = ['member', 'add', accountId, '--email', other, '--json']
  const warned = await start([...add, '--password', 'in the arguments']).end
  expect(warned).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/--password is deprecated.*--password-stdin/),
  })
  expect(await signsIn(other, 'in the arguments')).toBe(true)

  const refusals: [string[], RegExp][] = [
    [add, /with --password-stdin/],
    [[...add, '--password-stdin', '--password', 'x'], /not both/],
    [['account', 'create', '--name', 'A', '--password', 'x'], /give --email/],
    [[...add, '--password', 'too short'], /at least 10 characters/],
  ]
  for (const [args, message] of refusals)
    expect(await start(args).end).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(message),
    })
})

it('account create waits for a worker, and prints the admin key once there is one', async () => {
  await service.workers.pop()?.end()
  const creating = start(['account', 'create', '--name', 'Late', '--json'])
  await creating.waits()
  service.workers.push(service.startWorker())
  const { code, stdout } = await creating.end
  expect(code).toBe(0)
  expect((await createClient(service.url, JSON.parse(stdout).adminKey).get('/api-keys')).status).toBe(200)
})

it('account create that starts while Redis is away for some seconds waits for it', async () => {
  const proxy = await startFlakyProxy(Number(new URL(service.redis.url).port))
  proxy.cut()
  const env = { ...service.env, REDIS_URL: `redis://127.0.0.1:${proxy.port}` }
  const creating = startCommandLine(env, ['account', 'create', '--name', 'Patient', '--json'])
  await delay(4_000)
  proxy.mend()
  expect(await creating.end).toMatchObject({ code: 0, stdout: expect.stringContaining('adminKey') })
  await proxy.close()
})

it('account create that is interrupted says how to get another admin key, and that works', async () => {
  await service.workers.pop()?.end()
  const creating = start(['account', 'create', '--name', 'Interrupted', '--json'])
  await creating.waits()
  creating.child.kill('SIGINT')
  const { code, stdout, stderr } = await creating.end
  expect([code, stdout]).toEqual([130, ''])
  const [, command = ''] = /bin\/keys (account admin-key acct_\w+)/.exec(stderr) ?? []
  service.workers.push(service.startWorker())
  const printed = await eventually(
    () => start([...command.split(' '), '--json']).end,
    (ended) => ended.code === 0,
  )
  const { adminKey } = JSON.parse(printed.stdout)
  expect((await createClient(service.url, adminKey).get('/api-keys')).body.pagination.total).toBe(2)
})

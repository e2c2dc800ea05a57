import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { endWithUs } from '../../src/dev/endWithUs.ts'
import { freePort } from '../../src/dev/freePort.ts'
import type { Redis } from '../../src/dev/redis.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { serviceEnv } from '../setup/serviceEnv.ts'
import { freshDatabase, freshRedis } from '../setup/services.ts'
import { serviceClient } from '../support/serviceClient.ts'
import { startRenderApi } from '../support/startRenderApi.ts'

const READY_MS = 60_000

let database: FreshDatabase
let redis: Redis
let folder: string
let env: Record<string, string>
beforeAll(async () => {
  ;[database, redis] = await Promise.all([freshDatabase(), freshRedis()])
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-manager-'))
  env = serviceEnv(database.databaseUrl, redis.url, {})
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  await writeFile(join(folder, 'keys.env'), lines.join('\n'), { mode: 0o600 })
})
afterAll(async () => {
  await Promise.all([redis?.stop(), database?.drop()])
  await rm(folder, { recursive: true, force: true })
})

/** The words of the page's command, with our port and file of settings. */
async function commandOf(page: string, port: number): Promise<string[]> {
  const text = await readFile(join(root, page), 'utf8')
  const [line = ''] = /^foreman start .*$/m.exec(text) ?? []
  return line
    .replace('keys.env', join(folder, 'keys.env'))
    .replace('--port 3000', `--port ${port}`)
    .replace('api=2,worker=1', 'api=1,worker=1')
    .split(' ')
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('foreman runs the Procfile up to a render, and its end leaves no process', async () => {
  const port = await freePort()
  const [command = '', ...args] = await commandOf('docs/install/process-manager.md', port)
  const manager = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: folder },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const release = endWithUs(-(manager.pid ?? 0), 'KILL')
  let output = ''
  for (const stream of [manager.stdout, manager.stderr]) stream.on('data', (data) => (output += data))
  const exited = once(manager, 'exit')
  const url = `http://127.0.0.1:${port}`
  try {
    await waitForHttp(`${url}/readyz`, {
      accept: (status) => status === 200,
      boundMs: READY_MS,
      signal: AbortSignal.timeout(READY_MS),
    })
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    const service = serviceClient({ env, url, serviceToken: '' })
    const { adminKey } = await service.account()
    const { serviceToken = '' } = await service.cli('service-token', 'create', '--name', 'Render API')
    const api = await startRenderApi({ redis, serviceToken })
    const picture = await fetch(`${api.url}/image`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ html: '<h1>Hello</h1>' }),
    })
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
    await api.stop()
  } catch (error) {
    throw new Error(`${error}\n${output}`, { cause: error })
  } finally {
    manager.kill('SIGTERM')
    await exited
    release()
  }
  const pids = new Set([...output.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)))
  expect(pids.size).toBe(2)
  expect([...pids].filter(isRunning)).toEqual([])
  // Both have closed what they had open; a killed process does not say so.
  expect(output.match(/"msg":"stopped"/g)).toHaveLength(2)
})

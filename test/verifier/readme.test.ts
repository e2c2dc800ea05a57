import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'
import { blocksOf } from '../readme/readme.ts'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
beforeAll(async () => {
  service = await sharedService()
})

it('the example runs as written: admits, refuses, reports at its end, and ends by itself', async () => {
  const blocks = blocksOf(await readFile(join(root, 'src/verifier/README.md'), 'utf8'))
  const [example] = blocks.filter(({ language }) => language === 'js')
  const port = await freePort()
  const child = spawn(process.execPath, ['--input-type=module', '--eval', example?.text ?? ''], {
    cwd: root,
    env: {
      ...process.env,
      REDIS_URL: service.redis.url,
      SERVICE_TOKEN: service.serviceToken,
      PORT: String(port),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
  try {
    const url = `http://127.0.0.1:${port}`
    const signal = AbortSignal.timeout(20_000)
    await waitForHttp(url, { accept: (status) => status === 401, boundMs: 20_000, signal })
    const account = await service.account('pro')
    const { id, key } = await account.createKey({ name: 'World' })
    const headers = { Authorization: `Bearer ${key}`, Connection: 'close' }
    const response = await fetch(url, { headers })
    expect([response.status, await response.text()]).toEqual([200, 'Hello, World!\n'])
    expect((await fetch(url, { headers: { 'X-API-Key': `${key}x` } })).status).toBe(401)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'],
      ({ requests, latencyMs }) => requests === 1 && latencyMs.p50 !== null,
    )
  } finally {
    child.kill('SIGKILL')
  }
})

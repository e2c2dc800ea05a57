import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'
import type { DevState } from '../../src/dev/DevState.ts'
import { readState, root } from '../../src/dev/dataDir.ts'
import { isPortFree } from '../../src/dev/freePort.ts'
import { temporaryFolder } from './folder.ts'

const main = join(root, 'src/dev/main.ts')
// Each start takes seconds, more on a busy machine.
vi.setConfig({ testTimeout: 180_000 })

/** As on a machine where nothing is set: the caller's own settings would change what is tested. */
function cleanEnv(dataDir: string): NodeJS.ProcessEnv {
  const { DATABASE_URL, REDIS_URL, PORT, RENDER_PORT, COMPANY_PORT, SECRETS_KEY, OPERATOR_PASSWORD, ...env } =
    process.env
  return { ...env, DATA_DIR: dataDir }
}

/** The ports of all it ran on that are still in use. */
async function portsInUse(dataDir: string): Promise<number[]> {
  const services = await readState<Record<string, number>>(dataDir, 'ports.json')
  const state = await readState<DevState>(dataDir, 'dev.json')
  const http = [state?.apiUrl, state?.renderUrl, state?.companyUrl].map((url) =>
    Number(new URL(url ?? '').port),
  )
  const ports = [...Object.values(services ?? {}), ...http]
  expect(ports).toHaveLength(5)
  const free = await Promise.all(ports.map(isPortFree))
  return ports.filter((_, index) => !free[index])
}

it('runs a command once all is ready, hands on its output and status, stops everything, and goes on next time', async () => {
  const dataDir = await temporaryFolder()
  const script = `
    const { API_URL, ADMIN_KEY, OPERATOR_TOKEN } = process.env
    const ask = async (path, secret) =>
      (await fetch(API_URL + path, { headers: { authorization: 'Bearer ' + secret } })).status
    const statuses = [await ask('/api-keys', ADMIN_KEY), await ask('/accounts', OPERATOR_TOKEN)]
    console.log(JSON.stringify({ statuses, ADMIN_KEY, OPERATOR_TOKEN }))
    process.exitCode = 7`
  const command = `'${process.execPath}' --input-type=module -e "$SCRIPT"`
  const run = () =>
    promisify(execFile)(process.execPath, [main, '--once-ready', command], {
      env: { ...cleanEnv(dataDir), SCRIPT: script },
    }).catch((error: { code: number; stdout: string; stderr: string }) => error)

  const first = await run()
  expect(first).toMatchObject({ code: 7, stderr: '' })
  expect(await portsInUse(dataDir)).toEqual([])
  const state = await readState<DevState>(dataDir, 'dev.json')
  expect(JSON.parse(first.stdout)).toEqual({
    statuses: [200, 200],
    ADMIN_KEY: state?.adminKey,
    OPERATOR_TOKEN: state?.operatorToken,
  })

  const second = await run()
  expect(second.stdout).toBe(first.stdout)
})

it('stops everything at SIGTERM, and ends with 0', async () => {
  const dataDir = await temporaryFolder()
  const dev = spawn(process.execPath, [main], {
    env: cleanEnv(dataDir),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve) => {
    let output = ''
    dev.stdout.on('data', (chunk) => {
      output += chunk
      if (output.includes('Pictify Keys is ready')) resolve()
    })
  })
  const exit = once(dev, 'exit')
  dev.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
  expect(await portsInUse(dataDir)).toEqual([])
})

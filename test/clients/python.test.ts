import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { runProcesses } from '../setup/runProcesses.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

const FOLDER = join(root, 'clients/python')
const MOST_MS = 280_000

type Outcome = { test: string; outcome: 'passed' | 'failed'; detail: string }

/** `tests.test_verify.Verify.test_…`, as Python names them. */
async function namesOfTests(): Promise<string[]> {
  const files = (await readdir(join(FOLDER, 'tests'))).filter((name) => /^test_\w+\.py$/.test(name))
  const names = await Promise.all(
    files.map(async (file) => {
      let group = ''
      const lines = (await readFile(join(FOLDER, 'tests', file), 'utf8')).split('\n')
      return lines.flatMap((line) => {
        group = /^class (\w+)/.exec(line)?.[1] ?? group
        const test = /^ {4}(?:async )?def (test_\w+)/.exec(line)?.[1]
        return test ? [`tests.${file.slice(0, -3)}.${group}.${test}`] : []
      })
    }),
  )
  return names.flat()
}

const names = await namesOfTests()
const outcomes = new Map<string, Outcome>()
let output = ''
let service: SharedService
let processes: ReturnType<typeof runProcesses>

beforeAll(async () => {
  service = await sharedService()
  // An api that waits for no change, so that each is answered 202; the workers are the shared service's.
  processes = runProcesses({ ...service.env, COMMAND_WAIT_MS: '0' })
  const slow = await processes.startApi()
  const done = await promisify(execFile)('python3', ['tests/run.py'], {
    cwd: FOLDER,
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      KEYS_URL: service.url,
      KEYS_SLOW_URL: slow.url,
      KEYS_SERVICE_TOKEN: service.serviceToken,
      KEYS_OPERATOR_TOKEN: await service.operatorToken(),
    },
    timeout: MOST_MS,
    maxBuffer: 64 * 1024 * 1024,
  }).catch(({ stdout, stderr, message }) => ({ stdout: String(stdout), stderr: `${stderr}\n${message}` }))
  output = `${done.stdout}\n${done.stderr}`
  for (const line of done.stdout.split('\n').filter((one) => one.startsWith('{'))) {
    const one: Outcome = JSON.parse(line)
    // Of a test with parts, the first that failed counts.
    if (outcomes.get(one.test)?.outcome !== 'failed') outcomes.set(one.test, one)
  }
}, MOST_MS + 60_000)
afterAll(() => processes?.killAll())

describe('the Python client', () => {
  it.each(names)('%s', (name) => {
    const found = outcomes.get(name)
    if (!found) throw new Error(`it did not run:\n${output}`)
    if (found.outcome === 'failed') throw new Error(found.detail)
  })

  it('runs each test that its files have, and no other', () => {
    expect(names.length).toBeGreaterThan(50)
    expect([...outcomes.keys()].sort()).toEqual(names.toSorted())
  })

  it('has the resources and the version of /openapi.json, and the same methods for asyncio', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-python-'))
    try {
      await promisify(execFile)('python3', ['generate.py', `${service.url}/openapi.json`, folder], {
        cwd: FOLDER,
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      })
      for (const name of ['resources.py', '_version.py', 'async_management.py']) {
        const [kept, made] = await Promise.all([
          readFile(join(FOLDER, 'pictify_keys', name), 'utf8'),
          readFile(join(folder, name), 'utf8'),
        ])
        expect(
          kept === made,
          `${name}: run clients/python/generate.py, as "Add a route" in CONTRIBUTING.md says`,
        ).toBe(true)
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

import { execFile } from 'node:child_process'
import { access, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { EnvSchema } from '../../src/platform/env.ts'
import { parseEnvFile } from './composeFile.ts'

const FOLDER = join(root, 'deploy/systemd')
const PREFIX = '/opt/pictify-keys'

/** systemd's measure of what a unit could do, in tenths: 0 nothing, 100 everything. Debian's services have 92 to 96. */
const MAX_EXPOSURE = 15

const units = (await readdir(FOLDER)).filter((name) => /\.(service|target)$/.test(name))
const services = units.filter((name) => name.endsWith('.service'))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-units-'))
  await cp(FOLDER, folder, { recursive: true })
  // The units as they are, of this checkout instead of an installed one.
  for (const name of units) {
    const unit = await readFile(join(folder, name), 'utf8')
    await writeFile(join(folder, name), unit.replaceAll(PREFIX, root))
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Linux alone has it; there bin/test installs it. */
const onLinux = describe.runIf(process.platform === 'linux')
const analyze = (...args: string[]) =>
  promisify(execFile)('systemd-analyze', args, {
    env: { PATH: process.env.PATH, SYSTEMD_UNIT_PATH: `${folder}:`, SYSTEMD_COLORS: '0' },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
  )

onLinux('systemd-analyze', () => {
  it('finds no mistake in the units', async () => {
    const { code, output } = await analyze(
      'verify',
      ...units.map((name) => join(folder, name.replace('@.', '@3000.'))),
    )
    const ours = output.split('\n').filter((line: string) => line.includes('pictify-keys'))
    expect({ code, ours }).toEqual({ code: 0, ours: [] })
  })

  it.each(services)('%s can do next to nothing', async (name) => {
    const args = ['--offline=true', `--threshold=${MAX_EXPOSURE}`, '--no-pager']
    const { code, output } = await analyze('security', ...args, join(folder, name))
    expect({ code, output }).toMatchObject({ code: 0 })
  })
})

describe('the units', () => {
  it('start what the Procfile starts', async () => {
    const procfile = await readFile(join(root, 'Procfile'), 'utf8')
    const lines = procfile.trim().split('\n')
    for (const line of lines) {
      // The sandbox of the units says where what is compiled is kept.
      const [, name, command] = /^(\w+): env NODE_COMPILE_CACHE=\S+ (.+)$/.exec(line) ?? []
      const unit = await readFile(join(FOLDER, `pictify-keys-${name}@.service`), 'utf8')
      expect(unit).toContain(`ExecStart=${PREFIX}/${command}\n`)
    }
    expect(lines).toHaveLength(2)
  })

  it('wait longer than SHUTDOWN_MS', async () => {
    const sandbox = await readFile(join(FOLDER, 'pictify-keys-.service.d/sandbox.conf'), 'utf8')
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(sandbox) ?? []
    expect(Number(seconds) * 1000).toBeGreaterThan(EnvSchema.shape.SHUTDOWN_MS.parse(undefined))
  })

  it('get settings that exist', async () => {
    const names = Object.keys(parseEnvFile(await readFile(join(FOLDER, 'env.example'), 'utf8')))
    expect(Object.keys(EnvSchema.shape)).toEqual(expect.arrayContaining(names))
  })

  it('name documentation that exists', async () => {
    for (const name of units) {
      const unit = await readFile(join(FOLDER, name), 'utf8')
      const [, path = ''] = /^Documentation=file:\/\/\/opt\/pictify-keys\/(.+)$/m.exec(unit) ?? []
      await expect(access(join(root, path)), name).resolves.toBeUndefined()
    }
  })
})

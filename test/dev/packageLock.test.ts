import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

type Lock = { packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }> }

it('lists the optional packages of every system, without which npm ci refuses the lock file', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock
  const missing = Object.values(packages)
    .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
    .filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)))
  expect(missing).toEqual([])
})

it('what is installed is not current without the links of the workspaces', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-installed-'))
  const isCurrent = async (installed: object) => {
    await writeFile(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }))
    const program = join(root, 'bin/lib/installed.mjs')
    return promisify(execFile)(process.execPath, [program, folder]).then(
      () => true,
      () => false,
    )
  }
  try {
    const koa = { 'node_modules/koa': { version: '3.3.0' } }
    const link = { 'node_modules/@pictify/keys-client': { resolved: 'packages/client', link: true } }
    await mkdir(join(folder, 'node_modules'))
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: { ...koa, ...link } }))
    expect([await isCurrent({ ...koa, ...link }), await isCurrent(koa), await isCurrent(link)]).toEqual([
      true,
      false,
      false,
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packAll } from '../../packages/pack/packAll.ts'
import { root } from '../../src/dev/dataDir.ts'

const run = promisify(execFile)
/** npm finds in its cache what this repository's own installation has brought there. */
const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent']

export type Project = {
  folder: string
  write: (files: Record<string, string>) => Promise<void>
  remove: () => Promise<void>
}

/** An empty project of somebody else's, with nothing of this repository but the tarballs. */
export async function installPackages(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-project-'))
  const write = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  }
  const tarballs = await packAll(join(folder, 'tarballs'))
  await write({ 'package.json': '{ "name": "project", "private": true, "type": "module" }' })
  await run('npm', [...install, ...tarballs], { cwd: folder })
  return { folder, write, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Makes packages of this repository's own installation known to a project, such as a framework with its types. */
export async function linkPackages(folder: string, names: string[]): Promise<void> {
  for (const name of names) {
    const path = join(folder, 'node_modules', name)
    await mkdir(join(path, '..'), { recursive: true })
    await symlink(join(root, 'node_modules', name), path)
  }
}

/** The oldest releases of Node that the packages support: with `require` of ES modules. */
const OLDEST = { 'Node 20': '20.19.0', 'Node 22': '22.12.0' }

/**
 * The programs of the releases of Node in which the packages run. What is not this process's own is installed by npm,
 * once, beside what is cached of this repository.
 */
export async function nodePrograms(): Promise<Record<string, string>> {
  const { platform, arch } = process
  // As the package `node` names what it installs.
  const name = `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${arch}`
  const folder = join(root, 'node_modules/.cache/nodes')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  const wanted = Object.values(OLDEST).map((version) => `node-${version}@npm:${name}@${version}`)
  await run('npm', [...install, ...wanted], { cwd: folder })
  const programs = Object.entries(OLDEST).map(([title, version]) => [
    title,
    join(folder, `node_modules/node-${version}/bin/node`),
  ])
  return { ...Object.fromEntries(programs), 'this Node': process.execPath }
}

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sectionsOf } from './changelog.ts'

type Lock = { version: string; packages: Record<string, { version: string }> }

/**
 * Gives a folder of sources another version wherever `readVersions` looks, and what is unreleased in its changelog to
 * that version. Throws, and changes nothing, when nothing is unreleased.
 */
export async function cutRelease(folder: string, version: string, date: string): Promise<void> {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${version} is not a version. Example: 1.2.0`)
  const read = (path: string) => readFile(join(folder, path), 'utf8')
  const changelog = await read('CHANGELOG.md')
  if (!sectionsOf(changelog).find(({ title }) => title === 'Unreleased')?.hasEntries)
    throw new Error('CHANGELOG.md has nothing under Unreleased.')
  const edit = async (path: string, change: (text: string) => string) =>
    writeFile(join(folder, path), change(await read(path)))

  const { workspaces = [] }: { workspaces?: string[] } = JSON.parse(await read('package.json'))
  const inManifest = (text: string) => text.replace(/("version": )"[^"]*"/, `$1"${version}"`)
  for (const path of ['', ...workspaces]) await edit(join(path, 'package.json'), inManifest)
  await edit('package-lock.json', (text) => {
    const lock: Lock = JSON.parse(text)
    lock.version = version
    for (const path of ['', ...workspaces]) Object.assign(lock.packages[path] ?? {}, { version })
    return `${JSON.stringify(lock, null, 2)}\n`
  })
  await edit('deploy/kubernetes/kustomization.yaml', (text) =>
    text.replace(/^( +newTag: ).*$/m, `$1${version}`),
  )
  await edit('clients/python/pictify_keys/_version.py', (text) =>
    text.replace(/^VERSION = .*$/m, `VERSION = "${version}"`),
  )
  await edit('CHANGELOG.md', (text) =>
    text.replace('## [Unreleased]\n', `## [Unreleased]\n\n## [${version}] - ${date}\n`),
  )
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { sectionsOf } from './changelog.ts'

type Place = {
  /** The file, with what in it says the version. */
  where: string
  /** Undefined: it says none. */
  version: string | undefined
}

type Manifest = { version?: string; workspaces?: string[] }
type Lock = Manifest & { packages: Record<string, Manifest> }
type Kustomization = { images?: { name: string; newTag?: string }[] }

/** Every place that says which version a folder of sources is. The others follow the first one, package.json. */
export async function readVersions(folder: string): Promise<Place[]> {
  const read = (path: string) => readFile(join(folder, path), 'utf8')
  const json = async (path: string) => JSON.parse(await read(path))
  const manifest: Manifest = await json('package.json')
  const lock: Lock = await json('package-lock.json')
  const workspaces = manifest.workspaces ?? []
  const manifests = await Promise.all(
    workspaces.map(async (workspace) => ({
      where: `${workspace}/package.json`,
      version: ((await json(`${workspace}/package.json`)) as Manifest).version,
    })),
  )
  const { images = [] }: Kustomization = parse(await read('deploy/kubernetes/kustomization.yaml'))
  const [, python] = /^VERSION = "(.+)"$/m.exec(await read('clients/python/pictify_keys/_version.py')) ?? []
  const newest = sectionsOf(await read('CHANGELOG.md')).find(({ title }) => title !== 'Unreleased')
  return [
    { where: 'package.json', version: manifest.version },
    { where: 'package-lock.json', version: lock.version },
    ...['', ...workspaces].map((path) => ({
      where: `package-lock.json, packages["${path}"]`,
      version: lock.packages[path]?.version,
    })),
    ...manifests,
    {
      where: 'deploy/kubernetes/kustomization.yaml, newTag',
      version: images.find(({ name }) => name === 'pictify-keys')?.newTag,
    },
    { where: 'clients/python/pictify_keys/_version.py', version: python },
    { where: 'CHANGELOG.md, newest section', version: newest?.title },
  ]
}

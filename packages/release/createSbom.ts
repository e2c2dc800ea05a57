import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Enums, Models, Serialize, SPDX, Spec } from '@cyclonedx/cyclonedx-library'
import {
  type LockEntry,
  type LockPackages,
  NODE_MODULES,
  needsOf,
  placeOf,
} from '../../deploy/image/reachable.ts'

/** What the release has of our own beside the service: where it is in package-lock.json, and its name. */
const DASHBOARD = 'src/dashboard'
const OWN = { [DASHBOARD]: undefined, 'packages/client': 'npm', 'packages/verifier': 'npm' } as const
/** What is imported and no file beside the one that imports it. */
const IMPORT = /^(?:import |(?:import |export |\} )(?:.* )?from )'([^'.][^']*)'/gm

/**
 * The bill of materials of a release as CycloneDX JSON: the service with its dashboard, the packages for npm and for
 * Python, and every package that they run on. What tests, tools and examples need is not in it, nor is the base of the
 * image. npm's own `npm sbom` drops packages that a workspace develops with, and names the root after its folder.
 */
export async function createSbom(folder: string, epoch: number): Promise<string> {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'))
  const packages: LockPackages = lock.packages
  const components = new Map<string, Models.Component>()

  const componentOf = (path: string): Models.Component => {
    const entry = packages[path] ?? {}
    const component = createComponent(path, entry)
    // A package may be there twice in the same version, each with packages of its own.
    const known = components.get(component.bomRef.value ?? '') ?? component
    components.set(known.bomRef.value ?? '', known)
    return known
  }
  const bundled = await importedBy(join(folder, DASHBOARD))
  const seen = new Set<string>()
  const add = (path: string): Models.Component => {
    const component = componentOf(path)
    if (seen.has(path)) return component
    seen.add(path)
    for (const name of path === DASHBOARD ? bundled : needsOf(path, packages[path] ?? {})) {
      const found = placeOf(packages, path, name)
      if (found !== undefined) component.dependencies.add(add(found).bomRef)
    }
    return component
  }

  const service = add('')
  service.type = Enums.ComponentType.Application
  for (const path of Object.keys(OWN)) service.dependencies.add(add(path).bomRef)
  const python = createPython(lock.version)
  service.dependencies.add(python.bomRef)
  components.set('python', python)

  const bom = new Models.Bom()
  bom.metadata.timestamp = new Date(epoch * 1000)
  bom.metadata.lifecycles.add(Enums.LifecyclePhase.Build)
  bom.metadata.component = service
  for (const component of components.values()) if (component !== service) bom.components.add(component)
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
}

/** The packages that end up in the dashboard's files. Its manifest has them beside the tools that put them there. */
async function importedBy(dashboard: string): Promise<string[]> {
  const names = new Set<string>()
  for await (const file of glob('{app,api,charts,features,ui}/**/*.{ts,tsx}', { cwd: dashboard }))
    for (const [, from = ''] of (await readFile(join(dashboard, file), 'utf8')).matchAll(IMPORT))
      names.add(/^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from)
  return [...names].sort()
}

function createComponent(path: string, entry: LockEntry): Models.Component {
  // One that is installed under another name says its own.
  const full = entry.name ?? path.slice(path.lastIndexOf(NODE_MODULES) + NODE_MODULES.length)
  const [name = '', group] = full.split('/').reverse()
  const version = entry.version ?? ''
  const isPublished = path.includes(NODE_MODULES) || OWN[path as keyof typeof OWN] === 'npm'
  const purl = isPublished ? `pkg:npm/${full.replace('@', '%40')}@${version}` : undefined
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: purl ?? `${full}@${version}`,
    ...{ group, version, purl },
    scope: entry.optional ? Enums.ComponentScope.Optional : Enums.ComponentScope.Required,
  })
  const licence = licenceOf(entry.license)
  if (licence) component.licenses.add(licence)
  const [, sha512] = /(?:^| )sha512-(\S+)/.exec(entry.integrity ?? '') ?? []
  if (sha512)
    component.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(sha512, 'base64').toString('hex'))
  return component
}

function createPython(version: string): Models.Component {
  const purl = `pkg:pypi/pictify-keys@${version}`
  const python = new Models.Component(Enums.ComponentType.Library, 'pictify-keys', {
    ...{ bomRef: purl, version, purl, scope: Enums.ComponentScope.Required },
  })
  python.licenses.add(new Models.SpdxLicense('MIT'))
  return python
}

function licenceOf(text: string | undefined): Models.License | undefined {
  if (!text) return undefined
  if (SPDX.isSupportedSpdxId(text)) return new Models.SpdxLicense(text)
  return / (?:AND|OR|WITH) /.test(text) ? new Models.LicenseExpression(text) : new Models.NamedLicense(text)
}

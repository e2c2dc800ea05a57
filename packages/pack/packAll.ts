import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { bundleModules, bundleTypes } from './bundle.ts'

const PACKAGES = ['client', 'verifier']

/** What is in the bundles and not ours, with its licence. */
const LICENCES: Record<string, string[]> = { verifier: ['bullmq'] }

type Manifest = {
  name: string
  version: string
  private?: boolean
  exports: Record<string, string>
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

const run = promisify(execFile)
const readManifest = async (folder: string) =>
  JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Manifest

/**
 * Builds every package and packs it into a folder. Returns the paths of the tarballs. The same sources, and the same
 * npm, make the same bytes.
 */
export async function packAll(into: string): Promise<string[]> {
  const work = await mkdtemp(join(tmpdir(), 'pictify-keys-pack-'))
  try {
    const declarations = join(work, 'declarations')
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    await run(process.execPath, [
      tsc,
      '-p',
      join(root, 'packages/pack/tsconfig.json'),
      '--outDir',
      declarations,
    ])
    const { version } = await readManifest('.')
    await mkdir(into, { recursive: true })
    const tarballs: string[] = []
    for (const name of PACKAGES) {
      const stage = join(work, name)
      const manifest = await writePackage(name, { version, stage, declarations })
      await run('npm', ['pack', '--silent', '--offline', '--ignore-scripts', '--pack-destination', into], {
        cwd: stage,
      })
      tarballs.push(join(into, `${manifest.name.slice(1).replace('/', '-')}-${version}.tgz`))
    }
    return tarballs
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function writePackage(
  name: string,
  { version, stage, declarations }: { version: string; stage: string; declarations: string },
): Promise<Manifest> {
  const folder = `packages/${name}`
  const manifest = await readManifest(folder)
  const sources = Object.values(manifest.exports)
  const bundle = {
    entries: Object.fromEntries(sources.map((source) => [basename(source, '.ts'), join(folder, source)])),
    packages: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    into: join(stage, 'dist'),
  }
  await bundleModules(bundle)
  await bundleTypes(bundle, declarations)
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(published(manifest, version), null, 2)}\n`)
  await copyFile(join(root, folder, 'README.md'), join(stage, 'README.md'))
  await copyFile(join(root, 'LICENSE'), join(stage, 'LICENSE'))
  for (const inlined of LICENCES[name] ?? [])
    await copyFile(join(root, 'node_modules', inlined, 'LICENSE'), join(stage, `LICENSE.${inlined}`))
  return manifest
}

/** The repository's manifest leads to sources, which run here without a build. A tarball's leads to what was built. */
function published({ private: _, ...manifest }: Manifest, version: string) {
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([path, source]) => {
      const built = `./dist/${basename(source, '.ts')}`
      return [path, { types: `${built}.d.ts`, default: `${built}.js` }]
    }),
  )
  return { ...manifest, version, exports }
}

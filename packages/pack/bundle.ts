import { readdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { type OutputAsset, type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { root } from '../../src/dev/dataDir.ts'

/** `entries`: the name of each file that is made → its source, from the root. `packages`: what it may import. */
type Bundle = { entries: Record<string, string>; packages: string[]; into: string }

/** The bundle's only part that is not ours: the text of one script, whose package it would not need otherwise. */
const INLINED = /^bullmq\/dist\/esm\/scripts\//
const isPackage = (id: string) => !id.startsWith('.') && !isAbsolute(id) && !INLINED.test(id)
const OLDEST_NODE = 'node20.19'

/** ES modules with source maps, which have the sources and no path of this machine. */
export async function bundleModules({ entries, packages, into }: Bundle): Promise<void> {
  const bundle = await rolldown({
    cwd: root,
    input: inFolder(root, entries),
    platform: 'node',
    external: isPackage,
    transform: { target: OLDEST_NODE },
    plugins: [inlineScripts()],
  })
  const { output } = await bundle.write({
    dir: into,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    sourcemap: true,
    sourcemapPathTransform: (source, map) => relative(root, resolve(dirname(map), source)),
  })
  await bundle.close()
  refuseOthers(output, packages)
}

/** The types alone of what the entries export, from the declarations that `tsc` wrote into `declarations`. */
export async function bundleTypes({ entries, packages, into }: Bundle, declarations: string): Promise<void> {
  const sources = Object.entries(entries).map(([name, source]) => [name, source.replace(/\.ts$/, '.d.ts')])
  const bundle = await rolldown({
    cwd: declarations,
    input: inFolder(declarations, Object.fromEntries(sources)),
    platform: 'node',
    external: isPackage,
    // `tsc` has done what a generator does.
    plugins: [
      resolveDeclarations(declarations),
      dts({ dtsInput: true, emitDtsOnly: true, oxc: true, tsconfig: false }),
    ],
  })
  const { output } = await bundle.write({
    dir: into,
    format: 'esm',
    entryFileNames: '[name].d.ts',
    chunkFileNames: 'chunks/[name].d.ts',
  })
  await bundle.close()
  refuseOthers(output, packages)
}

const inFolder = (folder: string, entries: Record<string, string>) =>
  Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(folder, path)]))

/** The scripts of a region become texts of the bundle: whoever bundles it again would lose the files. */
function inlineScripts(): Plugin {
  const reader = join(root, 'src/region/source.ts')
  return {
    name: 'inline-scripts',
    async load(id) {
      if (id !== reader) return null
      const folder = dirname(reader)
      const files = (await readdir(folder)).filter((name) => name.endsWith('.lua')).sort()
      const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
      const fields = files.map(
        (name, place) => `  ${name.slice(0, -'.lua'.length)}: ${literal(texts[place] ?? '')},\n`,
      )
      return {
        code: `const texts = {\n${fields.join('')}}\nexport const source = (name) => texts[name]\n`,
        moduleType: 'js',
      }
    },
  }
}

const literal = (text: string) => `\`${text.replace(/[\\`]|\$\{/g, '\\$&')}\``

/** `./name.ts` of a declaration is the declaration beside it. */
function resolveDeclarations(folder: string): Plugin {
  return {
    name: 'resolve-declarations',
    resolveId(id, importer) {
      if (!importer?.startsWith(folder) || !id.startsWith('.')) return null
      return resolve(dirname(importer), id.replace(/(\.d)?\.[jt]s$/, '.d.ts'))
    },
  }
}

/** A package that nobody meant to depend on, such as one of the service's, comes in by an import somewhere below. */
function refuseOthers(output: (OutputChunk | OutputAsset)[], packages: string[]): void {
  for (const one of output) {
    if (one.type !== 'chunk') continue
    // What a chunk lists as imported may be gone from its code.
    for (const [, id = ''] of one.code.matchAll(/^(?:import|export|} from) (?:.* from )?["']([^"']+)["']/gm))
      if (!id.startsWith('.') && !id.startsWith('node:') && !packages.includes(id))
        throw new Error(`${one.fileName} imports ${id}, which is no dependency of the package`)
  }
}

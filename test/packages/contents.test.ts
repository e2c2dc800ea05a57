import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packAll } from '../../packages/pack/packAll.ts'
import { root } from '../../src/dev/dataDir.ts'

const run = promisify(execFile)
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

let work: string
let tarballs: string[]
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'pictify-keys-contents-'))
  tarballs = await packAll(join(work, 'first'))
})
afterAll(() => rm(work, { recursive: true, force: true }))

const built = (names: string[]) => names.flatMap((name) => [`${name}.d.ts`, `${name}.js`])

describe.each([
  { name: 'client', entries: ['index'], more: [], dependencies: [] },
  {
    name: 'verifier',
    entries: ['express', 'fastify', 'fetch', 'hono', 'http', 'index', 'koa'],
    more: ['LICENSE.bullmq'],
    dependencies: ['ioredis', 'ipaddr.js'],
  },
])('@pictify/keys-$name', ({ name, entries, more, dependencies }) => {
  let tarball: string
  let folder: string
  let files: string[]
  beforeAll(async () => {
    tarball = tarballs.find((path) => basename(path) === `pictify-keys-${name}-${version}.tgz`) ?? ''
    const into = join(work, name)
    await mkdir(into)
    await run('tar', ['-xzf', tarball, '-C', into])
    folder = join(into, 'package')
    files = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  })

  it('has what is built, a README and the licences, and no source', () => {
    const parts = files.filter((file) => /^dist\/(chunks\/\w+(\.d\.ts|\.js)|.*\.js\.map)$/.test(file))
    expect(files.filter((file) => !parts.includes(file)).sort()).toEqual(
      [
        ...built(entries).map((file) => `dist/${file}`),
        'LICENSE',
        'README.md',
        'package.json',
        ...more,
      ].sort(),
    )
  })

  it('depends on no more than it needs', async () => {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    expect(Object.keys(manifest.dependencies ?? {})).toEqual(dependencies)
    expect(manifest).toMatchObject({ version, type: 'module', license: 'MIT', engines: { node: '>=20.19' } })
    expect(manifest).not.toHaveProperty('private')
    expect(manifest).not.toHaveProperty('scripts')
  })

  it('its source maps have the sources, and no path of the machine that built them', async () => {
    for (const file of files) {
      const text = await readFile(join(folder, file), 'utf8')
      expect(text.includes(root) || text.includes(`${tmpdir()}/`), file).toBe(false)
      if (!file.endsWith('.map')) continue
      const { sources, sourcesContent } = JSON.parse(text)
      for (const source of sources) expect(source).toMatch(/^(packages|src|node_modules\/bullmq)\//)
      expect(sourcesContent).toHaveLength(sources.length)
    }
  })

  it('publint finds nothing', async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg as never, { color: false }))).toEqual([])
  })

  it('Are The Types Wrong finds nothing, for a package of ES modules', async () => {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(tarball))))
    // What knows no `exports`, or no `require` of ES modules.
    const ignored = ['node10', 'node16-cjs']
    const kinds = (result.types ? result.problems : ['has no types']).filter(
      (problem) =>
        typeof problem === 'string' ||
        !('resolutionKind' in problem && ignored.includes(problem.resolutionKind)),
    )
    expect(kinds).toEqual([])
  })
})

it('the same sources make the same bytes', async () => {
  const again = await packAll(join(work, 'second'))
  for (const [place, tarball] of tarballs.entries())
    expect((await readFile(tarball)).equals(await readFile(again[place] ?? '')), tarball).toBe(true)
})

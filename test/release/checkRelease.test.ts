import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sectionsOf } from '../../packages/release/changelog.ts'
import { checkRelease } from '../../packages/release/checkRelease.ts'
import { cutRelease } from '../../packages/release/cutRelease.ts'
import { readVersions } from '../../packages/release/readVersions.ts'
import { root } from '../../src/dev/dataDir.ts'

const run = promisify(execFile)
const COMMITTED = '2026-11-27T12:00:00Z'
const NOTES = '## [1.2.0] - 2026-11-27\n\n### Added\n\n- What is new.\n'

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'pictify-keys-release-'))
})
afterAll(() => rm(work, { recursive: true, force: true }))

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
const kustomization = (tag: string) => `images:\n  - name: pictify-keys\n    newTag: ${tag}\n`
const changelog = (unreleased: string, own = NOTES) =>
  `# Changelog\n\n## [Unreleased]\n${unreleased}\n${own}\n## [1.1.0] - 2026-11-01\n\n- What was new.\n`
const lock = (top: string, root: string, workspace: string) =>
  json({ version: top, packages: { '': { version: root }, 'packages/one': { version: workspace } } })

/** The files of a release that is ready. */
const READY = {
  'package.json': json({ version: '1.2.0', workspaces: ['packages/one'] }),
  'package-lock.json': lock('1.2.0', '1.2.0', '1.2.0'),
  'packages/one/package.json': json({ version: '1.2.0' }),
  'deploy/kubernetes/kustomization.yaml': kustomization('1.2.0'),
  'clients/python/pictify_keys/_version.py': 'VERSION = "1.2.0"\n',
  'CHANGELOG.md': changelog(''),
}

/** A repository whose last commit has these files, and its folder the further ones, too. */
async function createSources(
  files: Record<string, string>,
  more: Record<string, string> = {},
): Promise<string> {
  const folder = await mkdtemp(join(work, 'sources-'))
  const write = async (those: Record<string, string>) => {
    for (const [name, text] of Object.entries(those)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  }
  await write(files)
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgSign=false']
  const env = { ...process.env, GIT_COMMITTER_DATE: COMMITTED }
  for (const args of [['init'], ['add', '--all'], [...identity, 'commit', '--message', 'A release']])
    await run('git', args, { cwd: folder, env })
  await write(more)
  return folder
}

it('a release that is ready has its section of the changelog as notes, and the date of its commit', async () => {
  const { release, complaints } = await checkRelease(await createSources(READY))
  expect(complaints).toEqual([])
  expect(release).toEqual({ version: '1.2.0', notes: NOTES, epoch: Date.parse(COMMITTED) / 1000 })
})

it.each<[string, Record<string, string>]>([
  ['package.json', { 'package.json': json({ version: '1.1.0', workspaces: ['packages/one'] }) }],
  ['package-lock.json', { 'package-lock.json': lock('1.1.0', '1.2.0', '1.2.0') }],
  ['package-lock.json, packages[""]', { 'package-lock.json': lock('1.2.0', '1.1.0', '1.2.0') }],
  ['package-lock.json, packages["packages/one"]', { 'package-lock.json': lock('1.2.0', '1.2.0', '1.1.0') }],
  ['packages/one/package.json', { 'packages/one/package.json': json({ version: '1.1.0' }) }],
  [
    'deploy/kubernetes/kustomization.yaml, newTag',
    { 'deploy/kubernetes/kustomization.yaml': kustomization('1.1.0') },
  ],
  [
    'clients/python/pictify_keys/_version.py',
    { 'clients/python/pictify_keys/_version.py': 'VERSION = "1.1.0"\n' },
  ],
])('it is refused while %s has another version, which it shows', async (where, changed) => {
  const { complaints } = await checkRelease(await createSources({ ...READY, ...changed }))
  expect(complaints[0]).toContain('The versions differ')
  expect(complaints[0]?.split('\n')).toContain(`  1.1.0       ${where}`)
  expect(complaints[0]?.match(/^ {2}1\.[12]\.0 /gm)).toHaveLength(8)
})

it.each<[string, string]>([
  ['has no section of the version', changelog('', '')],
  ['has one without a date', changelog('', NOTES.replace(' - 2026-11-27', ''))],
  ['has an empty one', changelog('', '## [1.2.0] - 2026-11-27\n')],
])('it is refused while the changelog %s', async (_, text) => {
  const { complaints } = await checkRelease(await createSources({ ...READY, 'CHANGELOG.md': text }))
  expect(complaints.at(-1)).toContain('CHANGELOG.md has nothing about 1.2.0')
})

it('it is refused while the changelog has unreleased entries', async () => {
  const sources = await createSources({ ...READY, 'CHANGELOG.md': changelog('\n- And this.\n') })
  expect((await checkRelease(sources)).complaints).toEqual([expect.stringContaining('under Unreleased')])
})

it.each<[string, Record<string, string>]>([
  ['changed', { 'packages/one/package.json': json({ version: '1.2.0', private: true }) }],
  ['added', { 'packages/one/new.ts': '' }],
])('it is refused while a file is %s that no commit has', async (_, more) => {
  const { complaints } = await checkRelease(await createSources(READY, more))
  expect(complaints).toEqual([expect.stringContaining('not committed')])
  expect(complaints[0]).toContain(Object.keys(more)[0])
})

it('cutting a release gives it every version and the unreleased entries, and no more', async () => {
  const sources = await createSources({ ...READY, 'CHANGELOG.md': changelog('\n- And this.\n') })
  await cutRelease(sources, '1.3.0', '2026-12-01')
  const { release, complaints } = await checkRelease(sources)
  expect(complaints).toEqual([expect.stringContaining('not committed')])
  expect(release).toMatchObject({ version: '1.3.0', notes: '## [1.3.0] - 2026-12-01\n\n- And this.\n' })
  const sections = sectionsOf(await readFile(join(sources, 'CHANGELOG.md'), 'utf8'))
  expect(sections.map(({ title }) => title)).toEqual(['Unreleased', '1.3.0', '1.2.0', '1.1.0'])
  for (const version of ['1.4', '1.4.0'])
    await expect(cutRelease(sources, version, '2026-12-02')).rejects.toThrow(/Unreleased|not a version/)
  expect(await readVersions(sources)).toEqual(
    (await readVersions(sources)).map(({ where }) => ({ where, version: '1.3.0' })),
  )
})

it('`npm run release` writes nothing while it refuses', async () => {
  const into = join(work, 'refused')
  // A repository without a file of the folder: nothing of it is committed.
  const env = { ...process.env, GIT_DIR: join(await createSources(READY), '.git'), GIT_WORK_TREE: root }
  const main = join(root, 'packages/release/main.ts')
  const refused = await run(process.execPath, [main, '--no-image', '--into', into], { cwd: root, env }).then(
    () => undefined,
    ({ code, stderr }) => ({ code, stderr }),
  )
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('not committed') })
  await expect(readdir(into)).rejects.toThrow('ENOENT')
})

it('every place of this repository has the same version', async () => {
  const places = await readVersions(root)
  const [{ version } = { version: undefined }] = places
  expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  expect(places.filter((place) => place.version !== version)).toEqual([])
})

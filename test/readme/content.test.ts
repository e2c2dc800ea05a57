import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PAGE, withVariables } from '../../src/dev/configurationPage.ts'
import { root } from '../../src/dev/dataDir.ts'
import { EnvSchema } from '../../src/platform/env.ts'
import { blocksOf, pathsOf, readmeSection, variablesOf } from './readme.ts'

it('docs/configuration.md is what the schema of the environment says, with every variable', async () => {
  const page = await readFile(PAGE, 'utf8')
  expect(page === withVariables(page), 'run `npm run docs`').toBe(true)
  const names = Object.keys(EnvSchema.shape)
  expect(variablesOf(page, 0).map(({ name }) => name)).toEqual(names)
  for (const [name, { description }] of Object.entries(EnvSchema.shape))
    expect(description, name).toMatch(/\S/)
})

it('the table of bin/dev names variables that src/dev reads', async () => {
  const folder = join(root, 'src/dev')
  const sources = await Promise.all(
    (await readdir(folder, { recursive: true }))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFile(join(folder, name), 'utf8')),
  )
  const code = sources.join('\n')
  for (const { name } of variablesOf(await readFile(PAGE, 'utf8'), 1))
    expect(code).toMatch(new RegExp(`\\b${name}\\b`))
})

it('every file and folder of the annotated tree exists', async () => {
  const tree = blocksOf(await readmeSection('Where things are')).find(({ language }) => language === 'tree')
  const paths = pathsOf(tree?.text ?? '')
  expect(paths).toContain('src/api/routes/')
  for (const path of paths) await expect(access(join(root, path)), path).resolves.toBeUndefined()
})

it('the annotated tree is whole: where it shows one folder in a folder, it shows all of them', async () => {
  const tree = blocksOf(await readmeSection('Where things are')).find(({ language }) => language === 'tree')
  const folders = pathsOf(tree?.text ?? '').filter((path) => path.endsWith('/'))
  const parents = new Set(folders.map((path) => path.replace(/[^/]+\/$/, '')))
  expect([...parents]).toEqual(expect.arrayContaining(['', 'src/', 'src/domain/', 'src/dashboard/', 'test/']))
  for (const parent of parents) {
    const there = (await readdir(join(root, parent), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$)/.test(entry.name))
      .map(({ name }) => `${parent}${name}/`)
    expect(there.filter((path) => !folders.includes(path))).toEqual([])
  }
})

it('every link of the README and of docs/ to a file of the repository leads to one', async () => {
  const guides = (await readdir(join(root, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  const further = await Promise.all(
    ['docs/decisions', 'docs/install'].map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => `${folder}/${name}`),
    ),
  )
  for (const page of [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'src/verifier/README.md',
    'packages/client/README.md',
    'packages/verifier/README.md',
    'clients/python/README.md',
    ...guides,
    ...further.flat(),
  ]) {
    const text = await readFile(join(root, page), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      const path = join(root, page, '..', target)
      await expect(access(path), `${page} → ${target}`).resolves.toBeUndefined()
    }
  }
})

import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { readEnv } from '../../src/platform/env.ts'
import { blocksOf, pathsOf, readmeSection, variablesOf } from './readme.ts'

const required = {
  DATABASE_URL: 'postgres://localhost/keys',
  REDIS_URL: 'redis://localhost',
  SECRETS_KEY: Buffer.alloc(32).toString('base64'),
}

it('the configuration table has every variable of the schema, no other, and its default', async () => {
  const source = await readFile(join(root, 'src/platform/env.ts'), 'utf8')
  const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name)
  expect(names).toEqual(expect.arrayContaining([...Object.keys(required), 'PORT']))
  const defaults: Record<string, unknown> = readEnv(required)
  const expected = names.map((name) => ({
    name,
    fallback: name in required ? 'required' : String(defaults[name] ?? ''),
  }))
  expect(variablesOf(await readmeSection('Configuration'), 0)).toEqual(expected)
})

it('the table of bin/dev names variables that src/dev reads', async () => {
  const folder = join(root, 'src/dev')
  const sources = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  )
  const code = sources.join('\n')
  for (const { name } of variablesOf(await readmeSection('Configuration'), 1))
    expect(code).toMatch(new RegExp(`\\b${name}\\b`))
})

it('every file and folder of the annotated tree exists', async () => {
  const tree = blocksOf(await readmeSection('Where things are')).find(({ language }) => language === 'tree')
  const paths = pathsOf(tree?.text ?? '')
  expect(paths).toContain('src/api/routes/')
  for (const path of paths) await expect(access(join(root, path)), path).resolves.toBeUndefined()
})

it('the annotated tree has every folder of src/, of src/domain/ and of src/api/', async () => {
  const tree = blocksOf(await readmeSection('Where things are')).find(({ language }) => language === 'tree')
  const paths = pathsOf(tree?.text ?? '')
  const folders = async (within: string) =>
    (await readdir(join(root, within), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${within}${name}/`)
  const there = (await Promise.all(['src/', 'src/domain/', 'src/api/'].map(folders))).flat()
  expect(there.filter((path) => !paths.includes(path))).toEqual([])
})

it('every link of the README and of docs/ to a file of the repository leads to one', async () => {
  const guides = (await readdir(join(root, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  const decisions = (await readdir(join(root, 'docs/decisions'))).map((name) => `docs/decisions/${name}`)
  for (const page of ['README.md', 'src/verifier/README.md', ...guides, ...decisions]) {
    const text = await readFile(join(root, page), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      const path = join(root, page, '..', target)
      await expect(access(path), `${page} → ${target}`).resolves.toBeUndefined()
    }
  }
})

it('every decision is in the index', async () => {
  const index = await readFile(join(root, 'docs/README.md'), 'utf8')
  for (const name of await readdir(join(root, 'docs/decisions')))
    expect(index).toContain(`(decisions/${name})`)
})

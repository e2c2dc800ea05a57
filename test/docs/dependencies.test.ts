import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const page = await readFile(join(root, 'docs/dependencies.md'), 'utf8')
const [list = '', exceptions = ''] = page.split('## Exceptions to watch')

it('docs/dependencies.md lists every package that the service runs on, and no other', () => {
  const listed = [...list.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name)
  expect(listed).toEqual(Object.keys(manifest.dependencies))
})

it('every package that is watched is still installed', async () => {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  const watched = [...exceptions.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  )
  expect(watched).toContain('koa-static')
  for (const name of watched)
    expect(
      Object.keys(lock.packages).filter((path) => path.endsWith(`node_modules/${name}`)),
      name,
    ).not.toEqual([])
})

it('versions are exact', () => {
  const { dependencies, devDependencies, overrides } = manifest
  const versions = { ...dependencies, ...devDependencies, ...Object.assign({}, ...Object.values(overrides)) }
  for (const [name, version] of Object.entries(versions))
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)])
})

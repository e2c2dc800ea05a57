import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const page = await readFile(join(root, 'docs/dependencies.md'), 'utf8')
const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
const MAINTAINED = 'test/docs/maintained.json'

const [list = ''] = page.split(/^## /m)
const section = (title: string) => page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''
const namesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

const matches = (name: string, pattern: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

type Package = { name: string; licence: string; isForOneSystem: boolean }
type Entry = { name?: string; license?: string; link?: boolean; os?: string[]; cpu?: string[] }

const packages = Object.entries(lock.packages as Record<string, Entry>)
  .filter(([path, { link }]) => path.includes('node_modules/') && !link)
  .map(
    ([path, { name, license, os, cpu }]): Package => ({
      // One that is installed under another name says its own.
      name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      licence: license ?? 'none',
      isForOneSystem: os !== undefined || cpu !== undefined,
    }),
  )

it('docs/dependencies.md lists every package that the service runs on, and no other', () => {
  const listed = [...list.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name)
  expect(listed).toEqual(Object.keys(manifest.dependencies))
})

describe('every package of the lock file, of the dashboard, the examples and the tests, too', () => {
  it('has a licence that the page has judged', () => {
    const rows = [...section('Licences').matchAll(/^\| (`.+?) +\| (.+?) +\| .+ \|$/gm)]
    const judged = rows.flatMap(([, licences = '', packages = '']) =>
      namesIn(licences).map((licence) => ({
        licence,
        patterns: packages.startsWith('any') ? ['*'] : namesIn(packages),
      })),
    )
    const known = ({ name, licence }: Package) =>
      judged.some((one) => one.licence === licence && one.patterns.some((pattern) => matches(name, pattern)))
    expect(packages.filter((one) => !known(one))).toEqual([])
    const used = ({ licence, patterns }: (typeof judged)[number]) =>
      patterns.every((pattern) =>
        packages.some((one) => one.licence === licence && matches(one.name, pattern)),
      )
    expect(judged.filter((one) => !used(one))).toEqual([])
  })

  it('has had a release within three years, or the page has judged it', async () => {
    const { lookedAt, maintained } = JSON.parse(await readFile(join(root, MAINTAINED), 'utf8'))
    const old = [...section('No release for three years').matchAll(/`([^`]+)` \((\d{4}(?:-\d\d)?)\)/g)]
    const limit = `${Number(lookedAt.slice(0, 4)) - 3}${lookedAt.slice(4)}`
    expect(old.filter(([, , latest = '']) => latest > limit).map(([, name]) => name)).toEqual([])
    const listed = [...maintained, ...old.map(([, name]) => name)].sort()
    // Those for other systems are released with the package that needs them.
    const names = packages.filter(({ isForOneSystem }) => !isForOneSystem).map(({ name }) => name)
    expect(
      listed,
      `Look at the latest release of a new package (npm view NAME time), then add it to ${MAINTAINED} or judge it on the page`,
    ).toEqual([...new Set(names)].sort())
  })
})

it('versions are exact', () => {
  const { dependencies, devDependencies, overrides } = manifest
  const versions = { ...dependencies, ...devDependencies, ...Object.assign({}, ...Object.values(overrides)) }
  for (const [name, version] of Object.entries(versions))
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)])
})

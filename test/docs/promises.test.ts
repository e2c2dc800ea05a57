import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

const promises = [...(await readFile(join(root, 'docs/promises.md'), 'utf8')).matchAll(/^(\d+)\. /gm)].map(
  ([, number]) => Number(number),
)

/** Numbers of promises that titles of tests name, with the files they are in. */
async function namedInTests(): Promise<Map<number, string[]>> {
  const named = new Map<number, string[]>()
  const names = await readdir(join(root, 'test'), { recursive: true })
  for (const name of names.filter((each) => each.endsWith('.test.ts'))) {
    const text = await readFile(join(root, 'test', name), 'utf8')
    for (const [, one, other] of text.matchAll(/['`]promises? (\d+)(?: and (\d+))?(?=[:'])/g))
      for (const number of [one, other].filter((each) => each !== undefined).map(Number))
        named.set(number, [...(named.get(number) ?? []), name])
  }
  return named
}

it('docs/promises.md counts its promises', () => {
  expect(promises.length).toBeGreaterThan(10)
  expect(promises).toEqual(promises.map((_, place) => place + 1))
})

it('every promise has a test whose title names it, and no title names another', async () => {
  const named = [...(await namedInTests()).keys()].toSorted((a, b) => a - b)
  expect(named).toEqual(promises)
})

import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

const page = await readFile(join(root, 'docs/guarantees.md'), 'utf8')
const sections = page
  .split(/^#+ /m)
  .flatMap((text) => (/^\d+\. /.test(text) ? [{ number: Number.parseInt(text, 10), text }] : []))

/** Numbers of guarantees that titles of tests name. */
async function namedInTests(): Promise<Set<number>> {
  const named = new Set<number>()
  const names = await readdir(join(root, 'test'), { recursive: true })
  for (const name of names.filter((each) => each.endsWith('.test.ts'))) {
    const text = await readFile(join(root, 'test', name), 'utf8')
    for (const [, one, other] of text.matchAll(/['`]promises? (\d+)(?: and (\d+))?(?=[:'])/g))
      for (const number of [one, other].filter((each) => each !== undefined)) named.add(Number(number))
  }
  return named
}

it('the guarantees are numbered', () => {
  expect(sections.length).toBeGreaterThan(10)
  expect(sections.map(({ number }) => number)).toEqual(sections.map((_, place) => place + 1))
})

it('every guarantee has a test whose title names it, and no title names another', async () => {
  const named = [...(await namedInTests())].toSorted((a, b) => a - b)
  expect(named).toEqual(sections.map(({ number }) => number))
})

it('every guarantee names the tests that hold it, and they exist', async () => {
  for (const { number, text } of sections) {
    const files = [...text.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, file = '']) => file)
    expect(files.length, String(number)).toBeGreaterThan(0)
    for (const file of files) await expect(access(join(root, file)), file).resolves.toBeUndefined()
  }
})

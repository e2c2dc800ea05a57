import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

const FOLDER = join(root, 'docs/install')
const pages = await readdir(FOLDER)
const read = (page: string) => readFile(join(FOLDER, page), 'utf8')

/** What every page leads to. */
const SHARED = ['README.md', 'first-key.md']

it('the table has every way to install, and says of each what was run and what was only validated', async () => {
  const rows = [...(await read('README.md')).matchAll(/^\| \[[^\]]+\]\(([\w-]+\.md)\)(.*)\|$/gm)]
  expect(rows.map(([, page]) => page).sort()).toEqual(pages.filter((page) => !SHARED.includes(page)).sort())
  for (const [, page, rest = ''] of rows) {
    const [, , run = '', validated = ''] = rest.split('|').map((cell) => cell.trim())
    expect(run + validated, page).not.toBe('')
  }
})

it.each(pages.filter((page) => page !== 'README.md'))('%s names files that exist', async (page) => {
  const named = [
    ...(await read(page)).matchAll(/(?<![\w/.-])(?:deploy|test|bin|src|examples)\/[\w./@-]*\w(?![\w*-])/g),
  ]
  for (const [path] of named) await expect(access(join(root, path)), path).resolves.toBeUndefined()
})

it.each(pages.filter((page) => !SHARED.includes(page)))(
  '%s leads to the first account, key and render',
  async (page) => {
    expect(await read(page)).toContain('](first-key.md)')
  },
)

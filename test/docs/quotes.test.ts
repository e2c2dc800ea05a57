import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

/** A block that quotes a file of this repository: its title is the path. */
const QUOTE = /^```ts title="([\w.-]+\/[\w./-]+)"\n(.*?)^```$/gms

/** Its lines without their indentation. */
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n')

it('what a guide quotes of a file is in it, line by line', async () => {
  const found: string[] = []
  for (const page of (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'))) {
    const text = await readFile(join(root, 'docs', page), 'utf8')
    for (const [, path = '', quoted = ''] of text.matchAll(QUOTE)) {
      expect(linesOf(await readFile(join(root, path), 'utf8')), `docs/${page}`).toContain(linesOf(quoted))
      found.push(`${page} ${path}`)
    }
    // Any other block of TypeScript would be checked by nobody.
    expect([page, text.match(/^```ts\b/gm)?.length ?? 0]).toEqual([
      page,
      found.filter((name) => name.startsWith(`${page} `)).length,
    ])
  }
  expect(found).toEqual(['integrate.md examples/company/keys.ts', 'integrate.md examples/company/billing.ts'])
})

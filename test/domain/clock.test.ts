import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

it('only processes ask the clock for the date; rules, routes and jobs are given it', async () => {
  const folders = ['api', 'domain', 'platform', 'region', 'verifier', 'workers']
  const asking: string[] = []
  for (const folder of folders) {
    for (const name of await readdir(join(root, 'src', folder), { recursive: true })) {
      if (!name.endsWith('.ts') || name === 'main.ts') continue
      const text = await readFile(join(root, 'src', folder, name), 'utf8')
      if (/\bnew Date\(\)/.test(text)) asking.push(`${folder}/${name}`)
    }
  }
  expect(asking).toEqual([])
})

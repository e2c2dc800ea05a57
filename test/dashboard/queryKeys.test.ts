import { glob, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

it('query keys of the dashboard are spelled in api/queries, and nowhere else', async () => {
  const dashboard = join(root, 'src/dashboard')
  const spelling: string[] = []
  let files = 0
  for await (const path of glob('{api,app,charts,features,ui}/**/*.{ts,tsx}', { cwd: dashboard })) {
    files += 1
    const text = await readFile(join(dashboard, path), 'utf8')
    if (/queryKey: \[['"`]|QueryData\(\[/.test(text)) spelling.push(path.split(sep).slice(0, 2).join('/'))
  }
  expect(files).toBeGreaterThan(100)
  expect(new Set(spelling)).toEqual(new Set(['api/queries']))
})

import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { likePattern, pgArray } from '../../src/domain/sql.ts'

it('writes arrays as Postgres reads them', () => {
  expect(pgArray([])).toBe('{}')
  expect(pgArray(['key_a', 'key_b'])).toBe('{key_a,key_b}')
  expect(pgArray([1, 2.5])).toBe('{1,2.5}')
})

it('looks for a text as it is, wherever it stands', () => {
  expect(likePattern('50%_off\\')).toBe('%50\\%\\_off\\\\%')
})

it('no two advisory locks have the same number', async () => {
  const numbers: string[] = []
  for await (const path of glob('src/{domain,platform,region,workers,api,cli}/**/*.ts', { cwd: root }))
    for (const [number] of (await readFile(join(root, path), 'utf8')).matchAll(/\b7_190_\d{3}\b/g))
      numbers.push(number)
  expect(numbers.length).toBeGreaterThan(4)
  expect(numbers.filter((number, place) => numbers.indexOf(number) !== place)).toEqual([])
})

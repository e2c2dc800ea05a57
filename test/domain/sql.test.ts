import { expect, it } from 'vitest'
import { likePattern, pgArray } from '../../src/domain/sql.ts'

it('writes arrays as Postgres reads them', () => {
  expect(pgArray([])).toBe('{}')
  expect(pgArray(['key_a', 'key_b'])).toBe('{key_a,key_b}')
  expect(pgArray([1, 2.5])).toBe('{1,2.5}')
})

it('looks for a text as it is, wherever it stands', () => {
  expect(likePattern('50%_off\\')).toBe('%50\\%\\_off\\\\%')
})

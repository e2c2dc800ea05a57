import { expect, it, vi } from 'vitest'
import { remember } from '../../src/domain/remember.ts'

it('works a text out once, also where nothing comes out', () => {
  const compute = vi.fn((text: string) => (text === '' ? undefined : text.length))
  const lengthOf = remember(10, compute)
  expect(['abc', 'abc', '', ''].map(lengthOf)).toEqual([3, 3, undefined, undefined])
  expect(compute).toHaveBeenCalledTimes(2)
})

it('never holds more than so many texts', () => {
  const compute = vi.fn((text: string) => text)
  const same = remember(2, compute)
  for (const text of ['a', 'b', 'c', 'c', 'a']) same(text)
  expect(compute.mock.calls.map(([text]) => text)).toEqual(['a', 'b', 'c', 'a'])
})

it('does not remember what failed', () => {
  const compute = vi.fn(() => {
    throw new Error('no')
  })
  const failing = remember(2, compute)
  for (const _ of [1, 2]) expect(() => failing('a')).toThrow('no')
  expect(compute).toHaveBeenCalledTimes(2)
})

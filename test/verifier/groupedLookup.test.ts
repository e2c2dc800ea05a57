import { expect, it } from 'vitest'
import { GroupedLookup } from '../../src/platform/GroupedLookup.ts'

const giveUp = (reason: string) => new Error(reason)
const turn = () => new Promise((resolve) => setImmediate(resolve))

it('a caller never shares a question that began before it asked', async () => {
  const truth = new Map<string, string>()
  const releases: (() => void)[] = []
  const lookup = new GroupedLookup<string>(
    async () => {
      const seen = new Map(truth)
      await new Promise<void>((resolve) => releases.push(resolve))
      return seen
    },
    { waitMs: 60_000, giveUp },
  )
  const before = lookup.get('a')
  while (releases.length === 0) await turn()
  truth.set('a', 'here')
  const after = lookup.get('a')
  releases[0]?.()
  expect(await before).toBeUndefined()
  while (releases.length === 1) await turn()
  releases[1]?.()
  expect(await after).toBe('here')
})

it('a question that fails fails its callers, and the next one is asked', async () => {
  let asked = 0
  const lookup = new GroupedLookup<string>(
    async (keys) => {
      asked += 1
      if (asked === 1) throw new Error('away')
      return new Map(keys.map((key) => [key, key]))
    },
    { waitMs: 60_000, giveUp },
  )
  await expect(lookup.get('a')).rejects.toThrow('away')
  expect(await lookup.get('a')).toBe('a')
})

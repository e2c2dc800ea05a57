import { expect, it } from 'vitest'
import { TimedOut, within } from '../../src/platform/within.ts'

it('a bound that is over already is no reason for a warning of Node', async () => {
  const warnings: string[] = []
  const note = ({ name }: Error) => void warnings.push(name)
  process.on('warning', note)
  await expect(within(-5, new Promise(() => {}))).rejects.toThrow(TimedOut)
  process.off('warning', note)
  expect(warnings).toEqual([])
})

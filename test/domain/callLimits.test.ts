import { expect, it } from 'vitest'
import { STREAMS_AT_ONCE, StreamLimit } from '../../src/api/StreamLimit.ts'
import { UNKNOWN_PER_MINUTE, UnknownLimit } from '../../src/verifier/UnknownLimit.ts'

it('promise 12: an account reads a bounded number of streams; the next begins when one ends', async () => {
  const limit = new StreamLimit(0)
  const ends = await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, () => limit.open('acct_1')))
  await expect(limit.open('acct_1')).rejects.toThrow(/at once/)
  await limit.open('acct_2')
  const next = new StreamLimit(60_000)
  const [first] = await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, () => next.open('acct_1')))
  const order: string[] = []
  const waiting = next.open('acct_1').then((end) => {
    order.push('begins')
    return end
  })
  order.push('ends')
  first?.()
  first?.()
  const end = await waiting
  expect(order).toEqual(['ends', 'begins'])
  end()
  // Each end gave back one place, no more.
  ends[0]?.()
  ends[0]?.()
  await limit.open('acct_1')
  await expect(limit.open('acct_1')).rejects.toThrow(/at once/)
})

it('unknown keys are counted by network and minute', () => {
  let now = 0
  const limit = new UnknownLimit(() => now)
  for (let n = 0; n < UNKNOWN_PER_MINUTE; n++) limit.add(`2001:db8:1:2::${n.toString(16)}`)
  expect(limit.isReached('2001:db8:1:2:ffff::1')).toBe(true)
  expect(limit.isReached('2001:db8:1:3::1')).toBe(false)
  expect(limit.isReached('no address')).toBe(false)
  now = 60_000
  expect(limit.isReached('2001:db8:1:2::1')).toBe(false)
})

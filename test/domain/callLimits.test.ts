import { expect, it } from 'vitest'
import { CallLimits, STREAMS_AT_ONCE } from '../../src/api/CallLimits.ts'
import { UNKNOWN_PER_MINUTE, UnknownLimit } from '../../src/verifier/UnknownLimit.ts'

it('promise 12: an account has a bounded number of streams open, and gets back each that ends', () => {
  const limits = new CallLimits({} as never, 10)
  const ends = Array.from({ length: STREAMS_AT_ONCE }, () => limits.open('acct_1'))
  expect(() => limits.open('acct_1')).toThrow(/at once/)
  limits.open('acct_2')
  ends[0]?.()
  ends[0]?.()
  limits.open('acct_1')
  expect(() => limits.open('acct_1')).toThrow(/at once/)
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

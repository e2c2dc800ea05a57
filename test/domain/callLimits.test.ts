import { expect, it, vi } from 'vitest'
import { AtOnce } from '../../src/api/AtOnce.ts'
import { CallLimits } from '../../src/api/CallLimits.ts'
import type { Principal } from '../../src/api/context.ts'
import { DelayedRefusals, MAX_DELAYED } from '../../src/api/DelayedRefusals.ts'
import { createOperatorTokens } from '../../src/api/operatorTokens.ts'
import { RefusedKeys } from '../../src/api/RefusedKeys.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { RedisNames } from '../../src/platform/redisNames.ts'
import { UNKNOWN_PER_MINUTE, UnknownLimit } from '../../src/verifier/UnknownLimit.ts'

const countedBy = (take: () => Promise<unknown>) => ({ redis: { eval: take }, names: new RedisNames(false) })
const noDelay = new DelayedRefusals(0, () => {})
const bounds = { atOnce: 2, maxWaiting: 1, waitMs: 60_000, what: 'calls' }

it('promise 12: an account does a bounded number of things at once; the next begins when one ends', async () => {
  const limit = new AtOnce(bounds)
  const [first] = await Promise.all([limit.begin('acct_1'), limit.begin('acct_1')])
  const order: string[] = []
  const waiting = limit.begin('acct_1').then((end) => {
    order.push('begins')
    return end
  })
  await expect(limit.begin('acct_1'), 'one waits already').rejects.toThrow(/at once/)
  await limit.begin('acct_2')
  order.push('ends')
  first?.()
  // An end counts once.
  first?.()
  const end = await waiting
  expect(order).toEqual(['ends', 'begins'])
  end()
  await limit.begin('acct_1')
  const late = new AtOnce({ ...bounds, waitMs: 0 })
  await Promise.all([late.begin('acct_1'), late.begin('acct_1')])
  await expect(late.begin('acct_1'), 'none ends in time').rejects.toThrow(/at once/)
})

it('promise 11: who waits behind what fails is refused with it, and does not add its own wait', async () => {
  const limit = new AtOnce({ ...bounds, atOnce: 1, maxWaiting: 2 })
  const end = await limit.begin('acct_1')
  const waiting = [limit.begin('acct_1'), limit.begin('acct_1')]
  limit.refuseWaiting('acct_1', new Error('away'))
  for (const one of waiting) await expect(one).rejects.toThrow('away')
  end()
  await limit.begin('acct_1')
})

it('promise 12: calls that are refused together are answered at different times, so that they do not return together', async () => {
  const waits: number[] = []
  const wait = async (ms: number) => waits.push(ms)
  const limits = new CallLimits(
    countedBy(async () => [10_000, 1]),
    60,
    new DelayedRefusals(1_000, () => {}, wait),
  )
  const principal = { accountId: 'acct_1', actor: { type: 'api_key', id: 'key_1' } } as Principal
  const refused = Array.from({ length: 20 }, () => limits.take(principal, ['calls']))
  for (const one of refused) await expect(one).rejects.toMatchObject({ slug: 'rate-limit-exceeded' })
  expect(new Set(waits).size).toBeGreaterThan(10)
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(500)
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_500)
})

it('promise 12: a key that is refused again and again gets further refusals after a while, but no other key', async () => {
  let now = 0
  let delayed = 0
  const refused = new RefusedKeys(
    new DelayedRefusals(
      100,
      () => delayed++,
      () => new Promise(() => {}),
    ),
    () => now,
  )
  const refuse = async (keyId: string, times: number) => {
    const answered = vi.fn()
    for (let time = 0; time < times; time++) refused.refuse(keyId, answered)
    await new Promise(setImmediate)
    return answered.mock.calls.length
  }
  expect([await refuse('key_1', 30), delayed]).toEqual([20, 10])
  expect([await refuse('key_2', 20), delayed]).toEqual([20, 10])
  now = 1_000
  expect([await refuse('key_1', 30), delayed]).toEqual([20, 20])
  expect(await refuse('key_1', MAX_DELAYED), 'all places are taken').toBe(20)
})

it('an operator token has a share of calls in each account that it acts for, whatever it asks of others', async () => {
  const used = new Map<string, number>()
  const take = async (_script: string, count: number, ...args: (string | number)[]) => {
    const names = args.slice(0, count) as string[]
    if (names.some((name) => (used.get(name) ?? 0) >= 3)) return [10_000, 1]
    for (const name of names) used.set(name, (used.get(name) ?? 0) + 1)
    return [0, 1]
  }
  const limits = new CallLimits(countedBy(take as never), 60, noDelay)
  const acting = (accountId: string) =>
    limits.take({ accountId, actor: { type: 'operator_token', id: 'optok_1' } } as Principal, ['calls'])
  for (let call = 0; call < 3; call++) await acting('acct_1')
  await expect(acting('acct_1')).rejects.toMatchObject({ slug: 'rate-limit-exceeded' })
  await acting('acct_2')
})

it('promise 12: unknown operator tokens are refused without a look-up after a while; one that is known is not', async () => {
  const { value, digest } = generateSecret('pk', 'operator')
  const known = { id: 'optok_1', digest, allowedIps: [], expiresAt: null }
  let asked = 0
  const em = {
    find: async (_schema: unknown, { digest: { $in } }: { digest: { $in: string[] } }) => {
      asked += $in.length
      return $in.includes(digest) ? [known] : []
    },
    execute: async () => [],
  }
  const tokens = createOperatorTokens(
    () => em as never,
    'pk',
    () => new Date(),
  )
  const ask = (secret: string, ip = '192.0.2.1') =>
    tokens
      .require({ headers: { authorization: `Bearer ${secret}` } } as never, ip)
      .catch(({ status }) => status)
  const unknown = () => generateSecret('pk', 'operator').value
  expect(await ask(value)).toBe(known)
  const flood = Array.from({ length: UNKNOWN_PER_MINUTE }, () => ask(unknown()))
  expect(new Set(await Promise.all(flood))).toEqual(new Set([401]))
  asked = 0
  expect(await ask(unknown())).toBe(429)
  expect(asked).toBe(0)
  expect(await ask(value)).toBe(known)
  expect(await ask(unknown(), '192.0.2.2')).toBe(401)
})

it('unknown keys are counted by network and minute', () => {
  let now = 0
  const limit = new UnknownLimit(() => now)
  for (let n = 0; n < UNKNOWN_PER_MINUTE; n++) limit.add(`2001:db8:1:2::${n.toString(16)}`)
  expect(limit.isReached('2001:db8:1:2:ffff::1')).toBe(true)
  expect(limit.isReached('2001:db8:1:3::1')).toBe(false)
  expect(limit.isReached('no address')).toBe(false)
  expect(limit.isReached('2001:db8:1:2::1', 'svc_1'), 'whose word counts for itself alone').toBe(false)
  now = 60_000
  expect(limit.isReached('2001:db8:1:2::1')).toBe(false)
})

import { describe, expect, it } from 'vitest'
import { BoundedLookup } from '../../src/api/BoundedLookup.ts'
import { Problem } from '../../src/api/problems.ts'
import { Failure } from '../../src/domain/failure.ts'
import { UNKNOWN_PER_MINUTE } from '../../src/verifier/UnknownLimit.ts'

const mine = '192.0.2.1'
const other = '192.0.2.2'

/** A look-up that counts its queries, and the outcomes that it notes. */
function setUp() {
  const time = { now: 0 }
  const outcomes: string[] = []
  const bounded = new BoundedLookup({
    what: 'links',
    onLookup: (outcome) => outcomes.push(outcome),
    now: () => time.now,
  })
  const asked = { times: 0 }
  const query = async <Found>(found: Found) => {
    asked.times += 1
    return found
  }
  const ask = (found: string | undefined, { ip = mine, digest }: { ip?: string; digest?: string } = {}) =>
    bounded.find(ip, () => query(found), digest).catch(({ slug }) => slug)
  const flood = (times: number, found?: string) =>
    Promise.all(Array.from({ length: times }, () => ask(found)))
  return { bounded, time, outcomes, asked, query, ask, flood }
}

const refused = 'rate-limit-exceeded'

describe('promise 12: a network uses up its own look-ups of unknown secrets', () => {
  it('also by many at once; the next minute has as many', async () => {
    const { asked, ask, flood, time } = setUp()
    const answers = await flood(UNKNOWN_PER_MINUTE * 2)
    expect(asked.times).toBe(UNKNOWN_PER_MINUTE)
    expect(answers.filter((answer) => answer === refused)).toHaveLength(UNKNOWN_PER_MINUTE)
    expect(await ask('one that is valid')).toBe(refused)
    expect(await ask('one that is valid', { ip: other })).toBe('one that is valid')
    time.now += 60_000
    expect(await ask(undefined)).toBe(undefined)
  })

  it('by what is refused, but not by what is found or fails on our side', async () => {
    const { bounded, ask, flood, outcomes } = setUp()
    const throwing = (error: Error) =>
      bounded.find(mine, async () => {
        throw error
      })
    await flood(UNKNOWN_PER_MINUTE - 1)
    for (let again = 0; again < 3; again++) {
      expect(await ask('found')).toBe('found')
      const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
      for (const ours of [away, new Problem('service-unavailable', { detail: 'Away.' })])
        await expect(throwing(ours)).rejects.toBe(ours)
    }
    const gone = new Failure('invitation-not-found', { detail: 'Gone.' })
    await expect(throwing(gone)).rejects.toBe(gone)
    expect(await ask('found')).toBe(refused)
    expect(outcomes.slice(UNKNOWN_PER_MINUTE - 1, UNKNOWN_PER_MINUTE + 2)).toEqual([
      'found',
      'failed',
      'failed',
    ])
    expect(outcomes.at(-1)).toBe('nowhere')
  })

  it('in this minute: one that is found in the next gives back what it took in its own', async () => {
    const { bounded, ask, flood, time, asked } = setUp()
    let answer = (_found: string) => {}
    const slow = bounded.find(mine, () => new Promise<string>((resolve) => (answer = resolve)))
    time.now += 60_000
    await flood(UNKNOWN_PER_MINUTE)
    answer('found')
    expect(await slow).toBe('found')
    asked.times = 0
    expect(await ask(undefined)).toBe(refused)
    expect(asked.times).toBe(0)
  })

  it('while a secret that was valid is looked up all the same, and only until it has ended', async () => {
    const { bounded, ask, flood, asked } = setUp()
    bounded.remember('given out')
    await ask('session', { digest: 'seen' })
    await flood(UNKNOWN_PER_MINUTE)
    asked.times = 0
    for (const digest of ['seen', 'given out']) expect(await ask('session', { digest })).toBe('session')
    expect(asked.times, 'nothing is answered from memory').toBe(2)
    expect(await ask(undefined, { digest: 'seen' })).toBe(undefined)
    expect(await ask('session', { digest: 'seen' })).toBe(refused)
    bounded.forget('given out')
    expect(await ask('session', { digest: 'given out' })).toBe(refused)
  })

  it('and fills no memory: of the valid ones, those used last are remembered', async () => {
    const { bounded, ask, flood } = setUp()
    await ask('session', { digest: 'used again' })
    await ask('session', { digest: 'left alone' })
    for (let n = 0; n < 9_997; n++) bounded.remember(`session ${n}`)
    await ask('session', { digest: 'used again' })
    for (const digest of ['the last for which there is room', 'one more']) bounded.remember(digest)
    await flood(UNKNOWN_PER_MINUTE)
    expect(await ask('session', { digest: 'used again' })).toBe('session')
    expect(await ask('session', { digest: 'left alone' })).toBe(refused)
  })
})

import { describe, expect, it } from 'vitest'
import { ANY_FORM, formMatcher } from '../../src/domain/imports/forms.ts'
import { rememberForms } from '../../src/verifier/rememberForms.ts'

describe('a value may be that of an imported key', () => {
  it.each([
    [[], 'sk_old_1', false],
    [[ANY_FORM], 'sk_old_1', true],
    [[{ prefix: 'sk_', length: 0 }], 'sk_old_1', true],
    [[{ prefix: 'sk_', length: 8 }], 'sk_old_1', true],
    [[{ prefix: 'sk_', length: 9 }], 'sk_old_1', false],
    [[{ prefix: '', length: 8 }], 'sk_old_1', true],
    [
      [
        { prefix: 'pk_', length: 0 },
        { prefix: 'sk_new', length: 0 },
      ],
      'sk_old_1',
      false,
    ],
    [[{ prefix: 'sk_old_1x', length: 0 }], 'sk_old_1', false],
  ])('of the forms %j: %s: %s', (forms, value, expected) => {
    expect(formMatcher(forms)(value)).toBe(expected)
  })
})

describe('the forms of imported keys', () => {
  it('are asked for once at a time and at most once a second, and a form that is known not at all', async () => {
    let asked = 0
    let forms = [{ prefix: 'sk_', length: 0 }]
    const mayBe = rememberForms(async () => {
      asked += 1
      return forms
    })
    expect(await Promise.all([mayBe('a'), mayBe('b'), mayBe('sk_1')])).toEqual([false, false, true])
    expect([await mayBe('c'), asked]).toEqual([false, 1])
    forms = [...forms, { prefix: 'k-', length: 3 }]
    await expect.poll(() => mayBe('k-1'), { timeout: 5_000 }).toBe(true)
    const until = asked
    for (let times = 0; times < 10; times++) expect(await mayBe('k-2')).toBe(true)
    expect([until, asked]).toEqual([2, 2])
  })

  it('are asked for again after a failure, and those that were known go on being looked for', async () => {
    const answers = [
      () => Promise.reject(new Error('away')),
      () => Promise.resolve([ANY_FORM]),
      () => Promise.reject(new Error('away')),
    ]
    const mayBe = rememberForms(() => (answers.shift() as () => Promise<[]>)())
    await expect(mayBe('a')).rejects.toThrow('away')
    expect(await mayBe('a')).toBe(true)
    expect(await mayBe('b')).toBe(true)
  })
})

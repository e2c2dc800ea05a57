import { z } from 'zod'
import { MAX_VALUE } from '../keys/keyFormat.ts'

/** What values of imported keys look like: `''` begins with anything, a length of 0 is any. */
export const Form = z.object({
  prefix: z
    .string()
    .max(32)
    .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII characters without spaces'),
  length: z.int().min(0).max(MAX_VALUE),
})
export type Form = z.infer<typeof Form>

export const ANY_FORM: Form = { prefix: '', length: 0 }

/** An account's forms at most. */
export const MAX_FORMS = 20

const nameOf = ({ prefix, length }: Form) => `${length} ${prefix}`

/** Whether a value may be that of an imported key; costs the same however many forms there are. */
export function formMatcher(forms: readonly Form[]): (value: string) => boolean {
  const names = new Set(forms.map(nameOf))
  const prefixLengths = [...new Set(forms.map(({ prefix }) => prefix.length))]
  return (value) =>
    prefixLengths.some((size) => {
      const prefix = value.slice(0, size)
      return (
        prefix.length === size &&
        (names.has(nameOf({ prefix, length: 0 })) || names.has(nameOf({ prefix, length: value.length })))
      )
    })
}

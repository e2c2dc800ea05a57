import type { Form } from './Form.ts'

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

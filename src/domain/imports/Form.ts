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

import { z } from 'zod'
import { isIpOrRange } from '../domain/keys/allowedIps.ts'

/** Text for people: trimmed of nothing, one line, no control characters. */
export const text = (max: number) =>
  z
    .string()
    .min(1, { abort: true })
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')
    .refine((value) => value.trim() !== '', 'must not be blank')

/** Path parameters: anything may be asked for, and what cannot be an ID is not found like any other. */
export const IdParams = z.object({
  id: z.string().transform((id) => (/^[\w-]{1,64}$/.test(id) ? id : 'none')),
})

export const Permission = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*$/, 'must look like "renders:write"')

export const AllowedIps = z
  .array(z.string().max(64).refine(isIpOrRange, 'must be an IP address or a CIDR range'))
  .max(100)

/** An offset may carry an instant out of the years that ISO 8601 writes with four digits; stored times are in UTC. */
export const Instant = z.iso
  .datetime({ offset: true, message: 'must be an ISO 8601 time such as 2027-01-31T12:00:00Z' })
  .refine((text) => {
    const year = new Date(text).getUTCFullYear()
    return Number.isNaN(year) || (year >= 0 && year <= 9999)
  }, 'must be between the years 0000 and 9999 in UTC')

/** Free-form facts about a key, for its owner: at most 50 fields and 4,096 bytes as JSON. */
export const Metadata = z
  .record(z.string().min(1).max(64), z.json())
  .refine((value) => Object.keys(value).length <= 50, 'must have at most 50 fields')
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= 4_096, 'must be at most 4096 bytes as JSON')

export const Email = z.email('must be an email address').max(254)

export const Password = z.string().min(10).max(256)

/** A query parameter that is a whole number. */
export const whole = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback)

export const Pagination = z.object({
  page: z.int(),
  limit: z.int(),
  total: z.int(),
  totalPages: z.int(),
  hasNext: z.boolean(),
  hasPrev: z.boolean(),
})

export function paginate(page: number, limit: number, total: number): z.infer<typeof Pagination> {
  const totalPages = Math.ceil(total / limit)
  return { page, limit, total, totalPages, hasNext: page < totalPages, hasPrev: page > 1 }
}

/** The 202 of a command that is not done within the bound. */
export const Accepted = z.object({
  operation: z.looseObject({ id: z.string(), kind: z.string(), status: z.string() }),
  key: z.string().optional(),
})

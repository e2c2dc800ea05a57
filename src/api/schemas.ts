import { z } from 'zod'
import { PASSWORD_MAX, PASSWORD_MIN } from '../domain/accounts/passwordRule.ts'

export { AllowedIps, Instant, Metadata, Permission, text } from '../domain/keys/keyFields.ts'
export { name } from '../domain/names.ts'

/** Path parameters: anything may be asked for, and what cannot be an ID is not found like any other. */
export const IdParams = z.object({
  id: z
    .string()
    .transform((id) => (/^[\w-]{1,64}$/.test(id) ? id : 'none'))
    .describe('The ID of the resource'),
})

export const Email = z.email('must be an email address').max(254)

export const Password = z.string().min(PASSWORD_MIN).max(PASSWORD_MAX)

/** The token of an emailed link. Undefined for what cannot be one: it is not found like any other. */
export const LinkToken = z
  .string()
  .max(64)
  .transform((token) => (/^[0-9A-Za-z]{40}$/.test(token) ? token : undefined))

/** Where a page begins and how long it is, for lists that are read by number of page. */
export const pageQuery = (max: number, fallback: number) => ({
  page: whole(1, 1_000_000, 1).describe('The number of the page'),
  limit: limitOf(max, fallback),
})

export const limitOf = (max: number, fallback: number) =>
  whole(1, max, fallback).describe('The number of entries on a page')

/** A query parameter that is a whole number. */
export const whole = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback)

export const Pagination = z
  .object({
    page: z.int(),
    limit: z.int(),
    total: z.int(),
    totalPages: z.int(),
    hasNext: z.boolean(),
    hasPrev: z.boolean(),
  })
  .meta({ id: 'Pagination' })

export function paginate(page: number, limit: number, total: number): z.infer<typeof Pagination> {
  const totalPages = Math.ceil(total / limit)
  return { page, limit, total, totalPages, hasNext: page < totalPages, hasPrev: page > 1 }
}

/**
 * The 202 of a command that is not done within the bound. A secret that was made stands where the 201 would have it.
 */
export const Accepted = z
  .object({
    operation: z.looseObject({ id: z.string(), kind: z.string(), status: z.string() }),
    key: z.string().optional(),
  })
  .meta({ id: 'Accepted' })

/** The same where what was made is a signing secret. */
export const AcceptedWithSecret = Accepted.omit({ key: true })
  .extend({ secret: z.string().optional() })
  .meta({ id: 'AcceptedWithSecret' })

/** What each region answered to a change that every region had to learn of. */
export const FanOut = z
  .object({
    tookMs: z.number(),
    regions: z.array(
      z.object({ region: z.string(), outcome: z.enum(['confirmed', 'lapsed']), tookMs: z.number() }),
    ),
  })
  .meta({ id: 'FanOut' })

import { z } from 'zod'
import { isIpOrRange } from './allowedIps.ts'

export const Access = z.enum(['admin', 'full', 'read_only'])
export const KeyTypes = z.enum(['live', 'test'])

/** One line of text that is not a name: what is searched for, an ID of another system. Names are of domain/names.ts. */
export const text = (max: number) =>
  z
    .string()
    .min(1, { abort: true })
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')
    .refine((value) => value.trim() !== '', 'must not be blank')

/** The last characters of a value. Those of an imported key may be any that are visible, and fewer than 4. */
export const HINT = /^[\x21-\x7e]{1,4}$/

export const Permission = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*$/, 'must look like "renders:write"')

export const AllowedIps = z
  .array(
    z.string().max(64).refine(isIpOrRange, 'must be an IP address or a CIDR range, such as 203.0.113.0/24'),
  )
  .max(100)

/**
 * An instant from 1970 on that ISO 8601 writes with a year of four digits, in UTC: an offset may carry it out of them.
 * Postgres refuses the year 0, and no key, rule or request is older than Unix time.
 */
export const Instant = z.iso
  .datetime({ offset: true, message: 'must be an ISO 8601 time such as 2027-01-31T12:00:00Z' })
  .refine((text) => {
    const at = Date.parse(text)
    return Number.isNaN(at) || (at >= 0 && at <= LATEST)
  }, 'must be between the years 1970 and 9999 in UTC')

const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
/** As `z.json()`, whose recursion has no name in the API’s document. */
const Json: z.ZodType<Json> = z
  .lazy(() =>
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(Json), z.record(z.string(), Json)]),
  )
  .meta({ id: 'JsonValue' })

/** Free-form facts about a key, for its owner: at most 50 fields and 4,096 bytes as JSON. */
export const Metadata = z
  .record(z.string().min(1).max(64), Json)
  .refine((value) => Object.keys(value).length <= 50, 'must have at most 50 fields')
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= 4_096, 'must be at most 4096 bytes as JSON')

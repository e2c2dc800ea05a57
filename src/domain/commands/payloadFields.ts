import { z } from 'zod'
import { ROLES } from '../accounts/Member.ts'

/** Parts of what commands carry. Never a secret: digests and hints only. */
export const secretFields = z.object({ digest: z.string(), hint: z.string() })

export const optionalDate = z.iso.datetime().nullable()

const count = z.int().min(0).nullable()

export const Roles = z.enum(ROLES)

/** All limits of a plan; null: unlimited. */
export const WholeLimits = z.strictObject({
  liveKeys: count,
  testKeys: count,
  requestsPerMinute: count,
  requestsPerDay: count,
  rendersPerMonth: count,
  rendersHard: z.boolean(),
})

export const CustomLimits = WholeLimits.partial()

/** What a plan is called in the API. */
export const PlanName = z
  .string()
  .max(32)
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens, such as "pro"')

/** Plans are listed by it, lowest first. */
export const PlanOrder = z.int().min(-1_000_000).max(1_000_000)

export const NewMember = z.object({
  memberId: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role: Roles,
  passwordHash: z.string(),
})

/**
 * How an invitation goes out. `targetHash`: the keyed hash of the address, for its budget; `otherHashes`: those under
 * the secrets keys that are not the current one.
 */
export const InvitationLink = z.object({
  targetHash: z.string(),
  otherHashes: z.array(z.string()).optional(),
  emailed: z.boolean(),
  digest: z.string().nullable().optional(),
})

/** The token of a confirmation link: as it is looked for, and sealed for the email. */
export const ChannelLink = z.object({ digest: z.string(), sealed: z.string() })

import { z } from 'zod'
import { PLANS } from '../accounts/plans.ts'
import { StoredRule } from '../alerts/ruleFields.ts'
import { ANY_FORM, Form } from '../imports/forms.ts'
import { FileFaults, ImportRecord } from '../imports/outcome.ts'
import type { CommandKind } from '../jobs.ts'
import { Access, KeyTypes } from '../keys/keyFields.ts'
import { CHANNEL_TYPES } from '../notifications/Channel.ts'

/** What each command's row carries. Never a secret: digests and hints only. */
const secret = z.object({ digest: z.string(), hint: z.string() })
const date = z.iso.datetime().nullable()
const count = z.int().min(0).nullable()

export const Roles = z.enum(['admin', 'editor', 'viewer'])

export const CustomLimits = z
  .strictObject({
    liveKeys: count,
    testKeys: count,
    requestsPerMinute: count,
    requestsPerDay: count,
    rendersPerMonth: count,
    rendersHard: z.boolean(),
  })
  .partial()

const newMember = z.object({
  memberId: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role: Roles,
  passwordHash: z.string(),
})

/** How an invitation goes out. `targetHash`: the keyed hash of the address, for its budget. */
const InvitationLink = z.object({
  targetHash: z.string(),
  emailed: z.boolean(),
  digest: z.string().nullable().optional(),
})

/** The token of a confirmation link: as it is looked for, and sealed for the email. */
const ChannelLink = z.object({ digest: z.string(), sealed: z.string() })

export const payloads = {
  'create-api-key': secret.extend({
    keyId: z.string(),
    name: z.string(),
    type: KeyTypes,
    access: Access,
    permissions: z.array(z.string()),
    allowedIps: z.array(z.string()),
    expiresAt: date,
    metadata: z.record(z.string(), z.unknown()),
  }),
  'update-api-key': z.object({
    keyId: z.string(),
    ifMatch: z.string().optional(),
    changes: z.object({
      name: z.string().optional(),
      access: Access.optional(),
      permissions: z.array(z.string()).optional(),
      allowedIps: z.array(z.string()).optional(),
      expiresAt: date.optional(),
      metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  'revoke-api-key': z.object({ keyId: z.string(), reason: z.string().nullable() }),
  'rotate-api-key': secret.extend({ keyId: z.string(), newKeyId: z.string(), overlapSeconds: z.int() }),
  'import-api-keys': FileFaults.extend({ records: z.array(ImportRecord), form: Form.default(ANY_FORM) }),
  'allow-imports': z.object({ allowed: z.boolean() }),
  'move-imported-key': z.object({ digest: z.string(), newKeyId: z.string() }),
  'delete-api-key': z.object({ keyId: z.string(), ifMatch: z.string().optional() }),
  'create-account': z.object({
    accountId: z.string(),
    name: z.string(),
    plan: z.enum(PLANS),
    adminKey: secret.extend({ keyId: z.string() }),
    member: newMember.optional(),
  }),
  'change-plan': z.object({ plan: z.enum(PLANS).optional(), customLimits: CustomLimits.optional() }),
  'add-member': newMember,
  'invite-member': newMember.omit({ passwordHash: true }).extend({ link: InvitationLink }),
  'renew-invitation': z.object({ memberId: z.string(), link: InvitationLink }),
  'update-member': z.object({
    memberId: z.string(),
    name: z.string().nullable().optional(),
    role: Roles.optional(),
    passwordHash: z.string().optional(),
  }),
  'remove-member': z.object({ memberId: z.string() }),
  'create-service-token': secret.extend({ serviceTokenId: z.string(), name: z.string() }),
  'revoke-service-token': z.object({ serviceTokenId: z.string() }),
  'create-channel': z.object({
    channelId: z.string(),
    type: z.enum(CHANNEL_TYPES),
    name: z.string(),
    sealedTarget: z.string(),
    sealedSecret: z.string().nullable(),
    link: ChannelLink.nullable(),
  }),
  'update-channel': z.object({
    channelId: z.string(),
    name: z.string().nullable(),
    move: z.object({ sealedTarget: z.string(), link: ChannelLink.nullable() }).nullable(),
  }),
  'delete-channel': z.object({ channelId: z.string() }),
  'test-channel': z.object({ channelId: z.string(), link: ChannelLink.nullable() }),
  'rotate-channel-secret': z.object({ channelId: z.string(), sealedSecret: z.string() }),
  'confirm-channel': z.object({ channelId: z.string(), digest: z.string() }),
  'create-alert': StoredRule.extend({ alertId: z.string() }),
  'update-alert': z.object({ alertId: z.string(), changes: StoredRule.omit({ metric: true }).partial() }),
  'delete-alert': z.object({ alertId: z.string() }),
  'mute-alert': z.object({ alertId: z.string(), until: date }),
  'test-alert': z.object({ alertId: z.string(), baseUrl: z.string().nullable() }),
  'redeliver-notification': z.object({ notificationId: z.string() }),
} as const satisfies Record<CommandKind, z.ZodType>

export type CommandPayload<Kind extends CommandKind> = z.infer<(typeof payloads)[Kind]>

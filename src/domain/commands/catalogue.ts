import { z } from 'zod'
import { SERVICE_TOKEN_PERMISSION_NAMES } from '../accounts/ServiceToken.ts'
import { StoredRule } from '../alerts/ruleFields.ts'
import { ACCOUNT_PATTERNS, OPERATOR_PATTERNS } from '../events/eventPatterns.ts'
import { Form } from '../imports/Form.ts'
import { ANY_FORM } from '../imports/forms.ts'
import { FileFaults, ImportRecord } from '../imports/outcome.ts'
import { Access, KeyTypes } from '../keys/keyFields.ts'
import { CHANNEL_TYPES } from '../notifications/Channel.ts'
import { OPERATOR_PERMISSION_NAMES } from '../operators/OperatorToken.ts'
import {
  ChannelLink,
  CustomLimits,
  InvitationLink,
  NewMember,
  optionalDate,
  PlanName,
  PlanOrder,
  Roles,
  secretFields,
  WholeLimits,
} from './payloadFields.ts'

/**
 * Every command, declared once: its job (src/domain/jobs.ts), its payload and its kinds come from here. A command
 * without a handler does not compile (src/workers/handlers.ts).
 */
type CommandDefinition = {
  summary: string
  queue: 'commands' | 'revocations' | 'imports'
  /** Whether it changes one account. The others change the service, and their rows name no account. */
  ofAccount: boolean
  /** What its row carries, until it is applied or has failed. */
  payload: z.ZodType
}

const command = <Payload extends z.ZodType>(summary: string, payload: Payload) =>
  ({ queue: 'commands', ofAccount: true, summary, payload }) as const satisfies CommandDefinition

/** A command that changes the service, and no account. */
const ofService = <Payload extends z.ZodType>(summary: string, payload: Payload) =>
  ({ ...command(summary, payload), ofAccount: false }) as const satisfies CommandDefinition

/** A command that ends something: it never waits behind what other commands make. */
const ending = <Payload extends z.ZodType>(summary: string, payload: Payload) =>
  ({ ...command(summary, payload), queue: 'revocations' }) as const satisfies CommandDefinition

/** Imports are long: on a queue of their own they take no places of other commands. */
const importing = <Payload extends z.ZodType>(summary: string, payload: Payload) =>
  ({ ...command(summary, payload), queue: 'imports' }) as const satisfies CommandDefinition

export const commands = {
  'create-api-key': command(
    'Creates a key within the plan',
    secretFields.extend({
      keyId: z.string(),
      name: z.string(),
      type: KeyTypes,
      access: Access,
      permissions: z.array(z.string()),
      allowedIps: z.array(z.string()),
      expiresAt: optionalDate,
      metadata: z.record(z.string(), z.unknown()),
    }),
  ),
  'update-api-key': command(
    'Renames or edits a key',
    z.object({
      keyId: z.string(),
      ifMatch: z.string().optional(),
      changes: z.object({
        name: z.string().optional(),
        access: Access.optional(),
        permissions: z.array(z.string()).optional(),
        allowedIps: z.array(z.string()).optional(),
        expiresAt: optionalDate.optional(),
        metadata: z.record(z.string(), z.unknown()).optional(),
      }),
    }),
  ),
  'revoke-api-key': ending(
    'Revokes a key; done when every region has confirmed',
    z.object({ keyId: z.string(), reason: z.string().nullable() }),
  ),
  'rotate-api-key': command(
    'Creates the successor of a key',
    secretFields.extend({ keyId: z.string(), newKeyId: z.string(), overlapSeconds: z.int() }),
  ),
  'delete-api-key': command(
    'Deletes a revoked key',
    z.object({ keyId: z.string(), ifMatch: z.string().optional() }),
  ),
  'import-api-keys': importing(
    'Imports keys by their hashes, as far as the plan has room',
    FileFaults.extend({ records: z.array(ImportRecord), form: Form.default(ANY_FORM) }),
  ),
  'allow-imports': command(
    'Allows or forbids the admins of an account to import keys',
    z.object({ allowed: z.boolean() }),
  ),
  'move-imported-key': command(
    'Moves an imported key to the account that it belongs to',
    z.object({ digest: z.string(), newKeyId: z.string() }),
  ),
  'create-account': ofService(
    'Creates an account, by default with its first admin key',
    z.object({
      accountId: z.string(),
      externalId: z.string().nullable().default(null),
      name: z.string(),
      plan: PlanName,
      customLimits: CustomLimits.default({}),
      metadata: z.record(z.string(), z.unknown()).default({}),
      adminKey: secretFields.extend({ keyId: z.string() }).optional(),
      member: NewMember.optional(),
    }),
  ),
  'update-account': command(
    'Changes an account’s name, plan, limits, metadata or external ID',
    z.object({
      name: z.string().optional(),
      plan: PlanName.optional(),
      customLimits: CustomLimits.optional(),
      externalId: z.string().nullable().optional(),
      metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  'suspend-account': ending(
    'Suspends an account; done when every region refuses its keys',
    z.object({ reason: z.string().nullable() }),
  ),
  'resume-account': command('Ends the suspension of an account', z.object({})),
  'erase-account': ending(
    'Erases an account; done when every region refuses its keys and all that it had is deleted',
    z.object({}),
  ),
  'change-plan': command(
    'Changes an account’s plan or its own limits',
    z.object({ plan: PlanName.optional(), customLimits: CustomLimits.optional() }),
  ),
  'set-plan': ofService(
    'Creates a plan, or edits it and brings its limits to every account of it',
    z.object({
      name: PlanName,
      label: z.string().optional(),
      order: PlanOrder.optional(),
      limits: WholeLimits,
      ifMatch: z.string().optional(),
    }),
  ),
  'apply-plan': ofService('Brings the limits of a changed plan to a page of its accounts', z.object({})),
  'add-member': command('Adds a member to an account', NewMember),
  'invite-member': command(
    'Invites a member by a link',
    NewMember.omit({ passwordHash: true }).extend({ link: InvitationLink }),
  ),
  'renew-invitation': command(
    'Invites a member again, with a new link',
    z.object({ memberId: z.string(), link: InvitationLink }),
  ),
  'update-member': command(
    'Changes a member’s role, name or password',
    z.object({
      memberId: z.string(),
      name: z.string().nullable().optional(),
      role: Roles.optional(),
      passwordHash: z.string().optional(),
    }),
  ),
  'remove-member': ending('Removes a member and their sessions', z.object({ memberId: z.string() })),
  'create-service-token': ofService(
    'Creates a token for a resource server',
    secretFields.extend({
      serviceTokenId: z.string(),
      name: z.string(),
      permissions: z.array(z.enum(SERVICE_TOKEN_PERMISSION_NAMES)).nullable().default(null),
      accountIds: z.array(z.string()).nullable().default(null),
    }),
  ),
  'revoke-service-token': {
    ...ending(
      'Revokes a resource server’s token; done when every region has confirmed',
      z.object({ serviceTokenId: z.string() }),
    ),
    ofAccount: false,
  },
  'create-operator-token': ofService(
    'Creates a token for a machine of the company',
    secretFields.extend({
      operatorTokenId: z.string(),
      name: z.string(),
      permissions: z.array(z.enum(OPERATOR_PERMISSION_NAMES)),
      allowedIps: z.array(z.string()),
      expiresAt: optionalDate,
    }),
  ),
  'revoke-operator-token': {
    ...ending('Revokes an operator token', z.object({ operatorTokenId: z.string() })),
    ofAccount: false,
  },
  'create-webhook': ofService(
    'Creates a webhook of the operators and sends it a test message',
    z.object({
      webhookId: z.string(),
      name: z.string(),
      events: z.array(z.enum(OPERATOR_PATTERNS)),
      sealedTarget: z.string(),
      sealedSecret: z.string(),
    }),
  ),
  'update-webhook': ofService(
    'Changes the name, the events or the URL of a webhook of the operators',
    z.object({
      webhookId: z.string(),
      name: z.string().nullable(),
      events: z.array(z.enum(OPERATOR_PATTERNS)).nullable(),
      sealedTarget: z.string().nullable(),
    }),
  ),
  'delete-webhook': ofService('Deletes a webhook of the operators', z.object({ webhookId: z.string() })),
  'test-webhook': ofService(
    'Sends a test message to a webhook of the operators',
    z.object({ webhookId: z.string() }),
  ),
  'rotate-webhook-secret': ofService(
    'Gives a webhook of the operators another signing secret beside the previous one',
    z.object({ webhookId: z.string(), sealedSecret: z.string() }),
  ),
  'redeliver-event': ofService(
    'Sends an event to a webhook of the operators again, under the same ID',
    z.object({ webhookId: z.string(), notificationId: z.string() }),
  ),
  'create-channel': command(
    'Creates a channel and sends it a test message or its confirmation link',
    z.object({
      channelId: z.string(),
      type: z.enum(CHANNEL_TYPES),
      name: z.string(),
      sealedTarget: z.string(),
      sealedSecret: z.string().nullable(),
      link: ChannelLink.nullable(),
      events: z.array(z.enum(ACCOUNT_PATTERNS)).default([]),
    }),
  ),
  'update-channel': command(
    'Renames a channel, changes its events, or changes its address and verifies it again',
    z.object({
      channelId: z.string(),
      name: z.string().nullable(),
      move: z.object({ sealedTarget: z.string(), link: ChannelLink.nullable() }).nullable(),
      events: z.array(z.enum(ACCOUNT_PATTERNS)).optional(),
    }),
  ),
  'delete-channel': command(
    'Deletes a channel and takes it out of the rules',
    z.object({ channelId: z.string() }),
  ),
  'test-channel': command(
    'Sends a test message to a channel, or its confirmation link again',
    z.object({ channelId: z.string(), link: ChannelLink.nullable() }),
  ),
  'rotate-channel-secret': command(
    'Gives a webhook another signing secret beside the previous one',
    z.object({ channelId: z.string(), sealedSecret: z.string() }),
  ),
  'confirm-channel': command(
    'Confirms an email channel by its link',
    z.object({ channelId: z.string(), digest: z.string() }),
  ),
  'redeliver-notification': command(
    'Sends a notification again, under the same ID',
    z.object({ notificationId: z.string() }),
  ),
  'create-alert': command('Creates an alert rule', StoredRule.extend({ alertId: z.string() })),
  'update-alert': command(
    'Edits an alert rule',
    z.object({ alertId: z.string(), changes: StoredRule.omit({ metric: true }).partial() }),
  ),
  'delete-alert': command('Deletes an alert rule', z.object({ alertId: z.string() })),
  'mute-alert': command(
    'Mutes or unmutes an alert rule',
    z.object({ alertId: z.string(), until: optionalDate }),
  ),
  'test-alert': command(
    'Sends a sample to each channel of an alert rule',
    z.object({ alertId: z.string(), baseUrl: z.string().nullable() }),
  ),
} as const satisfies Record<string, CommandDefinition>

export type CommandKind = keyof typeof commands
export type CommandPayload<Kind extends CommandKind> = z.infer<(typeof commands)[Kind]['payload']>

/** The ID of the account that a command changes; null for a command of the service. */
export type AccountIdOf<Kind extends CommandKind> = Kind extends CommandKind
  ? (typeof commands)[Kind]['ofAccount'] extends true
    ? string
    : null
  : never

export const isEnding = (kind: CommandKind): boolean => commands[kind].queue === 'revocations'

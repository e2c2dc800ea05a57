import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

export const CHANNEL_TYPES = ['email', 'slack', 'webhook'] as const
export type ChannelType = (typeof CHANNEL_TYPES)[number]

/** What a webhook's signing secret starts with, as Standard Webhooks defines it. */
export const SIGNING_SECRET_PREFIX = 'whsec_'

/** A signing secret of a webhook, sealed. `validUntil`: the end of the previous one; null: the current one. */
export type SealedSecret = { sealed: string; validUntil: string | null }

/**
 * Where alerts and lifecycle events go: an address or URL of an account, verified before it gets any. A webhook of no
 * account is the operators'.
 */
export const ChannelSchema = defineEntity({
  name: 'Channel',
  tableName: 'channel',
  properties: {
    id: p.text().primary(),
    accountId: p.text().nullable(),
    type: p.text().$type<ChannelType>(),
    name: p.text(),
    /** An address or URL. */
    sealedTarget: p.text().hidden(),
    /** JSON of `SealedSecret[]`, newest first. */
    sealedSecrets: p.text().nullable().hidden(),
    verificationDigest: p.text().nullable().hidden(),
    verificationEndsAt: p.datetime().nullable(),
    verifiedAt: p.datetime().nullable(),
    /** The first failure since it last worked. */
    failingSince: p.datetime().nullable(),
    disabledAt: p.datetime().nullable(),
    disabledReason: p.text().nullable(),
    /** The lifecycle events that it gets (`eventPatterns.ts`); null: none. */
    events: p.json().$type<string[]>().nullable(),
    /** Events up to this position of the record have their notifications. */
    eventPosition: p.bigint('string').nullable(),
    createdAt: p.datetime(),
  },
})

export type Channel = InferEntity<typeof ChannelSchema>

/** Whether a webhook is the operators' own, and no account's. */
export const isOperators = ({ accountId }: Pick<Channel, 'accountId'>): boolean => !accountId

/**
 * What a channel's sealed values are bound to: a value moved to another row or column does not open. Nor does one of
 * the operators' in a worker of a release that knows no webhooks of theirs, and would send another body.
 */
export const sealContext = (channelId: string, what: 'target' | 'secret' | 'link') =>
  `${channelId.startsWith('hook_') ? 'webhook' : 'channel'} ${channelId} ${what}`

import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

export const CHANNEL_TYPES = ['email', 'slack', 'webhook'] as const
export type ChannelType = (typeof CHANNEL_TYPES)[number]

/** A signing secret of a webhook, sealed. `validUntil`: the end of the previous one; null: the current one. */
export type SealedSecret = { sealed: string; validUntil: string | null }

/** Where alerts go: an address or URL of an account, verified before it gets any. */
export const ChannelSchema = defineEntity({
  name: 'Channel',
  tableName: 'channel',
  properties: {
    id: p.text().primary(),
    accountId: p.text(),
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
    createdAt: p.datetime(),
  },
})

export type Channel = InferEntity<typeof ChannelSchema>

/** What a channel's sealed values are bound to: a value moved to another row or column does not open. */
export const sealContext = (channelId: string, what: 'target' | 'secret' | 'link') =>
  `channel ${channelId} ${what}`

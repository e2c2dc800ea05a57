type Limits = { perChannel: number; perOwner: number }

/** A receiver that hangs holds up its own channel, an account that has many of those itself. */
const OF_ACCOUNT: Limits = { perChannel: 4, perOwner: 12 }
/** All webhooks of the operators together leave most places to accounts. */
const OF_OPERATORS: Limits = { perChannel: 8, perOwner: 16 }

/** Attempts at once to one channel, and to all channels of its owner; null: the operators. */
export const atOnce = (accountId: string | null): Limits => (accountId === null ? OF_OPERATORS : OF_ACCOUNT)

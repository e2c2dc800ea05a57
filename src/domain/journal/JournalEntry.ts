/**
 * What can end, or end later, or go on after all. Each is of a key, an account or a service token, but for
 * `regions-divided`: what the regions were before has ended, and the subject is how many shards each has since.
 */
export type JournalKind =
  | 'key-revoked'
  | 'key-deleted'
  | 'key-expires'
  | 'account-suspended'
  | 'account-resumed'
  | 'account-erased'
  | 'service-token-revoked'
  | 'regions-divided'

/**
 * What a change ended. `subject`: the ID of a key, an account or a service token, or a number. `until`: of
 * `key-expires`, the key's expiry from now on; null: it has none.
 */
export type Ended = { kind: JournalKind; subject: string; until?: Date | null }

/**
 * An entry of the journal: what ended, with its place in the order of the commits. The ID is random: two databases that
 * went on from one backup give the same sequence to different entries.
 */
export type JournalEntry = {
  sequence: number
  id: string
  kind: JournalKind
  subject: string
  /** Of `key-expires`, in ISO 8601, or null where the key expires no more; of others null. */
  until: string | null
  /** Unix ms. */
  at: number
}

/** Names the last entry that a region has. A Postgres without it is older than the region. */
export type JournalHead = Pick<JournalEntry, 'sequence' | 'id'>

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'

/** Whose channels to look at: those that events of these accounts concern, or one channel; by default all. */
type Which = { accountIds?: string[]; channelId?: string }

/**
 * Channels that subscribe to lifecycle events, and whose position is before the latest one that may concern them. Of an
 * account that is the latest event of the account.
 */
export async function listBehind(
  em: SqlEntityManager,
  { accountIds, channelId }: Which = {},
): Promise<{ id: string; accountId: string | null }[]> {
  const of = accountIds === undefined ? null : pgArray(accountIds)
  return em.execute(
    `select id, account_id as "accountId" from channel where events is not null and disabled_at is null and (?::text is null or id = ?)
       and ((account_id is null and event_position < (select position from lifecycle_event_head))
         or (account_id is not null and verified_at is not null and (?::text[] is null or account_id = any(?::text[]))
           and event_position < (select position from lifecycle_event_account a where a.account_id = channel.account_id)))`,
    [channelId ?? null, channelId ?? null, of, of],
  )
}

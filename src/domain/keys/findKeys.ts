import type { SqlEntityManager } from '@mikro-orm/postgresql'

export type FoundKey = {
  id: string
  name: string
  type: string
  status: string
  hint: string
  account: string
  accountName: string
}

/** What can be an ID of a key or the last four characters of one. */
const SEARCHABLE = /^(key_\w{1,64}|[0-9A-Za-z]{4})$/

/**
 * Keys of any account by their ID or their last four characters, newest first, deleted ones included. For operators
 * alone: every other caller reads the keys of one account.
 */
export async function findKeys(em: SqlEntityManager, q: string, limit: number): Promise<FoundKey[]> {
  if (!SEARCHABLE.test(q)) return []
  return em.execute<FoundKey[]>(
    `select k.id, k.name, k.type, k.status, k.hint, k.account_id as account, a.name as "accountName"
     from api_key k join account a on a.id = k.account_id
     where ${q.startsWith('key_') ? 'k.id' : 'k.hint'} = ? order by k.created_at desc, k.id desc limit ?`,
    [q, limit],
  )
}

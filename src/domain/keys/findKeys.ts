import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { HINT } from './keyFields.ts'

export type FoundKey = {
  id: string
  name: string
  type: string
  status: string
  hint: string
  account: string
  accountName: string
}

const ID = /^key_\w{1,64}$/

/**
 * Keys of any account by their ID or their last four characters, newest first, deleted ones included. For operators
 * alone: every other caller reads the keys of one account.
 */
export async function findKeys(em: SqlEntityManager, q: string, limit: number): Promise<FoundKey[]> {
  if (!ID.test(q) && !HINT.test(q)) return []
  return em.execute<FoundKey[]>(
    `select k.id, k.name, k.type, k.status, k.hint, k.account_id as account, a.name as "accountName"
     from api_key k join account a on a.id = k.account_id
     where ${ID.test(q) ? 'k.id' : 'k.hint'} = ? order by k.created_at desc, k.id desc limit ?`,
    [q, limit],
  )
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import type { Account } from './Account.ts'

export const ACCOUNT_STATUSES = ['active', 'suspended', 'erasing'] as const
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number]

export function statusOf({
  suspendedAt,
  erasingAt,
}: Pick<Account, 'suspendedAt' | 'erasingAt'>): AccountStatus {
  if (erasingAt) return 'erasing'
  return suspendedAt ? 'suspended' : 'active'
}

/** Any number that nobody else takes, beside the account: who changes a status takes it alone, others shared. */
const STATUS = 7_190_002

export type Suspension = { since: string; reason: string | null }

/** Since when an account is suspended, and why; null: it is active. */
export async function readSuspension(em: SqlEntityManager, accountId: string): Promise<Suspension | null> {
  const [row] = await em.execute<{ since: string | null; reason: string | null }[]>(
    'select coalesce(suspended_at, erasing_at) as since, suspended_reason as reason from account where id = ?',
    [accountId],
  )
  return row?.since ? { since: new Date(row.since).toISOString(), reason: row.reason } : null
}

/** Throws Failure `account-suspended` unless the account is active. */
export async function requireActive(em: SqlEntityManager, accountId: string): Promise<void> {
  const suspension = await readSuspension(em, accountId)
  if (!suspension) return
  throw new Failure('account-suspended', {
    detail: 'This account is suspended. It can be read, but not changed.',
    suspendedAt: suspension.since,
    suspendedReason: suspension.reason,
  })
}

/**
 * The same, and keeps the status until the transaction ends. Call it last: a suspension then waits for nothing but this
 * commit, and once it has answered, no change is committed that it refuses. This does not lock the account's row:
 * whoever needs that lock takes it first.
 */
export async function requireStillActive(em: SqlEntityManager, accountId: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock_shared(?, hashtext(?))', [STATUS, accountId])
  await requireActive(em, accountId)
}

/** Waits for changes that are being committed. Lock the account first. */
export async function lockStatus(em: SqlEntityManager, accountId: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?, hashtext(?))', [STATUS, accountId])
}

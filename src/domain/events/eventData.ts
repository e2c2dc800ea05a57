import type { Account } from '../accounts/Account.ts'
import { statusOf } from '../accounts/accountStatus.ts'
import type { Member } from '../accounts/Member.ts'
import type { ApiKey } from '../keys/ApiKey.ts'
import { presentKey } from '../keys/presentKey.ts'

/** A key in the data of an event: the key resource as of then, without its last use. */
export function keyFacts(key: ApiKey, now: Date): Record<string, unknown> {
  const { lastUsedAt: _, ...facts } = presentKey(key, null, now)
  return facts
}

/** An account in the data of an event. */
export const accountFacts = (account: Account): Record<string, unknown> => ({
  id: account.id,
  externalId: account.externalId ?? null,
  name: account.name,
  status: statusOf(account),
  suspendedAt: account.suspendedAt?.toISOString() ?? null,
  suspendedReason: account.suspendedReason ?? null,
  plan: account.plan,
  customLimits: account.customLimits,
  metadata: account.metadata,
  createdAt: account.createdAt.toISOString(),
})

/** A member in the data of an event: no name and no address, because the record outlives the member. */
export const memberFacts = ({ id, role, status }: Pick<Member, 'id' | 'role' | 'status'>) => ({
  id,
  role,
  status,
})

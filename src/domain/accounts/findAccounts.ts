import type { FilterQuery } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { likePattern } from '../sql.ts'
import { type Account, AccountSchema } from './Account.ts'
import type { AccountStatus } from './accountStatus.ts'

export type AccountFilter = {
  externalId?: string | undefined
  plan?: string | undefined
  status?: AccountStatus | undefined
  /** A part of the name, or an ID. */
  q?: string | undefined
  /** Those created before this one, by `cursorOf`. */
  before?: { createdAt: Date; id: string } | undefined
  limit: number
}

const BY_STATUS = {
  active: { suspendedAt: null, erasingAt: null },
  suspended: { suspendedAt: { $ne: null }, erasingAt: null },
  erasing: { erasingAt: { $ne: null } },
} satisfies Record<AccountStatus, FilterQuery<Account>>

/** Accounts, newest first; accounts of the same instant by their ID. */
export function findAccounts(em: SqlEntityManager, filter: AccountFilter): Promise<Account[]> {
  const { externalId, plan, status, q, before, limit } = filter
  const earlier = before && [
    { createdAt: { $lt: before.createdAt } },
    { createdAt: before.createdAt, id: { $lt: before.id } },
  ]
  return em.find(
    AccountSchema,
    {
      ...(externalId === undefined ? {} : { externalId }),
      ...(plan === undefined ? {} : { plan }),
      ...(status === undefined ? {} : BY_STATUS[status]),
      $and: [
        earlier ? { $or: earlier } : {},
        q === undefined ? {} : { $or: [{ id: q }, { name: { $ilike: likePattern(q) } }] },
      ],
    },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit },
  )
}

/** Where a page ended, as text that callers hand back. */
export const cursorOf = ({ createdAt, id }: Pick<Account, 'createdAt' | 'id'>): string =>
  `${createdAt.getTime()}-${id}`

/** The reverse; undefined for what is no cursor. */
export function readCursor(text: string): { createdAt: Date; id: string } | undefined {
  const [, ms, id] = /^(\d{1,15})-(\w{1,64})$/.exec(text) ?? []
  return ms === undefined || id === undefined ? undefined : { createdAt: new Date(Number(ms)), id }
}

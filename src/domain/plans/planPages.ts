import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { AccountSchema } from '../accounts/Account.ts'
import type { Actor } from '../commands/Command.ts'
import { accountFacts } from '../events/eventData.ts'
import { recordEvent } from '../events/recordEvent.ts'
import { pgArray } from '../sql.ts'
import type { Plan, PlanChange } from './Plan.ts'

/** Accounts of one page: as many as a script brings to a region without keeping verifications waiting. */
const ACCOUNTS_AT_ONCE = 200

/** The next accounts of a plan in the order of their IDs. */
export async function readPage(em: SqlEntityManager, plan: string, after: string): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(
    `select id from account where plan = ? and id > ? order by id limit ${ACCOUNTS_AT_ONCE}`,
    [plan, after],
  )
  return rows.map(({ id }) => id)
}

/**
 * Raises the versions of those of these accounts that are still on the plan and not being erased, and writes their
 * audit entries and lifecycle events. Whoever counts an account's keys holds its row: what began by the old limits is
 * over once this has the row, and what begins later reads the new ones. Returns their IDs.
 */
export async function raiseVersions(
  em: SqlEntityManager,
  { plan, ids, actor, now }: { plan: Plan; ids: string[]; actor: Actor; now: Date },
): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(
    `with held as (
       select id from account where id = any(?::text[]) and plan = ? and erasing_at is null order by id for no key update
     ), raised as (
       update account set version = version + 1 from held where account.id = held.id
       returning account.id, account.custom_limits
     ), entries as (
       insert into audit_entry (account_id, at, action, target_id, actor, details)
       select id, ?, 'account.plan-changed', id, ?::jsonb,
         jsonb_build_object('from', ?::text, 'to', ?::text, 'customLimits', custom_limits)
       from raised order by id
     )
     select id from raised order by id`,
    [pgArray(ids), plan.name, now, JSON.stringify(actor), plan.name, plan.name],
  )
  const raised = rows.map(({ id }) => id)
  const accounts = await em.find(AccountSchema, { id: { $in: raised } }, { orderBy: { id: 'asc' } })
  for (const account of accounts) {
    const data = { account: accountFacts(account), fields: ['limits'] }
    const of = { accountId: account.id, actor }
    recordEvent(em, of, { type: 'account.updated', subject: account.id, at: now, data })
  }
  return raised
}

/** Where a change begins. */
export const firstPage = (commandId: string, total: number): PlanChange => ({
  commandId,
  pageId: null,
  cursor: '',
  done: 0,
  total,
  taken: null,
})

/** Whether the page that was taken last ends the change. */
export const isLastPage = ({ taken }: PlanChange): boolean => taken !== null && taken < ACCOUNTS_AT_ONCE

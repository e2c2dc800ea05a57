import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { invalid } from '../failure.ts'
import { FORMS_REMEMBERED_MS } from '../keys/keyFormat.ts'
import type { Form } from './Form.ts'
import { MAX_FORMS } from './forms.ts'

/** A verifier may remember for a little longer that a form is unknown: it counts from when it asked. */
const SLACK = 1.2
const KNOWN_AFTER_MS = FORMS_REMEMBERED_MS * SLACK

/** The forms of all accounts that have imported keys. */
export function listForms(em: SqlEntityManager): Promise<Form[]> {
  return em.execute<Form[]>('select distinct prefix, length from imported_form')
}

/**
 * Makes a form of an account known to every verifier. Not in a transaction: verifiers must see the row before it counts
 * as announced. Beyond the account's number of forms it does nothing.
 */
export async function announceForm(em: SqlEntityManager, accountId: string, form: Form): Promise<void> {
  const key = [accountId, form.prefix, form.length]
  await em.execute(
    `insert into imported_form (account_id, prefix, length)
     select ?, ?, ?::int where (select count(*) from imported_form where account_id = ?) < ?
       or exists (select from imported_form where account_id = ? and prefix = ? and length = ?)
     on conflict (account_id, prefix, length) do update set used_at = now()`,
    [...key, accountId, MAX_FORMS, ...key],
  )
  await em.execute(
    `update imported_form set announced_at = clock_timestamp()
     where account_id = ? and prefix = ? and length = ? and announced_at is null`,
    key,
  )
}

/** Throws Failure `validation-error` where the account has all the forms that it may have, and this is another one. */
export async function requireFormPlace(em: SqlEntityManager, accountId: string, form: Form): Promise<void> {
  const forms = await em.execute<Form[]>('select prefix, length from imported_form where account_id = ?', [
    accountId,
  ])
  const isThere = forms.some(({ prefix, length }) => prefix === form.prefix && length === form.length)
  if (isThere || forms.length < MAX_FORMS) return
  const message = `an account may import keys with ${MAX_FORMS} different prefixes and lengths; this would be one more`
  throw invalid('prefix', 'out_of_range', message)
}

/**
 * How many ms it takes until every verifier looks for values of a form; 0 where they do, undefined where it was not
 * announced for this account. A form of another account that covers it counts, too.
 */
export async function msUntilKnown(
  em: SqlEntityManager,
  accountId: string,
  { prefix, length }: Form,
): Promise<number | undefined> {
  const rows = await em.execute<{ own: boolean | null; ago: string | null }[]>(
    `select bool_or(account_id = ? and prefix = ? and length = ?) as own,
       max(extract(epoch from clock_timestamp() - announced_at) * 1000) as ago
     from imported_form
     where announced_at is not null and (prefix = '' and length in (0, ?) or prefix = ? and length in (0, ?))`,
    [accountId, prefix, length, length, prefix, length],
  )
  const row = rows[0]
  if (!row?.own) return undefined
  return Math.max(0, Math.ceil(KNOWN_AFTER_MS - Number(row.ago)))
}

/** What an account's keys look like, for another one that is to have one of them. */
export async function copyForms(em: SqlEntityManager, from: string, to: string): Promise<void> {
  await em.execute(
    `insert into imported_form (account_id, prefix, length, announced_at)
     select ?, prefix, length, announced_at from imported_form where account_id = ? on conflict do nothing`,
    [to, from],
  )
}

/** Forgets the forms of accounts whose imported keys are all deleted, and that have imported nothing since `before`. */
export async function forgetForms(em: SqlEntityManager, before: Date): Promise<void> {
  await em.execute(
    `delete from imported_form where used_at < ? and not exists (
       select from api_key where account_id = imported_form.account_id and imported_at is not null and status <> 'deleted')`,
    [before],
  )
}

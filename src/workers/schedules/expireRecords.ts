import { expireAudit } from '../../domain/audit/expireAudit.ts'
import { pseudonymiseRemoved } from '../../domain/audit/pseudonymise.ts'
import { forgetAnswers, forgetPayloads } from '../../domain/commands/forgetPayloads.ts'
import { deleteInBatches, type Expired } from '../../domain/deleteInBatches.ts'
import { expireEvents } from '../../domain/events/eventStore.ts'
import { forgetForms } from '../../domain/imports/formStore.ts'
import { forgetJournal } from '../../domain/journal/journalStore.ts'
import { CLAIMS_KEPT_MS, forgetClaims } from '../../domain/metering/claims.ts'
import { endLongLapsedEpochs } from '../../domain/regionEpochs.ts'
import { DAY_MS } from '../../domain/time.ts'
import { forgetEndpoints, UNUSED_DAYS } from '../../domain/usage/EndpointIds.ts'
import type { WorkerContext } from '../context.ts'

/** For how long changes are kept for a region that has lapsed; after that it begins a new epoch instead. */
export const OWED_DAYS = 7
const OUTCOME_DAYS = 90
/**
 * A command that is refused, or ends what has ended already, is a row, and only the caller's budget of calls bounds how
 * many there are. It must outlive its Idempotency-Key, which is repeated for a day.
 */
export const REFUSAL_DAYS = 2

/**
 * Deletes sealed answers after 24 h, failed and repeated commands after 2 days, lifecycle events and their pushes after
 * 30 days, ended sessions and session links, claims after 36 days, the journal of what ended after 40, other finished
 * commands and notifications after 90, and after 400 incidents that ended, days of quotas and accepted usage. Safe to
 * run twice, and to die in: each step continues where it ended. A step that fails does not stop the others.
 */
export async function expireRecords(context: WorkerContext): Promise<void> {
  const { auditDays, erasedUsageDays, orm } = context
  const em = orm.em.fork()
  const before = (days: number) => new Date(context.now().getTime() - days * DAY_MS)
  const steps: (() => Promise<unknown>)[] = [
    () => forgetAnswers(em, before(1)),
    () => forgetForms(em, before(1)),
    () => forgetPayloads(em),
    () => pseudonymiseRemoved(em),
    async () => auditDays > 0 && (await expireAudit(em, before(auditDays))),
    async () => erasedUsageDays > 0 && (await deleteInBatches(em, erasedUsage(before(erasedUsageDays)))),
    () => expireEvents(em, before(30)),
    () => forgetJournal(em, before(40)),
    () => endLongLapsed(context),
    ...expired(before).map((rows) => () => deleteInBatches(em, rows)),
    () => forgetEndpoints(em, before(400 + UNUSED_DAYS)),
    () => forgetClaims(em, new Date(context.now().getTime() - CLAIMS_KEPT_MS)),
  ]
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error) => failures.push(error))
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} kinds of records could not be expired`)
}

const erasedUsage = (before: Date): Expired => ({
  ...{ table: 'erased_usage', key: 'account_id, day', by: 'account_id', type: 'text' },
  ...{ where: 'day < ?', values: [before] },
})

function expired(before: (days: number) => Date): Expired[] {
  return [
    {
      ...{ table: 'session', key: 'digest', by: 'expires_at', type: 'timestamptz' },
      ...{ where: 'expires_at < ?', values: [before(0)] },
    },
    {
      ...{ table: 'guest_session', key: 'id', by: 'expires_at', type: 'timestamptz' },
      ...{ where: 'expires_at < ?', values: [before(0)] },
    },
    {
      ...{ table: 'session_link', key: 'digest', by: 'expires_at', type: 'timestamptz' },
      ...{ where: 'expires_at < ?', values: [before(0)] },
    },
    {
      // Whom a process of the release before has left.
      ...{ table: 'person', key: 'id', by: 'created_at', type: 'timestamptz' },
      ...{
        where: 'created_at < ? and not exists (select from member where person_id = person.id)',
        values: [before(1)],
      },
    },
    {
      ...{ table: 'invitation_email', key: 'id', by: 'at', type: 'timestamptz' },
      ...{ where: 'at < ?', values: [before(2)] },
    },
    {
      ...{ table: 'password_reset', key: 'id', by: 'ends_at', type: 'timestamptz' },
      ...{ where: 'ends_at < ? and counted_since < ?', values: [before(1), before(1)] },
    },
    {
      ...{ table: 'command', key: 'id', by: 'finished_at', type: 'timestamptz' },
      // What a region is still owed goes with the row of the command.
      where: `finished_at < ? and status = 'succeeded'
        and not exists (select from command_region where command_id = command.id and confirmed_at is null)`,
      values: [before(OUTCOME_DAYS)],
    },
    {
      ...{ table: 'command', key: 'id', by: 'finished_at', type: 'timestamptz' },
      // It was never applied, so no region is owed anything.
      ...{ where: `finished_at < ? and status = 'failed'`, values: [before(REFUSAL_DAYS)] },
    },
    {
      ...{ table: 'command', key: 'id', by: 'finished_at', type: 'timestamptz' },
      where: `finished_at < ? and status = 'succeeded' and propagate ->> 'repeats' is not null
        and not exists (select from command_region where command_id = command.id and confirmed_at is null)`,
      values: [before(REFUSAL_DAYS)],
    },
    {
      ...{ table: 'notification', key: 'id', by: 'finished_at', type: 'timestamptz' },
      // What pushed an event goes with it.
      where: `(finished_at < ? or (event_id is not null and finished_at < ?)) and status <> 'pending'`,
      values: [before(90), before(30)],
    },
    {
      ...{ table: 'incident', key: 'id', by: 'resolved_at', type: 'timestamptz' },
      ...{ where: 'resolved_at < ?', values: [before(400)] },
    },
    {
      ...{ table: 'quota_day', key: 'key_id, day, region', by: 'key_id', type: 'text' },
      ...{ where: 'day < ?', values: [before(400)] },
    },
    {
      ...{ table: 'quota_reached', key: 'subject, quota, period', by: 'subject', type: 'text' },
      ...{ where: 'at < ?', values: [before(400)] },
    },
    {
      ...{ table: 'usage_accepted', key: 'account_id, day', by: 'account_id', type: 'text' },
      ...{ where: 'day < ?', values: [before(400)] },
    },
  ]
}

async function endLongLapsed({ orm, lease, log }: WorkerContext): Promise<void> {
  const ended = await orm.em
    .fork()
    .transactional((em) => endLongLapsedEpochs(em, { afterDays: OWED_DAYS, marginMs: lease.marginMs }))
  if (ended.length > 0) log.warn({ regions: ended }, 'regions that lapsed long ago will begin a new epoch')
}

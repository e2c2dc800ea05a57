import { expireAudit } from '../../domain/audit/expireAudit.ts'
import { pseudonymiseRemoved } from '../../domain/audit/pseudonymise.ts'
import { forgetPayloads } from '../../domain/commands/forgetPayloads.ts'
import { forgetForms } from '../../domain/imports/formStore.ts'
import { endLongLapsedEpochs } from '../../domain/regionEpochs.ts'
import { CLAIMS_KEPT_MS, forgetClaims } from '../../domain/usage/claims.ts'
import { forgetEndpoints, UNUSED_DAYS } from '../../domain/usage/EndpointIds.ts'
import type { WorkerContext } from '../context.ts'

const DAY = 24 * 3600 * 1000

/** For how long changes are kept for a region that has lapsed; after that it begins a new epoch instead. */
const OWED_DAYS = 7

/**
 * Forgets sealed answers after 24 h, ended sessions, claims after 36 days, finished commands and notifications after 90,
 * and days of quotas and accepted usage after 400. Safe to run twice.
 */
export async function expireRecords(context: WorkerContext): Promise<void> {
  const em = context.orm.em.fork()
  const before = (days: number) => new Date(context.now().getTime() - days * DAY)
  await em.execute(
    `update command set idempotency_hash = null, sealed_secret = null
     where idempotency_hash is not null and created_at < ?`,
    [before(1)],
  )
  await forgetForms(em, before(1))
  await forgetPayloads(em)
  await pseudonymiseRemoved(em)
  if (context.auditDays > 0) await expireAudit(em, before(context.auditDays))
  await em.execute('delete from session where expires_at < ?', [before(0)])
  const { lease, log } = context
  const ended = await em.transactional((own) =>
    endLongLapsedEpochs(own, { afterDays: OWED_DAYS, marginMs: lease.marginMs }),
  )
  if (ended.length > 0) log.warn({ regions: ended }, 'regions that lapsed long ago will begin a new epoch')
  // What a region is still owed goes with the row of the command.
  await em.execute(
    `delete from command where finished_at < ? and status in ('succeeded', 'failed')
     and not exists (select from command_region where command_id = command.id and confirmed_at is null)`,
    [before(90)],
  )
  await em.execute(`delete from notification where finished_at < ? and status <> 'pending'`, [before(90)])
  await em.execute('delete from quota_day where day < ?', [before(400)])
  await em.execute('delete from usage_accepted where day < ?', [before(400)])
  await forgetEndpoints(em, before(400 + UNUSED_DAYS))
  await forgetClaims(em, new Date(context.now().getTime() - CLAIMS_KEPT_MS))
}

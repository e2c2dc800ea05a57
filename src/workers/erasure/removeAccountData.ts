import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type Command, CommandSchema } from '../../domain/commands/Command.ts'
import { eraseAccount, eraseKeys, eraseRows, readKeyPage, scrubKeys } from '../../domain/erasure/eraseRows.ts'
import { awaitCounting } from '../../domain/erasure/erasing.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import type { JobData } from '../../domain/jobs.ts'
import { isRegisteredEpoch } from '../../domain/regionEpochs.ts'
import { shardsToReach } from '../../domain/regions.ts'
import { regionOf } from '../../region/openRegions.ts'
import { purgeAccount, purgeKeys } from '../../region/purgeAccount.ts'
import { RegionUnavailable } from '../../region/RegionUnavailable.ts'
import { announceCommand, lockCommand } from '../commands/commandRow.ts'
import type { WorkerContext } from '../context.ts'
import { removeMeteringJobs } from './removeMeteringJobs.ts'

/**
 * Deletes whatever an account has, once every region refuses its keys. Safe to run twice, at once, and to die in at any
 * step: each statement commits by itself and deletes what is still there, the account's row goes last, and the command
 * is done after that. A region that is away is waited for: until it has forgotten the keys, their rows say that they
 * have ended.
 */
export async function removeAccountData(
  context: WorkerContext,
  { commandId, accountId }: JobData<'remove-account-data'>,
): Promise<void> {
  const { orm, now } = context
  const em = orm.em.fork()
  const command = await em.findOne(CommandSchema, { id: commandId, kind: 'erase-account', accountId })
  if (command?.status !== 'applied') return
  await orm.em.fork().transactional(awaitCounting)
  await scrubKeys(em, accountId)
  await removeMeteringJobs(context, accountId)
  await eraseRows(em, accountId, commandId)
  const names = await em.fork().transactional((own) => shardsToReach(own, context.shards))
  for (const name of names) await purgeRegion(context, name, accountId)
  await eraseKeys(em, accountId)
  const done = await orm.em.fork().transactional((last) => finish(last, commandId, accountId, now()))
  if (!done) return
  context.events.soon()
  await announceCommand(context, done)
}

/** The end of an account: its row goes, and its last event comes, in one transaction. Null: another run was earlier. */
async function finish(
  em: SqlEntityManager,
  commandId: string,
  accountId: string,
  now: Date,
): Promise<Command | null> {
  const command = await lockCommand(em, commandId)
  if (command?.status !== 'applied') return null
  await eraseAccount(em, accountId)
  Object.assign(command, { status: 'succeeded', finishedAt: now })
  const data = { account: { id: accountId } }
  recordEvent(em, command, { type: 'account.erased', subject: accountId, at: now, data })
  return command
}

/** Throws RegionUnavailable, also where it was done in an epoch that does not count. */
async function purgeRegion({ orm, regions }: WorkerContext, name: string, accountId: string): Promise<void> {
  const region = regionOf(regions, name)
  const em = orm.em.fork()
  const markers = new Set<string>()
  for (let after = ''; ; ) {
    const keys = await readKeyPage(em, accountId, after)
    markers.add(await purgeKeys(region, keys))
    const last = keys.at(-1)
    if (!last) break
    after = last.id
  }
  markers.add(await purgeAccount(region, accountId))
  const [marker = ''] = markers
  if (markers.size > 1 || !(await isRegisteredEpoch(em, name, marker)))
    throw new RegionUnavailable(`The region ${name} began a new epoch.`)
}

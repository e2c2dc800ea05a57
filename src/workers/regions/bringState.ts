import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { readServiceTokens } from '../../domain/accounts/serviceTokenStore.ts'
import type { Propagated } from '../../domain/commands/Command.ts'
import type { JournalEntry } from '../../domain/journal/JournalEntry.ts'
import { readJournalOf } from '../../domain/journal/journalStore.ts'
import { type LoadedState, readKeyStates } from '../../domain/keys/keyState.ts'
import { type Arrived, recordArrivals } from '../../domain/regions.ts'
import { tracing } from '../../platform/tracing.ts'
import { addToJournal } from '../../region/addToJournal.ts'
import { fill } from '../../region/fill.ts'
import type { Region } from '../../region/Region.ts'
import { RegionUnavailable } from '../../region/RegionUnavailable.ts'
import { fillTokens } from '../../region/regionTokens.ts'
import type { WorkerContext } from '../context.ts'

type Owed = Propagated & { commandId: string }

/** An import brings thousands: verifications need not wait for a script that writes them all. */
export const KEYS_AT_ONCE = 200

/**
 * Writes the current state of what a command changed into a region and records that it has it. Throws
 * RegionUnavailable.
 */
export async function bringState(
  context: Pick<WorkerContext, 'orm' | 'now'>,
  region: Region,
  owed: Owed,
): Promise<void> {
  const entries = await readJournalOf(context.orm.em.fork(), owed.commandId)
  const arrived = await writeStates(context, region, owed, entries)
  await context.orm.em.fork().transactional((em) => requireRecorded(em, owed.commandId, [arrived]))
}

/**
 * Writes the current state of keys, accounts and service tokens into a region, and what ended into its journal. Throws
 * RegionUnavailable, or TruthIsOld.
 */
export function writeStates(
  context: Pick<WorkerContext, 'orm' | 'now'>,
  region: Region,
  changed: Propagated,
  entries: JournalEntry[],
): Promise<Arrived> {
  const facts = { 'pictify.region': region.name }
  return tracing.traced('write region', facts, () => writeEach(context, region, changed, entries))
}

async function writeEach(
  { orm, now }: Pick<WorkerContext, 'orm' | 'now'>,
  region: Region,
  { keyIds, accountIds, serviceTokenIds = [] }: Propagated,
  entries: JournalEntry[],
): Promise<Arrived> {
  const em = orm.em.fork()
  const written: { states: LoadedState[]; marker: string }[] = []
  const own = accountIds.filter((id) => region.holds(id))
  if (own.length > 0)
    written.push(await fill(region, () => readKeyStates(em, 'account', own, now(), region.name)))
  for (let at = 0; at < keyIds.length; at += KEYS_AT_ONCE) {
    const some = keyIds.slice(at, at + KEYS_AT_ONCE)
    written.push(await fill(region, () => readKeyStates(em, 'id', some, now(), region.name)))
  }
  const { marker } = await fillTokens(region, () => readServiceTokens(em, 'id', serviceTokenIds))
  const isJournaled = await addToJournal(region, marker, entries)
  if (!isJournaled || written.some((other) => other.marker !== marker))
    throw new RegionUnavailable(`The region ${region.name} began a new epoch.`)
  const states = written.flatMap((one) => one.states)
  return { region: region.name, marker, versions: versionsOf(states), at: now() }
}

export const versionsOf = (states: LoadedState[]): Arrived['versions'] =>
  states.map(({ key }) => ({ keyId: key.keyId, version: key.version }))

/**
 * Records in a transaction what has arrived, and that a command has reached these regions. Throws RegionUnavailable
 * where one of them is not believed: see `recordArrivals`.
 */
export async function requireRecorded(
  em: SqlEntityManager,
  commandId: string,
  arrivals: Arrived[],
): Promise<void> {
  const recorded = await recordArrivals(em, commandId, arrivals)
  const lost = arrivals.filter(({ region }) => !recorded.includes(region)).map(({ region }) => region)
  if (lost.length > 0)
    throw new RegionUnavailable(`What was brought to ${lost.join(', ')} is in an epoch that does not count.`)
}

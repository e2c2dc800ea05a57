import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { readServiceTokens, type ServiceTokenState } from '../../domain/accounts/serviceTokenStore.ts'
import type { Propagated } from '../../domain/commands/Command.ts'
import type { JournalEntry } from '../../domain/journal/JournalEntry.ts'
import { holdsEntry } from '../../domain/journal/journalStore.ts'
import { type LoadedState, readStatesFor } from '../../domain/keys/keyState.ts'
import type { Arrived } from '../../domain/regions.ts'
import { tracing } from '../../platform/tracing.ts'
import { addToJournal } from '../../region/addToJournal.ts'
import { storeTokens } from '../../region/regionTokens.ts'
import type { BeforeFill } from '../../region/stateRows.ts'
import type { WorkerContext } from '../context.ts'
import { KEYS_AT_ONCE, versionsOf } from './bringState.ts'

type Regions = Pick<WorkerContext, 'regions'>

/** By region: what a fill must remember from before its states are read. A region that says nothing is absent. */
export type Prepared = Map<string, BeforeFill>

/** By region: states that a transaction has read before it commits, for writing them once it has. */
export type Carried = Map<string, { before: BeforeFill; states: LoadedState[]; tokens: ServiceTokenState[] }>

/**
 * Asks regions what a fill must remember, and does not wait: the answers are there when the transaction that changes
 * the states is nearly over.
 */
export function prepareRegions({ regions }: Regions, names: string[]): Prepared {
  const prepared: Prepared = new Map()
  for (const name of names)
    regions
      .get(name)
      ?.beforeFill()
      .then(
        (before) => void prepared.set(name, before),
        () => {},
      )
  return prepared
}

/**
 * Reads what a transaction is about to commit, once for all regions that have answered. Its changes must be flushed.
 * What it reads is the truth when it has committed, or is older than what somebody else commits and brings themselves.
 * For a region that has what this Postgres lacks there is nothing to carry.
 */
export async function carryStates(
  em: SqlEntityManager,
  prepared: Prepared,
  { keyIds, accountIds, serviceTokenIds = [] }: Propagated,
  now: Date,
): Promise<Carried> {
  // What answers from now on is not from before the states were read.
  const regions = await current(em, [...prepared])
  if (regions.length === 0 || keyIds.length > KEYS_AT_ONCE) return new Map()
  const ofAccounts = await readStatesFor(em, 'account', accountIds, now)
  const ofKeys = await readStatesFor(em, 'id', keyIds, now)
  const tokens = await readServiceTokens(em, 'id', serviceTokenIds)
  return new Map(
    regions.map(([name, before]) => [
      name,
      { before, states: [...ofAccounts(name), ...ofKeys(name)], tokens },
    ]),
  )
}

async function current(
  em: SqlEntityManager,
  prepared: [string, BeforeFill][],
): Promise<[string, BeforeFill][]> {
  const held = new Map<string | undefined, boolean>([[undefined, true]])
  for (const [, { head }] of prepared)
    if (head && !held.has(head.id)) held.set(head.id, await holdsEntry(em, head))
  return prepared.filter(([, { head }]) => held.get(head?.id))
}

/**
 * Writes carried states into a region, and what ended into its journal, after the commit. Undefined where there are
 * none for it, or the region has forgotten something since: then they have to be read again. Throws RegionUnavailable,
 * or TruthIsOld.
 */
export async function writeCarried(
  { regions, now }: Pick<WorkerContext, 'regions' | 'now'>,
  name: string,
  carried: Carried,
  entries: JournalEntry[],
): Promise<Arrived | undefined> {
  const [region, own] = [regions.get(name), carried.get(name)]
  if (!region || !own) return undefined
  const { before, tokens } = own
  const states = own.states.filter(({ key }) => region.holds(key.accountId))
  return tracing.traced('write region', { 'pictify.region': name }, async () => {
    const written = await Promise.all([
      addToJournal(region, before.marker, entries),
      region.putStates(states, before),
      storeTokens(region, before.marker, tokens),
    ])
    return written.every(Boolean)
      ? { region: name, marker: before.marker, versions: versionsOf(states), at: now() }
      : undefined
  })
}

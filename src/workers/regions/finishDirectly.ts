import type { Command } from '../../domain/commands/Command.ts'
import type { JournalEntry } from '../../domain/journal/JournalEntry.ts'
import { dropFromOutbox } from '../../platform/outbox.ts'
import { commitSoon } from '../../platform/postgres.ts'
import { TimedOut, within } from '../../platform/within.ts'
import { regionOf } from '../../region/openRegions.ts'
import { RegionUnavailable } from '../../region/RegionUnavailable.ts'
import { markFinished } from '../commands/markFinished.ts'
import type { WorkerContext } from '../context.ts'
import { KEYS_AT_ONCE, requireRecorded, writeStates } from './bringState.ts'
import { type Carried, writeCarried } from './carryStates.ts'

/** A healthy region answers well within this. A slower one is left to the queued flow. */
const PATIENCE_MS = 250

export type AppliedCommand = {
  command: Command
  regions: string[]
  /** The flow that does the same, where it waits to be sent. */
  outboxId: string
  /** What its transaction read for the regions. */
  carried: Carried
  /** What it ended, for the regions' journals. */
  entries: JournalEntry[]
}

/**
 * Brings an applied command to every region at once and marks it as done, in the job that applied it: somebody waits,
 * and a queue for each step would be most of the wait. Returns undefined where a region does not answer in time, or
 * there is much to bring: then the flow does it. Safe to run beside the flow, and to die in: the flow is still in the
 * outbox. If Postgres dies in it after the caller was answered, the flow marks the command as done again.
 */
export async function finishDirectly(
  context: WorkerContext,
  { command: { id, propagate }, regions, outboxId, carried, entries }: AppliedCommand,
): Promise<Command | undefined> {
  const changed = propagate ?? { keyIds: [], accountIds: [] }
  if (changed.keyIds.length > KEYS_AT_ONCE) return undefined
  const writing = regions.map(async (name) => {
    const region = regionOf(context.regions, name)
    return (
      (await writeCarried(context, name, carried, entries)) ?? writeStates(context, region, changed, entries)
    )
  })
  try {
    const arrivals = await within(PATIENCE_MS, Promise.all(writing))
    const done = await context.orm.em.fork().transactional(async (em) => {
      await commitSoon(em)
      await requireRecorded(em, id, arrivals)
      await dropFromOutbox(em, outboxId)
      return markFinished(em, id, context.now())
    })
    return done ?? undefined
  } catch (error) {
    if (error instanceof RegionUnavailable || error instanceof TimedOut) return undefined
    throw error
  }
}

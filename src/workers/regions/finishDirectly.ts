import type { Command } from '../../domain/commands/Command.ts'
import { dropFromOutbox } from '../../platform/outbox.ts'
import { TimedOut, within } from '../../platform/within.ts'
import { regionOf } from '../../region/openRegions.ts'
import { RegionUnavailable } from '../../region/Region.ts'
import { markFinished } from '../commands/markFinished.ts'
import type { WorkerContext } from '../context.ts'
import { KEYS_AT_ONCE, recordArrival, writeStates } from './bringState.ts'

/** A healthy region answers well within this. A slower one is left to the queued flow. */
const PATIENCE_MS = 250

export type AppliedCommand = {
  command: Command
  regions: string[]
  /** The flow that does the same, where it waits to be sent. */
  outboxId: string
}

/**
 * Brings an applied command to every region at once and marks it as done, in the job that applied it: somebody waits,
 * and a queue for each step would be most of the wait. Returns undefined where a region does not answer in time, or
 * there is much to bring: then the flow does it. Safe to run beside the flow, and to die in: the flow is still in the
 * outbox.
 */
export async function finishDirectly(
  context: WorkerContext,
  { command: { id, propagate }, regions, outboxId }: AppliedCommand,
): Promise<Command | undefined> {
  const changed = propagate ?? { keyIds: [], accountIds: [] }
  if (changed.keyIds.length > KEYS_AT_ONCE) return undefined
  const writing = regions.map(async (name) => {
    const region = regionOf(context.regions, name)
    return writeStates(context, region, changed)
  })
  try {
    const arrivals = await within(PATIENCE_MS, Promise.all(writing))
    const done = await context.orm.em.fork().transactional(async (em) => {
      for (const arrived of arrivals) await recordArrival(em, id, arrived)
      await dropFromOutbox(em, outboxId)
      return markFinished(em, id, context.now())
    })
    return done ?? undefined
  } catch (error) {
    if (error instanceof RegionUnavailable || error instanceof TimedOut) return undefined
    throw error
  }
}

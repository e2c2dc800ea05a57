import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { HOUR_MS } from '../time.ts'

/**
 * A command that its worker did not survive this often in a row, over this long, ends as failed: it may be what ends
 * them.
 */
export const DEATHS = 10
export const DEATH_HOURS = 1

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 600_000
/** A command that ends something waits less, and not after its first deaths. */
const ENDING_UNPAUSED = 2
const ENDING_LONGEST_PAUSE_MS = 60_000

/**
 * The runs of a command since one last ended, all of which their worker did not survive. Times of the first and the
 * last.
 */
export type Deaths = { count: number; since: Date; last: Date }

/** Whether a command is given up. One that ends something never is. */
export function isDeadly({ count, since }: Deaths, isEnding: boolean, now: Date): boolean {
  return !isEnding && count >= DEATHS && now.getTime() - since.getTime() >= DEATH_HOURS * HOUR_MS
}

/**
 * How long a command rests before its next run, in ms: longer with each death, so that others have the worker
 * meanwhile. `random` (0 to 1) drives commands apart that were in the same worker: only one of them may be what ended
 * it.
 */
export function pauseAfterDeaths(count: number, isEnding: boolean, random: number): number {
  if (count === 0 || (isEnding && count <= ENDING_UNPAUSED)) return 0
  const longest = isEnding ? ENDING_LONGEST_PAUSE_MS : LONGEST_PAUSE_MS
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(count, 20), longest) * (0.5 + random)
}

/** The deaths of a command that is not applied yet; undefined where there is no such command. */
export async function readDeaths(em: SqlEntityManager, commandId: string): Promise<Deaths | undefined> {
  const [row] = await em.execute<{ count: number; since: string; last: string }[]>(
    `select suspect_runs as count, coalesce(suspect_since, now()) as since, coalesce(suspect_at, now()) as last
     from command where id = ? and status = 'pending'`,
    [commandId],
  )
  return row && { count: row.count, since: new Date(row.since), last: new Date(row.last) }
}

/** Counts a run as one that its worker does not survive, until `noteSurvived` says otherwise. */
export async function noteRun(em: SqlEntityManager, commandId: string, now: Date): Promise<void> {
  await em.execute(
    `update command set suspect_runs = suspect_runs + 1, suspect_since = coalesce(suspect_since, ?), suspect_at = ?
     where id = ? and status = 'pending'`,
    [now, now, commandId],
  )
}

/** A run has ended, well or badly, and its worker lives. */
export async function noteSurvived(em: SqlEntityManager, commandId: string): Promise<void> {
  await em.execute(
    `update command set suspect_runs = 0, suspect_since = null, suspect_at = null
     where id = ? and status = 'pending' and suspect_runs > 0`,
    [commandId],
  )
}

import type { JobData } from '../../domain/jobs.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Subtracts a batch of verifications. Safe to run twice, and before, after or together with the batch's own job: both
 * claim the batch's ID.
 */
export const takeBackVerifications = (context: WorkerContext, data: JobData<'take-back-verifications'>) =>
  context.rollup.add({ name: 'take-back-verifications', data })

/** Counts a batch of verifications. Safe to run twice: the counting transaction claims the batch's ID. */
export const rollUpVerifications = (context: WorkerContext, data: JobData<'roll-up-verifications'>) =>
  context.rollup.add({ name: 'roll-up-verifications', data })

/** Counts reported events. Safe to run twice: the counting transaction claims each event's ID. */
export const rollUpEvents = (context: WorkerContext, data: JobData<'roll-up-events'>) =>
  context.rollup.add({ name: 'roll-up-events', data })

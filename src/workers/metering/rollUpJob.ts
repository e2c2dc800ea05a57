import type { JobData } from '../../domain/jobs.ts'
import type { WorkerContext } from '../context.ts'

/** Counts a batch of verifications. Safe to run twice: the batch's id is claimed in the counting transaction. */
/** Safe twice, and before, after or together with the batch's own job: see Rollup.ts. */
export const takeBackVerifications = (context: WorkerContext, data: JobData<'take-back-verifications'>) =>
  context.rollup.add({ name: 'take-back-verifications', data })

export const rollUpVerifications = (context: WorkerContext, data: JobData<'roll-up-verifications'>) =>
  context.rollup.add({ name: 'roll-up-verifications', data })

/** Counts reported events. Safe to run twice: each event's id is claimed in the counting transaction. */
export const rollUpEvents = (context: WorkerContext, data: JobData<'roll-up-events'>) =>
  context.rollup.add({ name: 'roll-up-events', data })

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Command } from '../../domain/commands/Command.ts'
import type { CommandKind } from '../../domain/commands/catalogue.ts'
import type { OutboxMessage } from '../../domain/jobs.ts'
import type { CommandRegion } from '../../domain/regions.ts'
import type { WorkerContext } from '../context.ts'
import { continuePlan } from './continuePlan.ts'
import { addFanOut, recordFanOut, recordTokenFanOut } from './recordFanOut.ts'

/** `outcomes`: what became of the command in each region. */
type WhenFinished = (em: SqlEntityManager, row: Command, outcomes: CommandRegion[], now: Date) => void

/** What commands write besides, in the transaction that marks them as done. Most write nothing. */
export const whenFinished: { [Kind in CommandKind]?: WhenFinished } = {
  'revoke-api-key': recordFanOut('api-key.revocation-complete'),
  'suspend-account': recordFanOut('account.suspension-complete'),
  'resume-account': (_em, row, outcomes, now) => addFanOut(row, outcomes, now),
  'revoke-service-token': recordTokenFanOut,
}

/** What follows once a command is marked as done. Safe to run twice. */
export const afterFinished: {
  [Kind in CommandKind]?: (context: WorkerContext, row: Command) => Promise<void>
} = {
  'apply-plan': (context, { targetId }) => continuePlan(context, targetId ?? ''),
}

/**
 * What is still to be done when every region has confirmed a command: such a command is done when this job is. Its job
 * is sent again with each sweep.
 */
export const continueWith: { [Kind in CommandKind]?: (row: Command) => OutboxMessage } = {
  'erase-account': ({ id, accountId, sweeps }) => ({
    kind: 'job',
    name: 'remove-account-data',
    data: { commandId: id, accountId },
    id: `${id}-remove-${sweeps}`,
  }),
}

import type { JobData } from '../../domain/jobs.ts'
import { loadStates } from '../../domain/keys/keyState.ts'
import type { WorkerContext } from '../context.ts'

/** `at`: Unix ms at which the region had the state. */
export type Confirmation = { region: string; at: number }

/**
 * Writes the present state into one region. Safe late, twice and out of order: it reads the truth when it runs,
 * and the region keeps the newer version of the two.
 */
export async function propagateState(
  context: WorkerContext,
  { region: name, keyIds, accountIds }: JobData<'propagate-state'>,
): Promise<Confirmation> {
  const region = context.regions.get(name)
  if (!region) throw new Error(`This worker knows no region ${name}`)
  const em = context.orm.em.fork()
  await region.fill(async () => [
    ...(await loadStates(em, 'id', keyIds, context.now())),
    ...(await loadStates(em, 'account', accountIds, context.now())),
  ])
  return { region: name, at: Date.now() }
}

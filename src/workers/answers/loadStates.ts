import type { JobData } from '../../domain/jobs.ts'
import { readKeyStates } from '../../domain/keys/keyState.ts'
import { fillShards } from '../../region/shards.ts'
import type { WorkerContext } from '../context.ts'
import { answerAsk } from './answerAsk.ts'

/**
 * Brings the states of keys into a region for a verifier that has no Postgres; what was found it then reads there. Safe
 * twice and late: the region keeps the newer version of two.
 */
export async function loadStates(context: WorkerContext, data: JobData<'load-states'>): Promise<void> {
  const { orm, now } = context
  await answerAsk(context, data, async (shards) => {
    const states = await fillShards(shards, () =>
      readKeyStates(orm.em.fork(), 'digest', data.digests, now(), data.region),
    )
    return states.map(({ key }) => key.digest)
  })
}

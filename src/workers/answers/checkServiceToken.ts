import { readServiceTokens } from '../../domain/accounts/serviceTokenStore.ts'
import type { JobData } from '../../domain/jobs.ts'
import { fillTokensOf } from '../../region/shards.ts'
import type { WorkerContext } from '../context.ts'
import { answerAsk } from './answerAsk.ts'

/**
 * Brings a service token into the region, where who asks then reads it, and returns whether it is valid, all that
 * verifiers of the release before want to know. Safe twice and late: the region keeps the newer version of two.
 */
export async function checkServiceToken(
  context: WorkerContext,
  data: JobData<'check-service-token'>,
): Promise<void> {
  await answerAsk(context, data, async (shards) => {
    const tokens = await fillTokensOf(shards, () =>
      readServiceTokens(context.orm.em.fork(), 'digest', [data.digest]),
    )
    return tokens.some(({ revoked }) => !revoked)
  })
}

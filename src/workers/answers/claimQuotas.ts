import type { JobData } from '../../domain/jobs.ts'
import { readKeyStates } from '../../domain/keys/keyState.ts'
import { PRIMARY } from '../../domain/regions.ts'
import { ASK_WAIT_MS } from '../../domain/retries.ts'
import { shardsOf } from '../../region/openRegions.ts'
import { quotasIn } from '../../region/quotasIn.ts'
import type { WorkerContext } from '../context.ts'
import { answerAsk } from './answerAsk.ts'

/**
 * How late units may be given back or counted: well within the hour for which the primary remembers its answers.
 */
const LATEST_MS = 60_000

/**
 * Takes renders in the primary region for a verifier of a further one that cannot reach it. Safe twice: the primary
 * remembers what it answered to this question, and answers the same. Late claims for which somebody waited are dropped
 * with their request; units that are lost on the way stay used, so that a limit is never exceeded.
 */
export async function claimQuotas(context: WorkerContext, data: JobData<'claim-quotas'>): Promise<void> {
  const { orm, now, regions } = context
  const awaited = data.claims.some(({ units, limit }) => units > 0 && limit >= 0)
  const quotas = quotasIn(shardsOf(regions, PRIMARY), (digests) =>
    readKeyStates(orm.em.fork(), 'digest', digests, now(), PRIMARY),
  )
  await answerAsk(
    context,
    data,
    () => quotas.claim(data.claims, data.askId),
    awaited ? ASK_WAIT_MS : LATEST_MS,
  )
}

import { ServiceTokenSchema } from '../../domain/accounts/ServiceToken.ts'
import type { JobData } from '../../domain/jobs.ts'
import type { WorkerContext } from '../context.ts'
import { answerAsk } from './answerAsk.ts'

/** Returns whether a service token is valid. Safe to run twice: it only reads. */
export async function checkServiceToken(
  context: WorkerContext,
  data: JobData<'check-service-token'>,
): Promise<void> {
  const { orm } = context
  await answerAsk(context, data, async () => {
    const found = await orm.em
      .fork()
      .findOne(ServiceTokenSchema, { digest: data.digest, revokedAt: null }, { fields: ['id'] })
    return found !== null
  })
}

import { listForms } from '../../domain/imports/formStore.ts'
import type { JobData } from '../../domain/jobs.ts'
import type { WorkerContext } from '../context.ts'
import { answerAsk } from './answerAsk.ts'

/**
 * Returns the forms of imported keys; verifiers of the release before only ask whether there are any. Safe twice: it
 * reads.
 */
export async function lookForImports(
  context: WorkerContext,
  data: JobData<'look-for-imports'>,
): Promise<void> {
  await answerAsk(context, data, async () => {
    const forms = await listForms(context.orm.em.fork())
    return data.forms ? forms : forms.length > 0
  })
}

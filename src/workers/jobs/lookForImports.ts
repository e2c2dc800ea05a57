import { hasImports } from '../../domain/imports/importStore.ts'
import type { JobData } from '../../domain/jobs.ts'
import { answerAsk } from '../answerAsk.ts'
import type { WorkerContext } from '../context.ts'

/** Says whether any key was imported. Safe twice: it reads, and the answer is of now. */
export async function lookForImports(
  context: WorkerContext,
  data: JobData<'look-for-imports'>,
): Promise<void> {
  const { orm } = context
  await answerAsk(context, data, () => hasImports(orm.em.fork()))
}

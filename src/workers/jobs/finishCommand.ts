import type { JobData } from '../../domain/jobs.ts'
import { announce, claim } from '../commandJob.ts'
import type { Run, WorkerContext } from '../context.ts'
import type { Confirmation } from './propagateState.ts'

/**
 * Marks a command as done; BullMQ starts it when every region's child has confirmed. Safe to run twice or late:
 * only an applied command is finished, under its row's lock.
 */
export async function finishCommand(
  context: WorkerContext,
  { commandId }: JobData<'finish-command'>,
  run: Run,
): Promise<void> {
  const confirmations = (await run.childrenValues()) as Confirmation[]
  const command = await context.orm.em.fork().transactional(async (em) => {
    const row = await claim(em, commandId)
    if (row?.status !== 'applied') return row
    const since = (row.appliedAt ?? row.createdAt).getTime()
    const regions = confirmations
      .map(({ region, at }) => ({ region, outcome: 'confirmed', tookMs: Math.max(0, at - since) }))
      .sort((a, b) => a.region.localeCompare(b.region))
    if (row.kind === 'revoke-api-key') {
      const tookMs = Math.max(0, ...regions.map((region) => region.tookMs))
      row.result = { ...row.result, fanOut: { tookMs, regions } }
    }
    row.status = 'succeeded'
    row.finishedAt = context.now()
    return row
  })
  if (command) await announce(context, command)
}

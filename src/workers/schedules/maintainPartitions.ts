import {
  createPartition,
  dropPartition,
  emptyDefaults,
  existingPartitions,
  expiredPartitions,
  wantedPartitions,
} from '../../domain/usage/partitions.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Makes the partitions that usage will need and drops those of which nothing is to be kept. Safe to run twice, late or
 * at once: each step looks again under the table's lock, and what has no partition is in the default one meanwhile.
 */
export async function maintainPartitions({ orm, now, log }: WorkerContext): Promise<void> {
  const em = orm.em.fork()
  const existing = await existingPartitions(em)
  const missing = wantedPartitions(now()).filter(({ name }) => !existing.includes(name))
  for (const partition of missing) {
    await em.transactional((own) => createPartition(own, partition))
  }
  if (missing.length > 0) log.info({ partitions: missing.map(({ name }) => name) }, 'created partitions')
  for (const partition of expiredPartitions(existing, now())) {
    const dropped = await em.transactional((own) => dropPartition(own, partition))
    log.info(
      { partition: partition.name, dropped },
      dropped ? 'dropped a partition' : 'a partition is not folded yet',
    )
  }
  await emptyDefaults(em, now())
}

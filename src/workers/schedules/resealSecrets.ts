import type { JobData } from '../../domain/jobs.ts'
import { readKeyUse } from '../../domain/secrets/keyUse.ts'
import { RESEALED } from '../../domain/secrets/resealedKinds.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { resealSecrets } from '../../platform/resealSecrets.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Enqueues a job for each kind of stored secrets, if a secrets key with a lower number than the current one is still in
 * use. Safe to run twice: kind and minute are the job's ID.
 */
export async function enqueueResealing({ orm, queues, notifiers, now, log }: WorkerContext): Promise<void> {
  const { current } = notifiers.vault
  const uses = await readKeyUse(orm.em.fork())
  const unknown = uses.map(({ key }) => key).filter((key) => !notifiers.vault.numbers.includes(key))
  if (unknown.length > 0)
    log.error(
      { secretsKeys: unknown },
      'stored secrets are sealed under keys that this process does not have',
    )
  if (!uses.some(({ key }) => key < current)) return
  const turn = Math.floor(now().getTime() / MINUTE_MS)
  for (const kind of RESEALED) await queues.add('reseal-secrets-of', { kind }, `reseal-${kind}-${turn}`)
}

/**
 * Seals what is sealed under an older secrets key again, under the current one. Safe to run twice, at once, late, and
 * to die in: each batch is a transaction, and takes only what is still to do. Never towards a lower number, so workers
 * on both sides of a rotation do not undo each other's work.
 */
export async function resealSecretsOf(
  { orm, notifiers, log }: WorkerContext,
  { kind }: JobData<'reseal-secrets-of'>,
): Promise<void> {
  const { rows, failures } = await resealSecrets(orm.em, kind, notifiers.vault)
  if (rows > 0)
    log.info({ kind, rows, secretsKey: notifiers.vault.current }, 'stored secrets were sealed again')
  if (failures.length > 0)
    log.error(
      { kind, failures: failures.length, reason: failures[0]?.message },
      'stored secrets cannot be read',
    )
}

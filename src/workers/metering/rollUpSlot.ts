import { setTimeout as delay } from 'node:timers/promises'
import type { JobData } from '../../domain/jobs.ts'
import { DecidedBatch, withResults } from '../../domain/metering/decidedBatch.ts'
import { jobOptions } from '../../platform/jobOptions.ts'
import { requireReached } from '../../platform/reached.ts'
import { queueName } from '../../platform/redisNames.ts'
import { isRefusal } from '../../platform/sqlState.ts'
import { within } from '../../platform/within.ts'
import { closeSlot, dropSlot } from '../../region/slots.ts'
import type { WorkerContext } from '../context.ts'

/** For how long a slot stays open once a worker has its job, in ms: what is decided meanwhile shares the job. */
const OPEN_MS = 25

/** How long storing a job may take, in ms. */
const ADD_MS = 2_000

/**
 * Counts the batches of one slot. Safe to run twice, and to die in: a closed slot no longer changes, the counting
 * transactions claim each batch's ID, and the slot is forgotten after that. A batch that Postgres refuses becomes a
 * job of its own, which is parked, so that it does not hold up the others.
 */
export async function rollUpSlot(
  context: WorkerContext,
  { region: name, slot }: JobData<'roll-up-slot'>,
): Promise<void> {
  const region = context.regions.get(name)
  if (!region) throw new Error(`This worker has no region ${name}.`)
  await delay(OPEN_MS)
  const batches = await closeSlot(region, slot)
  const outcomes = await Promise.allSettled(batches.map((batch) => count(context, name, batch)))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  await dropSlot(region, slot)
}

async function count(context: WorkerContext, region: string, batch: string): Promise<void> {
  const data = DecidedBatch.parse(JSON.parse(batch))
  await context.rollup.add({ name: 'roll-up-verifications', data }).catch((error) => {
    if (!isRefusal(error)) throw error
    return storeAlone(context, region, data)
  })
}

/** Twice, if the worker dies before the slot is forgotten; the batch is still counted once. */
async function storeAlone({ queues }: WorkerContext, region: string, data: DecidedBatch): Promise<void> {
  const queue = queues.all.get(queueName('metering', region))
  if (!queue) throw new Error(`This worker has no queue of the region ${region}.`)
  await requireReached(queue)
  await within(
    ADD_MS,
    queue.add('roll-up-verifications', withResults(data), jobOptions('roll-up-verifications')),
  )
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type Command, CommandSchema } from '../../domain/commands/Command.ts'
import { FIRST_SWEEP_MS } from '../../domain/commands/commandStore.ts'
import { newId } from '../../domain/ids.ts'
import type { Plan, PlanChange } from '../../domain/plans/Plan.ts'
import { isLastPage } from '../../domain/plans/planPages.ts'
import { lockChanging } from '../../domain/plans/planStore.ts'
import { relayOutbox, writeOutbox } from '../../platform/outbox.ts'
import type { WorkerContext } from '../context.ts'
import { announceCommand, lockCommand } from './commandRow.ts'

/**
 * Goes on with a change of a plan: begins its next page, or finishes the command that asked for it. While a page is
 * under way its own jobs call this at its end. The sweeper calls it too, by the job of the command: so a change whose
 * worker died, or whose page was given up, goes on. Safe to run twice, and beside itself: the plan's row is locked.
 */
export async function continuePlan(context: WorkerContext, changeId: string): Promise<void> {
  const now = context.now()
  const step = await context.orm.em.fork().transactional(async (em) => {
    const plan = await lockChanging(em, changeId)
    if (!plan) return undefined
    const { change } = plan
    const page = change.pageId === null ? null : await em.findOne(CommandSchema, { id: change.pageId })
    if (page?.status === 'pending' || page?.status === 'applied') return undefined
    const isTaken = page?.status === 'succeeded' && change.taken !== null
    const reached = isTaken ? { done: change.done + (change.taken ?? 0) } : {}
    if (isTaken && isLastPage(change)) return finish(em, plan, now)
    await beginPage(em, plan, { ...change, ...reached }, now)
    return 'begun'
  })
  if (step === 'begun') await relayOutbox(context.orm.em, context.queues.send)
  else if (step) await announceCommand(context, step)
}

async function beginPage(em: SqlEntityManager, plan: Plan, change: PlanChange, now: Date): Promise<void> {
  const id = newId('operation')
  const sweepAt = new Date(now.getTime() + FIRST_SWEEP_MS)
  plan.change = { ...change, pageId: id, taken: null }
  // A change that goes on is not swept, however long it takes.
  await em.nativeUpdate(CommandSchema, { id: change.commandId }, { sweepAt })
  em.persist(
    em.create(CommandSchema, {
      id,
      kind: 'apply-plan',
      targetId: change.commandId,
      payload: {},
      actor: { type: 'system', id: 'plans' },
      status: 'pending',
      createdAt: now,
      sweepAt,
      sweeps: 0,
    }),
  )
  await writeOutbox(em, { kind: 'job', name: 'apply-plan', data: { commandId: id }, id })
}

async function finish(em: SqlEntityManager, plan: Plan, now: Date): Promise<Command | null> {
  const command = await lockCommand(em, plan.change?.commandId ?? '')
  plan.change = null
  if (command?.status !== 'applied') return null
  Object.assign(command, { status: 'succeeded', finishedAt: now })
  return command
}

import { auditOperators } from '../../domain/audit/audit.ts'
import { CommandSchema } from '../../domain/commands/Command.ts'
import type { JobData } from '../../domain/jobs.ts'
import { decidePlan } from '../../domain/plans/decidePlan.ts'
import { PlanSchema } from '../../domain/plans/Plan.ts'
import { firstPage, raiseVersions, readPage } from '../../domain/plans/planPages.ts'
import { countAccounts, lockChanging, lockPlans } from '../../domain/plans/planStore.ts'
import { presentPlan } from '../../domain/plans/presentPlan.ts'
import type { WorkerContext } from '../context.ts'
import { commandJob } from './commandJob.ts'
import { continuePlan } from './continuePlan.ts'

/** Where its accounts get other limits, they get them page by page, and the command is done after the last one. */
const writePlan = commandJob('set-plan', async ({ em, command, payload, now }) => {
  const plans = await lockPlans(em)
  const { changesLimits, ...fields } = decidePlan(plans, payload)
  const { name } = payload
  const existing = plans.find((plan) => plan.name === name)
  const version = existing?.version ?? 0
  const plan = existing ?? em.create(PlanSchema, { name, ...fields, change: null, createdAt: now })
  const accounts = await countAccounts(em, name)
  Object.assign(plan, fields, changesLimits ? { change: firstPage(command.id, accounts) } : {})
  em.persist(plan)
  if (fields.version > version)
    auditOperators(em, command, {
      at: now,
      action: existing ? 'plan.changed' : 'plan.created',
      targetId: name,
      details: { label: fields.label, limits: fields.limits },
    })
  return { result: { ...presentPlan(plan, accounts), version: plan.version }, continues: changesLimits }
})

/** Safe to run twice: the command writes once, and a change that is under way goes on from where it is. */
export async function setPlan(context: WorkerContext, { commandId }: JobData<'set-plan'>): Promise<void> {
  await writePlan(context, { commandId })
  await continuePlan(context, commandId)
}

/** Raises the versions of a page of accounts; done when every region has their states, like any other command. */
const takePage = commandJob('apply-plan', async ({ em, command, now }) => {
  const plan = await lockChanging(em, command.targetId ?? '')
  if (plan?.change.pageId !== command.id) return { result: {} }
  const { actor } = await em.findOneOrFail(CommandSchema, { id: plan.change.commandId })
  const ids = await readPage(em, plan.name, plan.change.cursor)
  plan.change = { ...plan.change, cursor: ids.at(-1) ?? plan.change.cursor, taken: ids.length }
  const accountIds = await raiseVersions(em, { plan, ids, actor, now })
  return { result: { accounts: accountIds.length }, accountIds }
})

/** Safe to run twice: the change names the page that is to be taken, and a page is taken once. */
export async function applyPlan(context: WorkerContext, { commandId }: JobData<'apply-plan'>): Promise<void> {
  await takePage(context, { commandId })
  const { targetId } = await context.orm.em.fork().findOneOrFail(CommandSchema, { id: commandId })
  await continuePlan(context, targetId ?? '')
}

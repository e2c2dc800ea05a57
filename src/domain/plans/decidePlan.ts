import type { PlanLimits } from '../accounts/plans.ts'
import { Failure, invalid } from '../failure.ts'
import { etagOf, matchesVersion } from '../keys/keyRules.ts'
import type { Plan } from './Plan.ts'

/** Plans that there may be: `GET /plans` lists them all. */
const MAX_PLANS = 200

/** Between two plans that are added at the end, so that others fit in between. */
const STEP = 10

export type PlanFields = {
  name: string
  label?: string | undefined
  order?: number | undefined
  limits: PlanLimits
  ifMatch?: string | undefined
}

/** What to write, and whether accounts of the plan have other limits by it. `plans` are all there are, in order. */
export type PlanDecision = Pick<Plan, 'label' | 'place' | 'limits' | 'version'> & { changesLimits: boolean }

/**
 * Decides on a plan as a whole. A plan's limits have one change at a time: of two that run together, it would not be
 * clear which limits an account has. Throws Failure `plan-change-in-progress`, `precondition-failed` or
 * `validation-error`.
 */
export function decidePlan(plans: Plan[], { name, label, order, limits, ifMatch }: PlanFields): PlanDecision {
  const plan = plans.find((one) => one.name === name)
  requireCurrent(plan, ifMatch)
  if (!plan) {
    if (plans.length >= MAX_PLANS)
      throw invalid('name', 'out_of_range', `there are ${MAX_PLANS} plans already`)
    const last = plans.at(-1)?.place ?? 0
    return {
      label: label ?? name.charAt(0).toUpperCase() + name.slice(1),
      place: order ?? last + STEP,
      limits,
      version: 1,
      changesLimits: false,
    }
  }
  if (plan.change)
    throw new Failure('plan-change-in-progress', {
      detail: `Another change of the plan "${name}" has not reached every account yet. Send this one after it.`,
      operationId: plan.change.commandId,
      retryAfter: 1,
    })
  const next = { label: label ?? plan.label, place: order ?? plan.place, limits }
  const changesLimits = !isSame(plan.limits, limits)
  const isEdit = changesLimits || next.label !== plan.label || next.place !== plan.place
  return { ...next, changesLimits, version: plan.version + (isEdit ? 1 : 0) }
}

const isSame = (one: PlanLimits, other: PlanLimits) =>
  (Object.keys(other) as (keyof PlanLimits)[]).every((name) => one[name] === other[name])

function requireCurrent(plan: Plan | undefined, ifMatch: string | undefined): void {
  if (ifMatch === undefined || (plan && matchesVersion(ifMatch, plan.version))) return
  throw new Failure('precondition-failed', {
    detail: plan
      ? `The plan has changed: its ETag is now ${etagOf(plan.version)}. Read it again.`
      : 'There is no plan of this name. Leave If-Match out to create it.',
    ...(plan ? { currentVersion: plan.version } : {}),
  })
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Account } from '../accounts/Account.ts'
import { limitsOf, type PlanLimits } from '../accounts/plans.ts'
import { Failure } from '../failure.ts'
import { pgArray } from '../sql.ts'
import { type Plan, type PlanChange, PlanSchema } from './Plan.ts'

/** Any number that nobody else takes: plans are created and edited one at a time. */
const EDITS = 7_190_004

/** The limits of an account: its own, else its plan's. Lock the account first where keys are counted by them. */
export async function readLimits(
  em: SqlEntityManager,
  { plan, customLimits }: Pick<Account, 'plan' | 'customLimits'>,
): Promise<PlanLimits> {
  const [row] = await em.execute<{ limits: PlanLimits }[]>('select limits from plan where name = ?', [plan])
  if (!row) throw planNotFound(plan)
  return limitsOf(row.limits, customLimits)
}

/** The plans of these names. */
export async function readPlans(
  em: SqlEntityManager,
  names: string[],
): Promise<Map<string, Pick<Plan, 'label' | 'limits'>>> {
  const found = await em.find(
    PlanSchema,
    { name: { $in: [...new Set(names)] } },
    { disableIdentityMap: true },
  )
  return new Map(found.map((plan) => [plan.name, plan]))
}

/** Throws Failure `plan-not-found`. */
export async function loadPlan(em: SqlEntityManager, name: string): Promise<Plan> {
  const plan = await em.findOne(PlanSchema, { name }, { disableIdentityMap: true })
  if (!plan) throw planNotFound(name)
  return plan
}

/** Refuses a plan that is not there, as an input that names it. Throws Failure `plan-not-found`. */
export async function requirePlan(em: SqlEntityManager, name: string): Promise<void> {
  const rows = await em.execute<unknown[]>('select 1 from plan where name = ?', [name])
  if (rows.length === 0) throw planNotFound(name)
}

function planNotFound(name: string): Failure {
  const message = `There is no plan "${name}". GET /plans lists the plans.`
  return new Failure('plan-not-found', {
    detail: message,
    errors: [{ field: 'plan', message, code: 'out_of_range' }],
  })
}

export type ListedPlan = { plan: Plan; accounts: number }

/** Plans in their order, with how many accounts are on each; with `name`, that plan alone. */
export async function listPlans(em: SqlEntityManager, name?: string): Promise<ListedPlan[]> {
  const where = name === undefined ? {} : { name }
  const plans = await em.find(PlanSchema, where, {
    orderBy: { place: 'asc', name: 'asc' },
    disableIdentityMap: true,
  })
  const rows = await em.execute<{ plan: string; n: number }[]>(
    `select plan, count(*)::int as n from account where plan = any(?::text[]) group by plan`,
    [pgArray(plans.map((plan) => plan.name))],
  )
  const counts = new Map(rows.map(({ plan, n }) => [plan, n]))
  return plans.map((plan) => ({ plan, accounts: counts.get(plan.name) ?? 0 }))
}

export async function countAccounts(em: SqlEntityManager, name: string): Promise<number> {
  const [listed] = await em.execute<{ n: number }[]>(
    'select count(*)::int as n from account where plan = ?',
    [name],
  )
  return listed?.n ?? 0
}

/** Every plan, for one who changes one of them. Nobody else does until the transaction ends. */
export async function lockPlans(em: SqlEntityManager): Promise<Plan[]> {
  await em.execute('select pg_advisory_xact_lock(?)', [EDITS])
  return em.find(PlanSchema, {}, { orderBy: { place: 'asc', name: 'asc' } })
}

/** The plan whose change is this command's, locked until the transaction ends; undefined once it is over. */
export async function lockChanging(
  em: SqlEntityManager,
  commandId: string,
): Promise<(Plan & { change: PlanChange }) | undefined> {
  const [row] = await em.execute<{ name: string }[]>(
    `select name from plan where change ->> 'commandId' = ? for update`,
    [commandId],
  )
  const plan = row && (await em.findOneOrFail(PlanSchema, { name: row.name }))
  return plan?.change ? (plan as Plan & { change: PlanChange }) : undefined
}

/** How many accounts have a change that is under way, of how many. */
export async function readProgress(
  em: SqlEntityManager,
  commandId: string,
): Promise<{ done: number; total: number } | null> {
  const [row] = await em.execute<{ change: PlanChange }[]>(
    `select change from plan where change ->> 'commandId' = ?`,
    [commandId],
  )
  return row ? { done: row.change.done, total: row.change.total } : null
}

import { z } from 'zod'
import { PlanName, PlanOrder, WholeLimits } from '../../../domain/commands/payloadFields.ts'
import { Failure, invalid } from '../../../domain/failure.ts'
import { etagOf } from '../../../domain/keys/keyRules.ts'
import { listPlans as readPlans } from '../../../domain/plans/planStore.ts'
import { PlanResource, presentPlan } from '../../../domain/plans/presentPlan.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, name } from '../../schemas.ts'

export const listPlans = route(
  {
    method: 'get',
    path: '/plans',
    operation: 'listPlans',
    summary: 'List plans',
    description: 'All plans, sorted by `order`.',
    tag: 'Operators',
    auth: { operator: 'plans:manage' },
    responses: { 200: z.object({ plans: z.array(PlanResource) }) },
    problems: [],
  },
  async ({ api }) => {
    const plans = await readPlans(api.em())
    return { status: 200, body: { plans: plans.map(({ plan, accounts }) => presentPlan(plan, accounts)) } }
  },
)

export const getPlan = route(
  {
    method: 'get',
    path: '/plans/:name',
    operation: 'getPlan',
    summary: 'Get a plan by its name',
    tag: 'Operators',
    auth: { operator: 'plans:manage' },
    params: z.object({ name: z.string().describe('The name of the plan') }),
    responses: { 200: PlanResource },
    problems: ['plan-not-found'],
  },
  async ({ api, params }) => {
    const [found] = PlanName.safeParse(params.name).success ? await readPlans(api.em(), params.name) : []
    if (!found) throw new Failure('plan-not-found', { detail: 'There is no plan of this name.' })
    const { plan, accounts } = found
    return { status: 200, body: presentPlan(plan, accounts), headers: { ETag: etagOf(plan.version) } }
  },
)

export const setPlan = route(
  {
    method: 'put',
    path: '/plans/:name',
    operation: 'setPlan',
    summary: 'Create or change a plan',
    description:
      'Returns when the new limits apply to every account of the plan, in every region. An account’s own limits still ' +
      'replace those of the plan. Keys above a lower number of keys keep working, but the account cannot create another ' +
      'until it has room. `limits` is complete: name every limit, with `null` for unlimited.',
    tag: 'Operators',
    auth: { operator: 'plans:manage' },
    params: z.object({ name: PlanName.describe('The name of the plan, such as `pro`') }),
    body: z
      .strictObject({
        label: name(100).optional().describe('Its display name. Default: unchanged'),
        limits: WholeLimits,
        order: PlanOrder.optional().describe(
          'Plans are listed by it, lowest first; by default it stays, and a new plan is the last',
        ),
        name: PlanName.optional().describe('As `GET /plans` returns it: the same name as in the path'),
        accounts: z.unknown().optional().describe('As `GET /plans` returns it; ignored'),
      })
      .meta({ id: 'PlanFields' }),
    responses: { 200: PlanResource, 202: Accepted },
    problems: [
      'plan-change-in-progress',
      'precondition-failed',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  (input) => {
    const { ctx, params, body } = input
    return respondToCommand(input, {
      prepare: async () => {
        const { label, limits, order } = body
        if (body.name !== undefined && body.name !== params.name)
          throw invalid(
            'name',
            'out_of_range',
            `must be "${params.name}", as in the path: plans are not renamed`,
          )
        const ifMatch = ctx.get('If-Match') || undefined
        const payload = { name: params.name, label, order, limits, ifMatch }
        return { kind: 'set-plan', targetId: params.name, payload }
      },
      present: (result) => ({ status: 200, body: result, headers: { ETag: etagOf(Number(result.version)) } }),
    })
  },
)

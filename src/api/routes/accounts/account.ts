import { z } from 'zod'
import { AccountSchema } from '../../../domain/accounts/Account.ts'
import { ACCOUNT_STATUSES, statusOf } from '../../../domain/accounts/accountStatus.ts'
import { limitsOf } from '../../../domain/accounts/plans.ts'
import { Limits } from '../../../domain/accounts/presentAccount.ts'
import { AuditEntrySchema } from '../../../domain/audit/AuditEntry.ts'
import { partyNames } from '../../../domain/audit/partyNames.ts'
import { type Actor, CommandSchema } from '../../../domain/commands/Command.ts'
import { Failure } from '../../../domain/failure.ts'
import { countActive } from '../../../domain/keys/keyStore.ts'
import { loadPlan, readProgress } from '../../../domain/plans/planStore.ts'
import { readMonthRenders } from '../../../domain/usage/readMonthRenders.ts'
import { route } from '../../guard.ts'
import { presentOperation } from '../../respondToCommand.ts'
import { IdParams, limitOf, text } from '../../schemas.ts'

export const getAccount = route(
  {
    method: 'get',
    path: '/account',
    operation: 'getAccount',
    summary: 'Get the account',
    description: 'Its plan, its limits, and how much of them is used.',
    tag: 'Account',
    auth: { permission: 'account:read' },
    responses: {
      200: z
        .object({
          id: z.string(),
          name: z.string(),
          plan: z.string(),
          planLabel: z.string().describe('The plan’s display name'),
          status: z
            .enum(ACCOUNT_STATUSES)
            .describe('`suspended`: its keys are refused, and members cannot change anything'),
          suspendedAt: z.string().nullable(),
          suspendedReason: z.string().nullable(),
          createdAt: z.string(),
          limits: Limits,
          used: z.object({
            liveKeys: z.int(),
            testKeys: z.int(),
            rendersThisMonth: z
              .int()
              .describe('Renders of live keys in the current UTC month, overage included'),
          }),
        })
        .meta({ id: 'Account' }),
    },
    problems: [],
  },
  async ({ api, principal }) => {
    const em = api.em()
    const now = api.now()
    const account = await em.findOneOrFail(AccountSchema, { id: principal.accountId })
    const plan = await loadPlan(em, account.plan)
    return {
      status: 200,
      body: {
        id: account.id,
        name: account.name,
        plan: plan.name,
        planLabel: plan.label,
        status: statusOf(account),
        suspendedAt: account.suspendedAt?.toISOString() ?? null,
        suspendedReason: account.suspendedReason ?? null,
        createdAt: account.createdAt.toISOString(),
        limits: limitsOf(plan.limits, account.customLimits),
        used: {
          liveKeys: await countActive(em, account.id, 'live', now),
          testKeys: await countActive(em, account.id, 'test', now),
          rendersThisMonth: await readMonthRenders(em, account.id, now),
        },
      },
    }
  },
)

export const listAuditEntries = route(
  {
    method: 'get',
    path: '/audit-log',
    operation: 'listAuditEntries',
    summary: 'List audit entries',
    description: 'Who did what, and from where. Newest first.',
    tag: 'Account',
    auth: { permission: 'audit:read' },
    query: z.strictObject({
      cursor: z
        .string()
        .regex(/^\d{1,18}$/, 'must be a cursor of an earlier page')
        .optional()
        .describe('`nextCursor` of the previous page'),
      limit: limitOf(100, 50),
      targetId: text(64).optional().describe('Only what was done to this key, member, rule or channel'),
      action: z
        .string()
        .regex(/^[a-z-]{1,32}\.[a-z-]{1,32}$/, 'must be an action, such as api-key.revoked')
        .optional()
        .describe('Only this action, such as `api-key.revoked`'),
    }),
    responses: {
      200: z.object({
        entries: z.array(
          z
            .object({
              id: z.string(),
              at: z.string(),
              action: z.string(),
              targetId: z.string().nullable(),
              targetName: z.string().nullable().describe('The latest name of the target. null: unknown'),
              actor: z.looseObject({
                type: z.string(),
                id: z.string(),
                name: z
                  .string()
                  .nullable()
                  .describe(
                    'The latest name of a key or member, or the email address of a guest. null: unknown',
                  ),
                madeBy: z
                  .string()
                  .optional()
                  .describe('Of a guest: the operator token, or the operator, that made the session link'),
                madeByName: z
                  .string()
                  .nullable()
                  .optional()
                  .describe('The latest name of that operator token'),
                ip: z.string().optional(),
              }),
              details: z.record(z.string(), z.unknown()),
            })
            .meta({ id: 'AuditEntry' }),
        ),
        nextCursor: z.string().nullable(),
      }),
    },
    problems: [],
  },
  async ({ api, principal, query }) => {
    const { em } = await api.readFrom('reads')
    const found = await em.find(
      AuditEntrySchema,
      {
        accountId: principal.accountId,
        ...(query.cursor === undefined ? {} : { id: { $lt: query.cursor } }),
        ...(query.targetId === undefined ? {} : { targetId: query.targetId }),
        ...(query.action === undefined ? {} : { action: query.action }),
      },
      { orderBy: { id: 'desc' }, limit: query.limit + 1 },
    )
    const page = found.slice(0, query.limit)
    const names = await partyNames(em, principal.accountId, page)
    const entries = page.map((entry) => ({
      id: entry.id,
      at: entry.at.toISOString(),
      action: entry.action,
      targetId: entry.targetId ?? null,
      targetName: names.get(entry.targetId ?? '') ?? null,
      actor: presentActor(entry.actor, names),
      details: entry.details,
    }))
    return {
      status: 200,
      body: { entries, nextCursor: found.length > page.length ? (page.at(-1)?.id ?? null) : null },
    }
  },
)

function presentActor({ email, ...actor }: Actor, names: Map<string, string>) {
  const name = names.get(actor.id) ?? email ?? null
  return { ...actor, name, ...(actor.madeBy ? { madeByName: names.get(actor.madeBy) ?? null } : {}) }
}

export const getOperation = route(
  {
    method: 'get',
    path: '/operations/:id',
    operation: 'getOperation',
    summary: 'Get an operation',
    description: 'The status and result of a command that returned 202.',
    tag: 'Account',
    auth: { permission: 'account:read', orOperator: true },
    params: IdParams,
    responses: {
      200: z
        .object({
          id: z.string(),
          kind: z.string(),
          status: z.enum(['pending', 'succeeded', 'failed']),
          createdAt: z.string(),
          finishedAt: z.string().nullable(),
          result: z.record(z.string(), z.unknown()).nullable(),
          problem: z.looseObject({ code: z.string() }).nullable(),
          progress: z
            .object({ done: z.int(), total: z.int() })
            .nullable()
            .optional()
            .describe(
              'Of a change of a plan that is pending: how many accounts it has reached in every region',
            ),
        })
        .meta({ id: 'Operation' }),
    },
    problems: ['operation-not-found'],
  },
  async ({ api, principal, params }) => {
    const { accountId, permissions, actor } = principal
    const command = await api
      .em()
      .findOne(CommandSchema, { id: params.id, ...(accountId === null ? {} : { accountId }) })
    // An operator token sees what it asked for, whichever account that changes.
    const isAdmin = accountId !== null && permissions.includes('keys:manage')
    if (!command || !(isAdmin || command.actor.id === actor.id))
      throw new Failure('operation-not-found', { detail: 'There is no operation with this ID.' })
    const isOpen = command.kind === 'set-plan' && command.status === 'applied'
    const progress = isOpen ? { progress: await readProgress(api.em(), command.id) } : {}
    return { status: 200, body: { ...presentOperation(command), ...progress } }
  },
)

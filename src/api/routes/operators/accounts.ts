import { z } from 'zod'
import { ACCOUNT_STATUSES } from '../../../domain/accounts/accountStatus.ts'
import { cursorOf, findAccounts, readCursor } from '../../../domain/accounts/findAccounts.ts'
import { AccountResource, loadPresented, presentAccounts } from '../../../domain/accounts/presentAccount.ts'
import { CustomLimits, PlanName } from '../../../domain/commands/payloadFields.ts'
import { newId } from '../../../domain/ids.ts'
import { generateSecret } from '../../../domain/keys/keyFormat.ts'
import { loadKey } from '../../../domain/keys/keyStore.ts'
import { KeyWithValue, presentKey } from '../../../domain/keys/presentKey.ts'
import { requirePlan } from '../../../domain/plans/planStore.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, IdParams, limitOf, Metadata, name, text } from '../../schemas.ts'

const ExternalId = text(255)
const NewAccount = z
  .strictObject({
    name: name(100),
    plan: PlanName.default('free'),
    externalId: ExternalId.optional().describe('The company’s own ID of the account, which is unique'),
    limits: CustomLimits.default({}).describe('Limits that replace those of the plan; null: unlimited'),
    metadata: Metadata.default({}),
    adminKey: z.boolean().default(false).describe('Whether to create a first admin key, shown once'),
  })
  .meta({ id: 'NewAccount' })

export const createAccount = route(
  {
    method: 'post',
    path: '/accounts',
    operation: 'createAccount',
    summary: 'Create an account',
    description: 'To repeat it safely, send an `externalId`: a second account with the same one is refused.',
    tag: 'Operators',
    auth: { operator: 'accounts:write' },
    body: NewAccount,
    responses: {
      201: z.object({
        account: AccountResource,
        adminKey: KeyWithValue.optional(),
      }),
      202: Accepted.omit({ key: true }).extend({ adminKey: z.string().optional() }),
    },
    problems: ['plan-not-found', 'external-id-taken', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) => {
    const { api, body } = input
    return respondToCommand(input, {
      secretField: 'adminKey',
      prepare: async () => {
        const { externalId = null, limits: customLimits, adminKey: wantsKey, ...facts } = body
        await requirePlan(api.em(), facts.plan)
        const accountId = newId('account')
        const { value, ...secret } = generateSecret(api.env.KEY_PREFIX, 'live')
        const adminKey = { keyId: newId('apiKey'), ...secret }
        const payload = { ...facts, accountId, externalId, customLimits }
        if (!wantsKey) return { kind: 'create-account', targetId: accountId, payload }
        return {
          kind: 'create-account',
          targetId: accountId,
          payload: { ...payload, adminKey },
          secret: value,
        }
      },
      present: async ({ accountId, keyId }, secret) => {
        const account = await loadPresented(api.em(), String(accountId), api.now())
        if (secret === undefined) return { status: 201, body: { account } }
        const key = await loadKey(api.em(), account.id, String(keyId))
        const adminKey = { ...presentKey(key, null, api.now()), key: secret }
        return { status: 201, body: { account, adminKey } }
      },
    })
  },
)

export const listAccounts = route(
  {
    method: 'get',
    path: '/accounts',
    operation: 'listAccounts',
    summary: 'List accounts',
    description: 'Newest first.',
    tag: 'Operators',
    auth: { operator: 'accounts:read' },
    query: z.strictObject({
      externalId: ExternalId.optional().describe('Only the account with this external ID'),
      plan: PlanName.optional().describe('Only accounts on this plan'),
      status: z.enum(ACCOUNT_STATUSES).optional().describe('Only accounts with this status'),
      q: text(100).optional().describe('Only accounts with this in their name, or with this ID'),
      limit: limitOf(100, 50),
      cursor: z
        .string()
        .max(100)
        .refine((cursor) => readCursor(cursor) !== undefined, 'must be a cursor of an earlier page')
        .optional()
        .describe('`nextCursor` of the previous page'),
    }),
    responses: { 200: z.object({ accounts: z.array(AccountResource), nextCursor: z.string().nullable() }) },
    problems: ['plan-not-found'],
  },
  async ({ api, query }) => {
    const { cursor, limit, ...filter } = query
    const em = api.em()
    if (filter.plan !== undefined) await requirePlan(em, filter.plan)
    const before = cursor === undefined ? undefined : readCursor(cursor)
    const found = await findAccounts(em, { ...filter, before, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = found.length > limit ? page.at(-1) : undefined
    const accounts = await presentAccounts(em, page, api.now())
    return { status: 200, body: { accounts, nextCursor: last ? cursorOf(last) : null } }
  },
)

export const readAccount = route(
  {
    method: 'get',
    path: '/accounts/:id',
    operation: 'readAccount',
    summary: 'Get an account by its ID',
    tag: 'Operators',
    auth: { operator: 'accounts:read' },
    params: IdParams,
    responses: { 200: AccountResource },
    problems: ['account-not-found'],
  },
  async ({ api, params }) => ({ status: 200, body: await loadPresented(api.em(), params.id, api.now()) }),
)

export const updateAccount = route(
  {
    method: 'patch',
    path: '/accounts/:id',
    operation: 'updateAccount',
    summary: 'Change an account',
    description:
      'Returns when the new limits apply in every region. `limits` and `metadata` are replaced as a whole.',
    tag: 'Operators',
    auth: { operator: 'accounts:write' },
    params: IdParams,
    body: z
      .strictObject({
        name: name(100),
        plan: PlanName,
        externalId: ExternalId.nullable(),
        limits: CustomLimits.describe('Limits that replace those of the plan; `{}` goes back to the plan’s'),
        metadata: Metadata,
      })
      .partial()
      .refine((body) => Object.keys(body).length > 0, 'must change something')
      .meta({ id: 'AccountChanges' }),
    responses: { 200: AccountResource, 202: Accepted },
    problems: ['account-not-found', 'account-erasing', 'plan-not-found', 'external-id-taken'],
  },
  (input) => {
    const { api, params, body } = input
    return respondToCommand(input, {
      prepare: async () => {
        const { id } = await loadPresented(api.em(), params.id, api.now())
        if (body.plan !== undefined) await requirePlan(api.em(), body.plan)
        const { limits, ...facts } = body
        const payload = { ...facts, ...(limits === undefined ? {} : { customLimits: limits }) }
        return { kind: 'update-account', accountId: id, targetId: id, payload }
      },
      present: async () => ({ status: 200, body: await loadPresented(api.em(), params.id, api.now()) }),
    })
  },
)

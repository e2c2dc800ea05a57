import { randomBytes } from 'node:crypto'
import type { RouteSpec } from '../../src/api/guard.ts'
import { hotRoutes } from '../../src/api/hot.ts'
import { routes } from '../../src/api/routes/all.ts'
import { randomBase62 } from '../../src/domain/base62.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { ruleOf, type Tenant } from './createTenant.ts'

/** One call of a route, whose spec has the method and the path. */
export type Call = {
  /** What stands for `:id` in the path, or the list that it is taken out of: a call that is refused gives it back. */
  id?: string | string[]
  query?: string
  body?: unknown
  type?: string
  /** Default: with the admin key for calls of this cost. */
  as?: { secret: string } | { cookie: string } | 'nobody'
  /** The status of an answer to a call that does what it is to do; 202 is one, too: the command is done later. */
  reaches: number | number[]
  /** Gets the body of an answer that is reached, and the ID in the path. */
  learn?: (answer: { id?: string; notifications?: { id: string }[] }, id: string) => void
}

/** What the flood has made and not yet ended, by ID. */
export const newStock = () => ({
  keys: [] as string[],
  revoked: [] as string[],
  channels: [] as string[],
  rules: [] as string[],
  members: [] as string[],
  invited: [] as string[],
  notifications: [] as string[],
})
type Stock = ReturnType<typeof newStock>

/** Why no tenant's call is made of a route. Operators' routes are in `reasonToLeaveOut`. */
const LEFT_OUT: Record<string, string> = {
  reportUsageEvents: 'A service token is the company’s own; an unknown one is asked for by verifyApiKey.',
}

/** No resource has this ID. */
export const NONE = 'none'
const latest = (list: string[]) => list.at(-1) ?? NONE
const kept = (list: string[]) => (answer: { id?: string }) => void list.push(answer.id ?? NONE)
const unknown = (prefix: 'live' | 'service' | 'operator') => ({ secret: generateSecret('pk', prefix).value })
const token = () => ({ token: randomBase62(40) })
const address = () => `${randomBase62(12).toLowerCase()}@example.com`
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

const jsonLines = { type: 'application/x-ndjson' }
const emptyLines = (lines: number) => ({ ...jsonLines, body: '{}\n'.repeat(lines) })
const newKeys = (lines: number) => ({
  ...jsonLines,
  body: Array.from({ length: lines }, () =>
    JSON.stringify({ hash: randomBytes(32).toString('hex'), name: 'I' }),
  ).join('\n'),
})

/** By operation, and after a comma what distinguishes several of one. */
export function callsOf(tenant: Tenant, stock: Stock): Record<string, () => Call> {
  const { own, channelId, ruleId, member, webhookUrl } = tenant
  const asMember = { cookie: member.cookie }
  const channel = { type: 'webhook', name: 'C', url: webhookUrl }
  return {
    createApiKey: () => ({ body: { name: 'F', type: 'live' }, reaches: 201, learn: kept(stock.keys) }),
    'importApiKeys, 1,000 keys': () => ({ ...newKeys(1_000), reaches: [200, 202] }),
    'importApiKeys, 1,000 keys, dry run': () => ({ query: 'dryRun=true', ...newKeys(1_000), reaches: 200 }),
    'importApiKeys, 20,000 lines': () => ({ ...emptyLines(20_000), reaches: 400 }),
    'importApiKeys, 5,000 faults': () => ({ ...emptyLines(5_000), reaches: 400 }),
    listApiKeys: () => ({ query: 'include=usage&limit=100', reaches: 200 }),
    getApiKey: () => ({ id: own.id, reaches: 200 }),
    updateApiKey: () => ({ id: own.id, body: { name: 'Flooded' }, reaches: 200 }),
    revokeApiKey: () => ({
      id: stock.keys,
      body: {},
      reaches: 200,
      learn: (_, id) => void stock.revoked.push(id),
    }),
    rotateApiKey: () => ({ id: stock.keys, body: {}, reaches: 201, learn: kept(stock.keys) }),
    deleteApiKey: () => ({ id: stock.revoked, reaches: 204 }),
    listApiKeyNames: () => ({ reaches: 200 }),
    getApiKeyUsage: () => ({ id: own.id, reaches: 200 }),
    listApiKeyCallers: () => ({ id: own.id, query: 'days=35', reaches: 200 }),
    'getUsage, 13 months': () => ({
      query: `from=${daysAgo(395)}&interval=day&groupBy=endpoint`,
      reaches: 200,
    }),
    'getUsage, minutes as CSV': () => ({ query: 'interval=minute&groupBy=key&format=csv', reaches: 200 }),
    getAccount: () => ({ reaches: 200 }),
    exportAccount: () => ({ reaches: 200 }),
    listAuditEntries: () => ({ query: 'limit=100', reaches: 200 }),
    getOperation: () => ({ id: `op_${randomBase62(16)}`, reaches: 404 }),
    listMembers: () => ({ reaches: 200 }),
    'addMember, invited': () => ({
      body: { email: address(), role: 'viewer' },
      reaches: 201,
      learn: kept(stock.invited),
    }),
    'addMember, with a password': () => ({
      body: { email: address(), role: 'viewer', password: randomBase62(16) },
      reaches: 201,
      learn: kept(stock.members),
    }),
    getMember: () => ({ id: member.id, reaches: 200 }),
    updateMember: () => ({ id: member.id, body: { name: randomBase62(8) }, reaches: 200 }),
    removeMember: () => ({ id: stock.members, reaches: 204 }),
    resendInvitation: () => ({ id: stock.invited, reaches: 200 }),
    getInvitation: () => ({ as: 'nobody', body: token(), reaches: 404 }),
    acceptInvitation: () => ({ as: 'nobody', body: { ...token(), password: NONE }, reaches: 404 }),
    listChannels: () => ({ reaches: 200 }),
    createChannel: () => ({ body: channel, reaches: 201, learn: kept(stock.channels) }),
    getChannelConfirmation: () => ({ as: 'nobody', query: `token=${token().token}`, reaches: 200 }),
    confirmChannel: () => ({ as: 'nobody', query: `token=${token().token}`, reaches: 410 }),
    getChannel: () => ({ id: channelId, reaches: 200 }),
    updateChannel: () => ({ id: channelId, body: { name: randomBase62(8) }, reaches: 200 }),
    testChannel: () => ({ id: channelId, body: {}, reaches: 201 }),
    rotateChannelSecret: () => ({ id: channelId, body: {}, reaches: 201 }),
    deleteChannel: () => ({ id: stock.channels, reaches: 204 }),
    listNotifications: () => ({
      reaches: 200,
      learn: ({ notifications = [] }) => stock.notifications.push(...notifications.map(({ id }) => id)),
    }),
    getNotification: () => ({ id: latest(stock.notifications), reaches: 200 }),
    redeliverNotification: () => ({ id: stock.notifications, body: {}, reaches: [200, 409] }),
    listAlertRules: () => ({ reaches: 200 }),
    createAlertRule: () => ({ body: ruleOf(channelId), reaches: 201, learn: kept(stock.rules) }),
    previewAlertRule: () => ({ body: ruleOf(channelId), reaches: 200 }),
    getAlertRule: () => ({ id: ruleId, reaches: 200 }),
    updateAlertRule: () => ({ id: ruleId, body: { name: randomBase62(8) }, reaches: 200 }),
    deleteAlertRule: () => ({ id: stock.rules, reaches: 204 }),
    testAlertRule: () => ({ id: ruleId, body: {}, reaches: 200 }),
    muteAlertRule: () => ({ id: ruleId, body: { until: null }, reaches: 200 }),
    listIncidents: () => ({ id: ruleId, query: 'limit=100', reaches: 200 }),
    signIn: () => ({ as: 'nobody', body: { email: address(), password: NONE }, reaches: 401 }),
    getSession: () => ({ as: asMember, reaches: 200 }),
    switchAccount: () => ({ as: asMember, body: { accountId: NONE }, reaches: 404 }),
    changePassword: () => ({
      as: asMember,
      body: { currentPassword: NONE, password: randomBase62(16) },
      reaches: 400,
    }),
    requestPasswordReset: () => ({ as: 'nobody', body: { email: member.email }, reaches: 202 }),
    completePasswordReset: () => ({
      as: 'nobody',
      body: { ...token(), password: randomBase62(16) },
      reaches: 404,
    }),
    openSessionLink: () => ({ as: 'nobody', body: token(), reaches: 404 }),
    signOut: () => ({ as: 'nobody', reaches: 204 }),
    'forwardAuth, an unknown key': () => ({ as: unknown('live'), reaches: 401 }),
    'forwardAuth, its own key': () => ({
      as: { secret: own.key },
      query: 'permission=renders:write',
      reaches: 429,
    }),
    'verifyApiKey, an unknown token': () => ({
      as: unknown('service'),
      body: { key: own.key },
      reaches: 401,
    }),
    'listAccounts, an unknown token': () => ({ as: unknown('operator'), reaches: 401 }),
  }
}

export const operationOf = (name: string) => name.split(',', 1)[0] ?? ''

const specs: RouteSpec[] = [...hotRoutes, ...routes].map(({ spec }) => spec)

/** The route of an operation. */
export function specOf(operation: string): RouteSpec {
  const spec = specs.find((one) => one.operation === operation)
  if (!spec) throw new Error(`There is no route ${operation}`)
  return spec
}

function reasonToLeaveOut({ operation, auth }: RouteSpec): string | undefined {
  if (typeof auth === 'object' && 'operator' in auth)
    return 'An operator token is the company’s own; an unknown one is asked for by listAccounts.'
  return LEFT_OUT[operation]
}

/** Routes that the flood neither calls nor leaves out for a reason, and names that are no route's. */
export function faultsOf(names: string[]): string[] {
  const asked = new Set(names.map(operationOf))
  const known = new Set(specs.map(({ operation }) => operation))
  return [
    ...specs.filter((spec) => !asked.has(spec.operation) && reasonToLeaveOut(spec) === undefined),
    ...[...asked, ...Object.keys(LEFT_OUT)]
      .filter((operation) => !known.has(operation))
      .map((operation) => ({ operation })),
  ].map(({ operation }) => operation)
}

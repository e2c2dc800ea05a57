import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { recentTrouble, type Traffic, trafficOf } from './traffic.ts'

export type Seeded = { who: { email: string; password: string }; keyId: string; alertId: string }

type Service = { url: string; databaseUrl: string; serviceToken: string; receiverUrl: string }
type Client = Pick<ReturnType<typeof createClient>, 'get' | 'post' | 'patch'>

const who = { email: 'ada@acme.example', password: 'only for the pictures' }

/** The keys of the account, with how much each is used. */
const KEYS: (Traffic & { name: string; type: string; fields?: object; daysOld: number })[] = [
  { name: 'Production', type: 'live', perDay: 260, median: 180, daysOld: 212 },
  { name: 'Checkout worker', type: 'live', perDay: 150, median: 320, daysOld: 96 },
  {
    name: 'Marketing site',
    type: 'live',
    perDay: 110,
    median: 210,
    daysOld: 141,
    fields: { allowedIps: ['203.0.113.0/24'], metadata: { team: 'web' } },
  },
  {
    name: 'Analytics export',
    type: 'live',
    perDay: 40,
    median: 90,
    daysOld: 61,
    fields: { access: 'read_only' },
  },
  { name: 'Mobile app 1.x', type: 'live', perDay: 30, median: 260, daysOld: 303 },
  { name: 'Continuous integration', type: 'test', perDay: 45, median: 150, daysOld: 88 },
  { name: 'Partner preview', type: 'test', perDay: 12, median: 200, daysOld: 24 },
]

/** An account as a company of some size has it: keys with a month of traffic, members, channels, rules, an incident. */
export async function seed(service: Service): Promise<Seeded> {
  const { adminKey, accountId } = await createAccount()
  await addMembers(createClient(service.url, adminKey))
  const client = await signedIn(service.url)
  const keyIds: string[] = []
  const values: string[] = []
  for (const { name, type, fields } of KEYS) {
    const { id, key } = await ok(client.post('/api-keys', { name, type, ...fields }))
    keyIds.push(id)
    values.push(key)
  }
  const [production = '', checkout = '', , , mobile = '', , partner = ''] = keyIds
  await report(service, keyIds)
  await render(service, values[0] ?? '')
  await ok(client.post(`/api-keys/${mobile}/revoke`, { reason: 'Version 1 of the app has ended' }))
  const inFiveDays = new Date(Date.now() + 5 * 86_400_000).toISOString()
  await ok(client.patch(`/api-keys/${partner}`, { expiresAt: inFiveDays }))
  const alertId = await addAlerts(client, service.receiverUrl, checkout)
  await backdate(service.databaseUrl, accountId, keyIds)
  await eventually(
    () => client.get(`/alerts/${alertId}`),
    ({ body }) => body.state === 'firing',
    180_000,
  )
  await eventually(
    () => client.get('/notifications'),
    ({ body }) => body.notifications.some(({ type }: { type: string }) => type === 'alert.firing'),
    60_000,
  )
  return { who, keyId: production, alertId }
}

async function createAccount(): Promise<{ adminKey: string; accountId: string }> {
  const args = ['account', 'create', '--name', 'Acme', '--plan', 'business', '--json']
  const member = ['--email', who.email, '--password', who.password]
  const { stdout } = await promisify(execFile)('bin/keys', [...args, ...member], { cwd: root })
  return JSON.parse(stdout)
}

async function addMembers(client: Client): Promise<void> {
  const { members } = await ok(client.get('/members'))
  await ok(client.patch(`/members/${members[0].id}`, { name: 'Ada Lovelace' }))
  for (const [name, role] of [
    ['Grace Hopper', 'admin'],
    ['Alan Turing', 'editor'],
    ['Katherine Johnson', 'viewer'],
  ] as const) {
    const email = `${name.split(' ')[0]?.toLowerCase()}@acme.example`
    await ok(client.post('/members', { name, role, email, password: who.password }))
  }
}

/** Speaks as Ada does from her browser: the audit log names her. */
async function signedIn(url: string): Promise<Client> {
  const anyone = createClient(url)
  const cookie = (await anyone.post('/session', who)).headers.get('set-cookie')?.split(';')[0] ?? ''
  const extra = { headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' } }
  return {
    get: (path) => anyone.get(path, extra),
    post: (path, body) => anyone.post(path, body, extra),
    patch: (path, body) => anyone.patch(path, body, extra),
  }
}

/** The renders of the month, in few requests; what is reported does not count as such. */
async function render({ url, serviceToken }: Service, key: string): Promise<void> {
  const server = createClient(url, serviceToken)
  for (let index = 0; index < 34; index++)
    await ok(server.post('/verify', { key, permission: 'renders:write', units: 900 + index }))
}

/** A month of usage, and trouble with the checkout in the last minutes. */
async function report({ url, serviceToken }: Service, keyIds: string[]): Promise<void> {
  const server = createClient(url, serviceToken)
  const now = Date.now()
  const events = KEYS.flatMap((traffic, index) => trafficOf(keyIds[index] ?? '', traffic, index + 1, now))
  events.push(...recentTrouble(keyIds[1] ?? '', now))
  for (let from = 0; from < events.length; from += 1_000)
    await ok(server.post('/usage/events', { events: events.slice(from, from + 1_000) }))
}

async function addAlerts(client: Client, receiverUrl: string, checkout: string): Promise<string> {
  const channel = async (body: object) => (await ok(client.post('/channels', body))).id as string
  const slack = await channel({
    type: 'slack',
    name: 'Slack #on-call',
    url: `${receiverUrl}/services/T0/B0/x`,
  })
  const hook = await channel({ type: 'webhook', name: 'Incident bot', url: `${receiverUrl}/hooks/keys` })
  await channel({ type: 'email', name: 'Platform team', to: 'platform@acme.example' })
  await eventually(
    () => client.get('/channels'),
    ({ body }) => body.channels.filter(({ verified }: { verified: boolean }) => verified).length === 2,
    30_000,
  )
  const channelIds = [slack, hook]
  const rule = async (body: object) =>
    (await ok(client.post('/alerts', { channelIds, ...body }))).id as string
  await rule({ name: 'Renders of the month', metric: 'plan_usage', threshold: 80 })
  await rule({ name: 'Slow renders', metric: 'latency_p95', threshold: 4_000, window: '1h', for: '5m' })
  await rule({ name: 'A key in an unknown place', metric: 'unknown_ip', severity: 'info' })
  await rule({ name: 'A key is about to expire', metric: 'key_expiring', threshold: 7, severity: 'info' })
  return rule({
    name: 'Errors in the checkout',
    metric: 'error_rate',
    threshold: 5,
    window: '15m',
    severity: 'critical',
    scope: { keyIds: [checkout] },
  })
}

/** What has a month of traffic was not made today. */
async function backdate(databaseUrl: string, accountId: string, keyIds: string[]): Promise<void> {
  const ago = (days: number) => `now() - interval '${days} days 5 hours'`
  await runSql(
    databaseUrl,
    `update account set created_at = ${ago(320)} where id = '${accountId}'`,
    `update api_key set created_at = ${ago(320)} where account_id = '${accountId}' and name = 'Admin key'`,
    `update member set created_at = ${ago(320)} where account_id = '${accountId}' and name like 'Ada%'`,
    `update member set created_at = ${ago(74)} where account_id = '${accountId}' and name not like 'Ada%'`,
    ...KEYS.map(
      ({ daysOld }, index) =>
        `update api_key set created_at = ${ago(daysOld)} where id = '${keyIds[index] ?? ''}'`,
    ),
  )
}

/** The body of an answer that must be a success. */
async function ok(answer: ReturnType<Client['get']>) {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/**
 * A hostile tenant, in a process of its own: calls every route that it may call, from 64 connections, without a
 * pause.
 */
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'

const { API_URL = '', ADMIN_KEY = '', KEY = '', KEY_ID = '', SECONDS = '60' } = process.env
const CONNECTIONS = 64

type Call = { name: string; method?: string; path: string; secret?: string; body?: unknown; type?: string }

const unknown = () => generateSecret('pk', 'live').value
const [tooMany, asMany] = ['{}\n'.repeat(20_000), '{}\n'.repeat(5_000)]
const year = new Date(Date.now() - 395 * 86_400_000).toISOString().slice(0, 10)
const rule = { name: 'R', metric: 'requests', threshold: 1, window: '5m', channelIds: [] }

const importOf = (name: string, body: string): Call => {
  const path = '/api-keys/import?dryRun=true'
  return { name, method: 'POST', path, body, type: 'application/x-ndjson' }
}

/** One of each kind. */
const calls: (() => Call)[] = [
  () => ({ name: 'list keys', path: '/api-keys?include=usage&limit=100' }),
  () => ({ name: 'key names', path: '/api-key-names' }),
  () => ({ name: 'usage of 13 months', path: `/usage?from=${year}&interval=day&groupBy=endpoint` }),
  () => ({ name: 'usage as CSV', path: '/usage?interval=minute&groupBy=key&format=csv' }),
  () => ({ name: 'export', path: '/account/export' }),
  () => ({ name: 'audit log', path: '/audit-log?limit=100' }),
  () => ({ name: 'callers', path: `/api-keys/${KEY_ID}/callers` }),
  () => ({ name: 'key usage', path: `/api-keys/${KEY_ID}/usage`, secret: KEY }),
  () => ({ name: 'create key', method: 'POST', path: '/api-keys', body: { name: 'Flood', type: 'live' } }),
  () => ({ name: 'rename key', method: 'PATCH', path: `/api-keys/${KEY_ID}`, body: { name: 'Flooded' } }),
  () => ({ name: 'rotate key', method: 'POST', path: `/api-keys/${KEY_ID}/rotate`, body: {} }),
  () => ({ name: 'delete key', method: 'DELETE', path: `/api-keys/${KEY_ID}` }),
  () => importOf('import', tooMany),
  () => importOf('import of 5,000', asMany),
  () => ({ name: 'preview rule', method: 'POST', path: '/alerts/preview', body: rule }),
  () => ({ name: 'create rule', method: 'POST', path: '/alerts', body: rule }),
  () => ({
    name: 'create channel',
    method: 'POST',
    path: '/channels',
    body: { type: 'webhook', name: 'C', url: 'https://192.0.2.1/' },
  }),
  () => ({
    name: 'sign in',
    method: 'POST',
    path: '/session',
    body: { email: `${KEY_ID}@example.com`, password: 'no' },
  }),
  () => ({ name: 'unknown key', path: '/forward-auth', secret: unknown() }),
  () => ({ name: 'own key', path: '/forward-auth?permission=renders:write', secret: KEY }),
]

const outcomes: Record<string, Record<string, number>> = {}
const end = performance.now() + Number(SECONDS) * 1000

async function ask({ name, method = 'GET', path, secret = ADMIN_KEY, body, type }: Call): Promise<void> {
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
  const headers: Record<string, string> = { Authorization: `Bearer ${secret}` }
  if (text !== undefined) headers['Content-Type'] = type ?? 'application/json'
  const status = await fetch(`${API_URL}${path}`, { method, headers, body: text }).then(
    async (response) => {
      await response.arrayBuffer()
      return String(response.status)
    },
    () => 'none',
  )
  outcomes[name] ??= {}
  outcomes[name][status] = (outcomes[name][status] ?? 0) + 1
}

let turn = 0
await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    while (performance.now() < end) await ask((calls[turn++ % calls.length] as () => Call)())
  }),
)
process.stdout.write(JSON.stringify(outcomes))

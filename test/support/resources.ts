import { runSql } from '../setup/runSql.ts'
import type { Client } from './client.ts'

type Owner = Client & { accountId: string }

/** Makes one of what a path with an ID is about, by the path's beginning; returns its ID. */
export function createResources(databaseUrl: string, operator: Client) {
  let made = 0
  const idOf = async (
    answer: Promise<{ status: number; body: { id?: string; account?: { id: string } } }>,
  ) => {
    const { status, body } = await answer
    const id = body.id ?? body.account?.id
    if (!id) throw new Error(`${status} ${JSON.stringify(body)}`)
    return id
  }
  const url = 'http://127.0.0.1:9/'
  const firstOf = async (owner: Client, path: string, list: string) =>
    (await owner.get(path)).body[list][0].id
  const make: Record<string, (owner: Owner, name: string) => Promise<string>> = {
    'api-keys': (owner, name) => idOf(owner.createKey({ name }).then((body) => ({ status: 201, body }))),
    members: (owner, name) =>
      idOf(
        owner.post('/members', {
          email: `${name}@example.com`,
          role: 'viewer',
          password: 'correct horse battery',
        }),
      ),
    operations: async (owner) => {
      const [rows] = await runSql(
        databaseUrl,
        `select id from command where account_id = '${owner.accountId}' limit 1`,
      )
      return String(rows?.[0]?.id)
    },
    channels: (owner, name) => idOf(owner.post('/channels', { type: 'webhook', name, url })),
    // A channel is sent a test message.
    notifications: async (owner, name) => {
      await make.channels?.(owner, name)
      return firstOf(owner, '/notifications', 'notifications')
    },
    alerts: (owner, name) =>
      idOf(owner.post('/alerts', { name, metric: 'requests', threshold: 1e9, channelIds: [] })),
    accounts: (_owner, name) => idOf(operator.post('/accounts', { name, plan: 'enterprise' })),
    plans: async (_owner, name) => {
      const numbers = {
        liveKeys: 1,
        testKeys: 1,
        requestsPerMinute: 1,
        requestsPerDay: 1,
        rendersPerMonth: 1,
      }
      await operator.put(`/plans/${name}`, { limits: { ...numbers, rendersHard: true } })
      return name
    },
    'operator-tokens': (_owner, name) => idOf(operator.post('/operator-tokens', { name })),
    'service-tokens': (_owner, name) => idOf(operator.post('/service-tokens', { name })),
    webhooks: (_owner, name) => idOf(operator.post('/webhooks', { name, url, events: ['*'] })),
  }
  return async (owner: Owner, path: string): Promise<string> => {
    made += 1
    const kind = path.split('/')[1] ?? ''
    const id = await make[kind]?.(owner, `made-${made}`)
    if (id === undefined) throw new Error(`Nothing makes what ${path} is about`)
    return id
  }
}

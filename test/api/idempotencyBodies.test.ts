import { beforeAll, expect, it } from 'vitest'
import type { Route } from '../../src/api/guard.ts'
import { routes } from '../../src/api/routes/all.ts'
import { Accepted, AcceptedWithSecret } from '../../src/api/schemas.ts'
import { type Client, createClient } from '../support/client.ts'
import { type Account, createImporter, newValue, record } from '../support/createImporter.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let operator: Client
beforeAll(async () => {
  service = await sharedService()
  operator = createClient(service.url, await service.operatorToken())
})

const nameOf = ({ spec }: Route) => `${spec.method.toUpperCase()} ${spec.path}`
const submitsCommand = ({ spec }: Route) =>
  spec.method === 'post' && [Accepted, AcceptedWithSecret].some((schema) => schema === spec.responses[202])

const member = { email: 'ada@example.com', role: 'viewer', password: 'a long password' }
const channel = { type: 'webhook', name: 'Hook', url: 'http://127.0.0.1:9/' }
const webhook = { url: 'http://127.0.0.1:9/', events: ['account.erased'] }
const rule = { name: 'Many', metric: 'requests', threshold: 10 }
const line = () => JSON.stringify(record(newValue()))

/** Per route two bodies that are valid one after the other. */
const bodies: Record<string, [unknown, unknown]> = {
  'POST /api-keys': [
    { name: 'A', type: 'live' },
    { name: 'B', type: 'live' },
  ],
  'POST /api-keys/import': [line(), line()],
  'POST /api-keys/:id/rotate': [{ overlapSeconds: 0 }, { overlapSeconds: 60 }],
  'POST /api-keys/:id/revoke': [{ reason: 'a' }, { reason: 'b' }],
  'POST /members': [member, { ...member, password: 'another password' }],
  'POST /channels': [channel, { ...channel, url: 'http://127.0.0.1:10/' }],
  'POST /alerts': [rule, { ...rule, threshold: 11 }],
  'POST /webhooks': [webhook, { ...webhook, events: ['account.resumed'] }],
  'POST /accounts/:id/suspend': [{ reason: 'a' }, { reason: 'b' }],
  'POST /alerts/:id/mute': [{ until: null }, { until: '2999-01-01T00:00:00Z' }],
}
/** There is one body that is valid: `{}`. */
const withoutFields = ['POST /alerts/:id/test', 'POST /accounts/:id/resume']

/** The path of a route for a key and an alert rule of the account. */
async function pathOf({ spec }: Route, account: Account): Promise<string> {
  const ids: Record<string, string> = {
    'api-keys': (await account.createKey()).id,
    alerts: (await account.post('/alerts', rule)).body.id,
    accounts: account.accountId,
  }
  return spec.path.replace(':id', ids[spec.path.split('/')[1] ?? ''] ?? '')
}

const takingBodies = routes.filter(
  (route) => submitsCommand(route) && (route.spec.body ?? route.spec.file) !== undefined,
)

it('knows two bodies for every POST route that takes one and submits a command', () => {
  expect(takingBodies.map(nameOf).sort()).toEqual([...Object.keys(bodies), ...withoutFields].sort())
})

it.each(
  takingBodies
    .filter((route) => !withoutFields.includes(nameOf(route)))
    .map((route) => [nameOf(route), route] as const),
)('another body under the same Idempotency-Key is refused: %s', async (name, route) => {
  const account = await service.account()
  const path = await pathOf(route, account)
  const headers = { 'Idempotency-Key': 'same' }
  const isOperators = typeof route.spec.auth === 'object' && 'operator' in route.spec.auth
  const caller = isOperators ? operator : account
  const send = (body: unknown) =>
    route.spec.file
      ? createImporter(service).send(account, String(body), { headers })
      : caller.post(path, body, { headers })
  const [body, other] = bodies[name] ?? []
  const first = await send(body)
  expect(first.status).toBeLessThan(300)
  expect((await send(other)).body).toMatchObject({
    status: 422,
    type: expect.stringMatching(/idempotency-conflict$/),
  })
  expect((await send(body)).body).toEqual(first.body)
  if (name === 'POST /webhooks') await operator.delete(`/webhooks/${first.body.id}`)
})

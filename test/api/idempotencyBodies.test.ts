import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Route } from '../../src/api/guard.ts'
import { routes } from '../../src/api/routes/all.ts'
import { Accepted, AcceptedWithSecret } from '../../src/api/schemas.ts'
import type { Client } from '../support/client.ts'
import { type Account, createImporter, newValue, record } from '../support/createImporter.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
})
afterAll(() => service.stop())

const nameOf = ({ spec }: Route) => `${spec.method.toUpperCase()} ${spec.path}`
const submitsCommand = ({ spec }: Route) =>
  [Accepted, AcceptedWithSecret].some((schema) => schema === spec.responses[202])

const member = { email: 'ada@example.com', role: 'viewer', password: 'a long password' }
const channel = { type: 'webhook', name: 'Hook', url: 'http://127.0.0.1:9/' }
const rule = { name: 'Many', metric: 'requests', threshold: 10 }
const line = () => JSON.stringify(record(newValue()))

/** Per route two bodies that are valid one after the other. */
const bodies: Record<string, [unknown, unknown]> = {
  'POST /api-keys': [
    { name: 'A', type: 'live' },
    { name: 'B', type: 'live' },
  ],
  'POST /api-keys/import': [line(), line()],
  'PATCH /api-keys/:id': [{ name: 'A' }, { name: 'B' }],
  'POST /api-keys/:id/rotate': [{ overlapSeconds: 0 }, { overlapSeconds: 60 }],
  'POST /api-keys/:id/revoke': [{ reason: 'a' }, { reason: 'b' }],
  'POST /members': [member, { ...member, password: 'another password' }],
  'PATCH /members/:id': [{ role: 'editor' }, { role: 'admin' }],
  'POST /channels': [channel, { ...channel, url: 'http://127.0.0.1:10/' }],
  'PATCH /channels/:id': [{ name: 'A' }, { name: 'B' }],
  'POST /alerts': [rule, { ...rule, threshold: 11 }],
  'PATCH /alerts/:id': [{ threshold: 11 }, { threshold: 12 }],
  'POST /alerts/:id/mute': [{ until: null }, { until: '2999-01-01T00:00:00Z' }],
  'PATCH /session': [
    { currentPassword: 'a long password', password: 'another password' },
    { currentPassword: 'another password', password: 'a third password' },
  ],
}
/** There is one body that is valid: `{}`. */
const withoutFields = ['POST /alerts/:id/test']

/** Has one of each resource; returns the path of a route for them. */
async function createResources(account: Account) {
  const created = async (path: string, body: object) => (await account.post(path, body)).body.id
  const email = 'grace@example.com'
  const ids: Record<string, string> = {
    'api-keys': (await account.createKey()).id,
    members: await created('/members', { ...member, email }),
    channels: await created('/channels', channel),
    alerts: await created('/alerts', rule),
  }
  const pathOf = (path: string) => path.replace(':id', ids[path.split('/')[1] ?? ''] ?? '')
  return { email, pathOf }
}

/** Sends a body as the route wants it: to `/session` signed in, by the password that the body names. */
async function send(account: Account, email: string, route: Route, path: string, body: unknown) {
  const headers = { 'Idempotency-Key': 'same' }
  if (route.spec.file) return createImporter(service).send(account, String(body), { headers })
  let client: Client = account
  const signedIn: Record<string, string> = {}
  if (route.spec.auth === 'session') {
    client = account.as(undefined)
    const { currentPassword } = body as { currentPassword: string }
    const answer = await client.post('/session', { email, password: currentPassword })
    signedIn.Cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    signedIn['Sec-Fetch-Site'] = 'same-origin'
  }
  return client.request(route.spec.method.toUpperCase(), path, body, { headers: { ...headers, ...signedIn } })
}

const takingBodies = routes.filter(
  (route) => submitsCommand(route) && (route.spec.body ?? route.spec.file) !== undefined,
)

it('knows two bodies for every route that takes one and submits a command', () => {
  expect(takingBodies.map(nameOf).sort()).toEqual([...Object.keys(bodies), ...withoutFields].sort())
})

it.each(
  takingBodies
    .filter((route) => !withoutFields.includes(nameOf(route)))
    .map((route) => [nameOf(route), route] as const),
)('another body under the same Idempotency-Key is refused: %s', async (name, route) => {
  const account = await service.account()
  const { email, pathOf } = await createResources(account)
  const [body, other] = bodies[name] ?? []
  const first = await send(account, email, route, pathOf(route.spec.path), body)
  expect(first.status).toBeLessThan(300)
  const second = await send(account, email, route, pathOf(route.spec.path), other)
  expect(second.body).toMatchObject({
    status: 422,
    type: expect.stringMatching(/idempotency-conflict$/),
  })
})

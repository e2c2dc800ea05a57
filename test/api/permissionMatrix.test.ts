import { beforeAll, expect, it } from 'vitest'
import type { RouteSpec } from '../../src/api/guard.ts'
import { hotRoutes } from '../../src/api/hot.ts'
import { routes } from '../../src/api/routes/all.ts'
import { ASKERS, type Asker, mayAsk } from '../../src/dev/reference/matrix.ts'
import { SERVICE_TOKEN_PERMISSION_NAMES } from '../../src/domain/accounts/ServiceToken.ts'
import { OPERATOR_PERMISSION_NAMES } from '../../src/domain/operators/OperatorToken.ts'
import { createClient } from '../support/client.ts'
import { openedLink } from '../support/guests.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
/** Each asker of the matrix with the headers that it sends. */
const askers: [name: string, asker: Asker, headers: Record<string, string>][] = []
const bearer = (value: string) => ({ Authorization: `Bearer ${value}` })

beforeAll(async () => {
  service = await sharedService()
  const operator = createClient(service.url, await service.operatorToken())
  const account = await service.account('enterprise')
  const signIn = async (role: string) => {
    const who = { email: `${role}@example.com`, password: 'correct horse battery' }
    await account.post('/members', { ...who, role })
    const { headers } = await account.as(undefined).post('/session', who)
    const cookie = headers.getSetCookie().find((line) => line.startsWith('keys_session='))
    return { Cookie: cookie?.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' }
  }
  for (const [name, asker] of Object.entries(ASKERS) as [string, Asker][]) {
    if (asker.kind === 'nobody') askers.push([name, asker, {}])
    else if (asker.kind === 'guest') {
      const role = name.slice('link: '.length)
      askers.push([name, asker, (await openedLink(operator, account.accountId, { role })).headers])
    } else if (asker.kind === 'member') askers.push([name, asker, await signIn(name)])
    else {
      const { key } = await account.createKey({ access: name.slice('key: '.length), type: 'live' })
      askers.push([name, asker, bearer(key)])
    }
  }
  for (const permission of SERVICE_TOKEN_PERMISSION_NAMES) {
    const { body } = await operator.post('/service-tokens', { name: permission, permissions: [permission] })
    askers.push([`service: ${permission}`, { kind: 'service', permission }, bearer(body.token)])
  }
  for (const permission of OPERATOR_PERMISSION_NAMES) {
    const { body } = await operator.post('/operator-tokens', { name: permission, permissions: [permission] })
    // A token with `act` gets a 400 when it names no account, whatever the route.
    for (const acts of permission === 'act' ? [true] : [false, true])
      askers.push([
        `operator: ${permission}${acts ? ' for an account' : ''}`,
        { kind: 'operator', permission, acts },
        { ...bearer(body.token), ...(acts ? { 'X-Account-Id': account.accountId } : {}) },
      ])
  }
})

const specs: RouteSpec[] = [...hotRoutes, ...routes].map(({ spec }) => spec)

/** Who is let in gets another answer than 401 or 403: the ID is nobody's, and the body is missing. */
async function isTaken(spec: RouteSpec, headers: Record<string, string>): Promise<boolean> {
  const method = spec.method === 'all' ? 'GET' : spec.method.toUpperCase()
  const response = await fetch(`${service.url}${spec.path.replace(/:\w+/, 'none')}`, { method, headers })
  await response.body?.cancel()
  return response.status !== 401 && response.status !== 403
}

it.each(specs.map((spec) => [`${spec.method} ${spec.path}`, spec] as const))(
  '%s takes exactly those whom the matrix names',
  async (_name, spec) => {
    // What takes everybody is asked by nobody: to sign out would end a session.
    const these = spec.auth === 'none' && spec.path !== '/forward-auth' ? askers.slice(0, 1) : askers
    const taken = await Promise.all(these.map(([, , headers]) => isTaken(spec, headers)))
    const names = (some: boolean[]) => these.flatMap(([name], place) => (some[place] ? [name] : []))
    expect(names(taken)).toEqual(names(these.map(([, asker]) => mayAsk(spec, asker))))
  },
)

import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RouteSpec } from '../../src/api/guard.ts'
import { hotRoutes } from '../../src/api/hot.ts'
import { routes } from '../../src/api/routes/all.ts'
import { bodyWith, placesOf } from '../support/badInput.ts'
import { type Asked, type BadRequest, badRequests } from '../support/badRequests.ts'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { expectCounted } from '../support/expectCounted.ts'
import { browserOf } from '../support/guests.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { checkProblem, expectUnharmed } from '../support/refusals.ts'
import { createResources } from '../support/resources.ts'
import { scans } from '../support/scans.ts'
import { secretOf } from '../support/secretOf.ts'
import { type Service, startService } from '../support/startService.ts'

/** SEED repeats what is sent, FAULT_DRAWS says how often to each place. */
const seed = anySeed()
const DRAWS = Number(process.env.FAULT_DRAWS ?? 3)
const AT_ONCE = 8
/** Begins what is sent in the place of a secret. */
const MARK = `unspeakable-${seed}`

type Account = Awaited<ReturnType<Service['account']>>
let service: Service
let account: Account
let operator: Client
let session: Record<string, string>
let keyId: string
let make: ReturnType<typeof createResources>
/** Every value that an answer has shown. */
const shown = new Set<string>()
beforeAll(async () => {
  service = await startService({ env: { LOG_LEVEL: 'trace', WEBHOOK_ALLOW_PRIVATE: 'true' } })
  account = await service.account('enterprise')
  operator = createClient(service.url, await service.operatorToken())
  make = createResources(service.databaseUrl, operator)
  keyId = (await account.createKey()).id
  const who = { email: 'ada@example.com', password: `${MARK} password` }
  await account.post('/members', { ...who, role: 'admin' })
  session = browserOf((await account.as(undefined).post('/session', who)).headers)
  const { adminKey } = account
  const cookie = session.Cookie?.split('=')[1] ?? ''
  for (const secret of [adminKey, service.serviceToken, operator.secret ?? '', cookie]) shown.add(secret)
})
afterAll(() => service.stop())

const specs: RouteSpec[] = [...hotRoutes, ...routes].map(({ spec }) => spec)

/** A route as whoever may ask it does, about something of the account's own. */
async function asked(spec: RouteSpec): Promise<Asked> {
  const { adminKey } = account
  const { serviceToken } = service
  const secret = secretOf(spec, { adminKey, serviceToken, operatorToken: operator.secret ?? '' })
  const isOfSessions = spec.auth === 'session' || spec.auth === 'person'
  return {
    spec,
    path: spec.params
      ? spec.path.replace(/:\w+/, await make(account, spec.path)).replace(/:\w+/, 'none')
      : spec.path,
    headers: { ...(isOfSessions ? session : {}), ...(secret ? { Authorization: `Bearer ${secret}` } : {}) },
    // What a channel and a rule require beside their schemas.
    given: /Channel$/.test(spec.operation)
      ? { url: 'http://127.0.0.1:9/' }
      : { keyId, accountId: account.accountId, threshold: 10 },
  }
}

/** Too large, too many attempts: nobody has looked at the rest. */
const UNREAD = [413, 429, 431]

/** Sends a request; returns its status, and what is wrong with the answer. */
async function send({
  name,
  path,
  fault,
  ...sent
}: BadRequest): Promise<{ status: number; wrong: string[] }> {
  const response = await fetch(`${service.url}${path}`, sent as RequestInit)
  const text = await response.text()
  const { status, headers } = response
  for (const [secret] of text.matchAll(/pk_[a-z]+_\w{38}|whsec_[\w+/=]{44}/g)) shown.add(secret)
  const body = String(sent.body).slice(0, 300)
  const wrong = (what: string) => ({
    status,
    wrong: [`${name}: ${what}\n${path.slice(0, 300)} ${body}\n${status} ${text}`],
  })
  if (status >= 500) return wrong('failed')
  if (status < 400) return fault === undefined ? { status, wrong: [] } : wrong('was accepted')
  // What a person opens in a browser.
  if (headers.get('content-type')?.startsWith('text/html')) return { status, wrong: [] }
  try {
    // What is too long for a request has no path.
    const pathname = status === 431 ? '/' : new URL(`${service.url}${path}`).pathname
    const faults = checkProblem(text, status, pathname, headers.get('x-request-id') ?? '')
    if (fault === undefined || UNREAD.includes(status)) return { status, wrong: [] }
    const named = faults.map((one) => one.slice(0, one.lastIndexOf(' ')))
    const isNamed = named.some((one) => one === 'body' || one.startsWith(fault) || fault.startsWith(one))
    return status === 400 && isNamed ? { status, wrong: [] } : wrong(`does not name ${fault}`)
  } catch (error) {
    return wrong(String(error))
  }
}

it(`promises 1, 2 and 4: what is bad, in any place of any route, is refused and named; work goes on, and no secret stays (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const requests: BadRequest[] = []
  for (const spec of specs) requests.push(...badRequests(await asked(spec), random, DRAWS, MARK))
  random.shuffle(requests)
  const statuses: number[] = []
  const faults: string[] = []
  const sending = async () => {
    for (let next = requests.pop(); next; next = requests.pop()) {
      const { status, wrong } = await send(next)
      statuses.push(status)
      faults.push(...wrong)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sending))
  expect(faults.join('\n\n')).toBe('')
  // Most of it is looked at, and some of it is right: it reaches jobs and rows.
  const share = (from: number, to: number) =>
    statuses.filter((status) => status >= from && status <= to).length / statuses.length
  expect(share(200, 299)).toBeGreaterThan(0.1)
  expect(share(400, 400)).toBeGreaterThan(0.4)
  expect(share(401, 401) + share(429, 429)).toBeLessThan(0.1)

  const { id } = await account.createKey({ name: 'Last' })
  await expectCounted(service, [id], 0)
  await expectUnharmed(service, account.adminKey)
  await expectNoBacklog()
  for (const [place, scan] of Object.entries(scans)) {
    const text = await scan(service)
    expect(
      [MARK, ...shown].filter((secret) => text.includes(secret)),
      place,
    ).toEqual([])
  }
}, 360_000)

/** Nothing waits or runs in any queue. What is to be tried later may be. */
async function expectNoBacklog() {
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  await eventually(
    async () => {
      const { body } = await account.as(undefined).get('/metrics', { headers })
      return [...body.matchAll(/keys_queue_jobs\{queue="[\w-]+",state="(?:wait|active)"\} ([1-9-].*)/g)].map(
        String,
      )
    },
    (busy) => busy.length === 0,
  )
}

/** What has the ID of something of an account, by the names of parameters and fields; `id` is the path's own. */
const KINDS: [RegExp, string][] = [
  [/(^|\.)(keyIds?(\[0\])?|targetId|createdBy)$/, 'api-keys'],
  [/(^|\.)channelIds?(\[0\])?$/, 'channels'],
  [/^alertId$/, 'alerts'],
]
const kindOf = (place: string) => KINDS.find(([pattern]) => pattern.test(place))?.[1]

it('promise 8: the ID of another account, in any place of any route, answers exactly like one that does not exist', async () => {
  const theirs = await service.account('enterprise')
  const of: Record<string, string> = {}
  const idOf = async (kind: string) => (of[kind] ??= await make(theirs, `/${kind}`))
  let compared = 0
  for (const spec of specs.filter(({ auth }) => typeof auth === 'object' && 'permission' in auth)) {
    const { path, headers, given } = await asked(spec)
    const form = spec.body && { schema: spec.body, given }
    const method = spec.method.toUpperCase()
    const json = { ...headers, ...(form ? { 'Content-Type': 'application/json' } : {}) }
    const body = form && bodyWith(form)
    const told = async (id: string, sent: { path?: string; body?: string }) => {
      const response = await fetch(`${service.url}${sent.path ?? path}`, {
        method,
        headers: json,
        body: sent.body ?? body,
      })
      const text = (await response.text())
        .replaceAll(id, 'ID')
        .replaceAll(/req_\w+|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '')
      return `${response.status} ${response.headers.get('etag')} ${text}`
    }
    const compare = async (
      place: string,
      foreign: string,
      sent: (id: string) => { path?: string; body?: string },
    ) => {
      const unknown = foreign.replace(/_.*/, `_${'0'.repeat(foreign.length - foreign.indexOf('_') - 1)}`)
      const answer = await told(foreign, sent(foreign))
      expect(answer, `${method} ${spec.path}, ${place}`).toBe(await told(unknown, sent(unknown)))
      if (sent('').path?.includes('?') !== true) expect(answer).toMatch(/^4/)
      compared += 1
    }
    if (spec.params)
      await compare('id', await idOf(spec.path.split('/')[1] ?? ''), (id) => ({
        path: spec.path.replace(/:\w+/, id),
      }))
    for (const name of Object.keys(spec.query?.shape ?? {})) {
      const kind = kindOf(name)
      if (kind) await compare(name, await idOf(kind), (id) => ({ path: `${path}?${name}=${id}` }))
    }
    for (const place of form ? placesOf(form) : []) {
      const kind = kindOf(place)
      if (kind && form)
        await compare(place, await idOf(kind), (id) => {
          const text = place.endsWith('s') ? JSON.stringify([id]) : JSON.stringify(id)
          return { body: bodyWith(form, place, text) }
        })
    }
  }
  expect(compared).toBeGreaterThan(35)
  for (const [kind, id] of Object.entries(of))
    if (kind !== 'operations') expect((await theirs.get(`/${kind}/${id}`)).status).toBe(200)
}, 360_000)

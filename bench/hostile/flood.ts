/** A hostile tenant, in a process of its own: calls every route that it may call, without a pause. See calls.ts. */
import { type Call, callsOf, faultsOf, NONE, newStock, operationOf, specOf } from './calls.ts'
import type { Tenant } from './createTenant.ts'

const { API_URL = '', TENANT = '{}', SECONDS = '60' } = process.env
/** Connections that take all calls in turn, and ones that only ask for the tenant's own key, which is over its limit. */
const [CONNECTIONS, OF_ITS_KEY] = [60, 4]
const ITS_KEY = 'forwardAuth, its own key'

/** How often each call got each status. */
type Outcomes = Record<string, Record<string, number>>

const tenant = JSON.parse(TENANT) as Tenant
const stock = newStock()
stock.keys.push(...tenant.spareKeys)
const calls = callsOf(tenant, stock)
const faults = faultsOf(Object.keys(calls))
if (faults.length > 0) throw new Error(`Neither called nor left out with a reason: ${faults.join(', ')}`)

const outcomes: Outcomes = {}
/** Calls that have done at least once what they are to do: a flood whose calls are all refused measures nothing. */
const reached = new Set<string>()
const end = performance.now() + Number(SECONDS) * 1000

/** Costly calls first: once the budgets are used up, cheaper ones find room in them sooner. */
const costOf = (name: string) => {
  const { pool, cost = pool === 'streams' ? 10 : 1 } = specOf(operationOf(name))
  return cost
}
/** Several ways to call one route take turns: an account's imports, for example, exclude each other. */
const byRoute = Map.groupBy(Object.keys(calls), operationOf)
const places = [...byRoute.values()].toSorted(([a = ''], [b = '']) => costOf(b) - costOf(a))

async function ask(name: string): Promise<void> {
  const call = calls[name]?.()
  if (!call) return
  const status = await send(name, call).catch(() => 'none')
  outcomes[name] ??= {}
  outcomes[name][status] = (outcomes[name][status] ?? 0) + 1
}

async function send(name: string, { id: given = NONE, query, body, type, as, reaches, learn }: Call) {
  const { method, path } = specOf(operationOf(name))
  const id = typeof given === 'string' ? given : (given.shift() ?? NONE)
  const url = `${API_URL}${path.replace(/:\w+/, id)}${query === undefined ? '' : `?${query}`}`
  const response = await fetch(url, {
    method: method === 'all' ? 'GET' : method.toUpperCase(),
    headers: {
      ...credentialsOf(name, as),
      ...(body === undefined ? {} : { 'Content-Type': type ?? 'application/json' }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  const { status } = response
  if ([reaches].flat().includes(status)) {
    reached.add(name)
    learn?.(text === '' ? {} : JSON.parse(text), id)
  } else if (status === 202) reached.add(name)
  else if ((status === 429 || status === 503) && typeof given !== 'string' && id !== NONE) given.push(id)
  return String(status)
}

function credentialsOf(name: string, as: Call['as']): Record<string, string> {
  if (as === 'nobody') return {}
  if (as && 'cookie' in as) return { Cookie: as.cookie, 'Sec-Fetch-Site': 'same-origin' }
  const cost = costOf(name)
  const { cheap, costly, streams } = tenant.adminKeys
  return { Authorization: `Bearer ${as?.secret ?? (cost === 1 ? cheap : cost < 10 ? costly : streams)}` }
}

let turn = 0
const next = () => {
  const ways = places[turn % places.length] ?? []
  const way = Math.floor(turn++ / places.length) % ways.length
  return ways[way] ?? ''
}
const lane = async (nameOf: () => string) => {
  while (performance.now() < end) await ask(nameOf())
}
await Promise.all([
  ...Array.from({ length: CONNECTIONS }, () => lane(next)),
  ...Array.from({ length: OF_ITS_KEY }, () => lane(() => ITS_KEY)),
])
const missed = Object.keys(calls).filter((name) => !reached.has(name))
process.stdout.write(JSON.stringify({ outcomes, missed }))

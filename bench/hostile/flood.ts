/** A hostile tenant, in a process of its own: calls every route that it may call, without a pause. See calls.ts. */
import type { Tenant } from './createTenant.ts'
import { FloodCalls } from './FloodCalls.ts'

const { API_URL = '', TENANT = '{}', SECONDS = '60' } = process.env
/** Connections that take all calls in turn, and ones that only ask for the tenant's own key: it is over its limit. */
const [CONNECTIONS, OF_ITS_KEY] = [60, 4]
const ITS_KEY = 'forwardAuth, its own key'

const calls = new FloodCalls(API_URL, JSON.parse(TENANT) as Tenant)
const end = performance.now() + Number(SECONDS) * 1000

let turn = 0
/**
 * Costly calls first: once the budgets are used up, cheaper ones find room in them sooner. Several ways to call one
 * route take turns: an account's imports, for example, exclude each other.
 */
const next = () => {
  const { byRoute } = calls
  const ways = byRoute[turn % byRoute.length] ?? []
  const way = Math.floor(turn++ / byRoute.length) % ways.length
  return ways[way] ?? ''
}
const lane = async (nameOf: () => string) => {
  while (performance.now() < end) await calls.make(nameOf())
}
await Promise.all([
  ...Array.from({ length: CONNECTIONS }, () => lane(next)),
  ...Array.from({ length: OF_ITS_KEY }, () => lane(() => ITS_KEY)),
])
process.stdout.write(JSON.stringify({ outcomes: calls.outcomes, missed: calls.missed }))

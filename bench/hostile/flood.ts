/**
 * A hostile tenant, in a process of its own: after the parent's message it calls every route that it may call, without
 * a pause. See calls.ts and startFlood.ts.
 */
import { once } from 'node:events'
import type { Tenant } from './createTenant.ts'
import { FloodCalls } from './FloodCalls.ts'

const { API_URL = '', TENANT = '{}', SECONDS = '60', FIRST_WAY = '0' } = process.env
/** Connections that take all calls in turn, and ones that only ask for the tenant's own key: it is over its limit. */
const [CONNECTIONS, OF_ITS_KEY] = [60, 4]
const ITS_KEY = 'forwardAuth, its own key'

const calls = new FloodCalls(API_URL, JSON.parse(TENANT) as Tenant)
process.send?.('ready')
await once(process, 'message')
const end = performance.now() + Number(SECONDS) * 1000

let turn = 0
/**
 * Costly calls first: once the budgets are used up, cheaper ones find room in them sooner. Several ways to call one
 * route take turns: an account's imports, for example, exclude each other. The first one uses up the budget of the
 * rest, so each flood begins with another way.
 */
const next = () => {
  const { byRoute } = calls
  const ways = byRoute[turn % byRoute.length] ?? []
  const way = Number(FIRST_WAY) + Math.floor(turn++ / byRoute.length)
  return ways[way % ways.length] ?? ''
}
const lane = async (nameOf: () => string) => {
  while (performance.now() < end) await calls.make(nameOf())
}
await Promise.all([
  ...Array.from({ length: CONNECTIONS }, () => lane(next)),
  ...Array.from({ length: OF_ITS_KEY }, () => lane(() => ITS_KEY)),
])
process.send?.({ outcomes: calls.outcomes, missed: calls.missed }, () => process.disconnect())

import { costOf as countsAs } from '../../src/api/callCosts.ts'
import { type Call, callsOf, faultsOf, NONE, newStock, operationOf, specOf } from './calls.ts'
import type { Tenant } from './createTenant.ts'

/** How often each call got each status. */
export type Outcomes = Record<string, Record<string, number>>

/** What a call counts as. */
export const costOf = (name: string): number => countsAs(specOf(operationOf(name)))

/** The calls that a hostile tenant makes, one at a time or many at once, and what became of them. */
export class FloodCalls {
  readonly outcomes: Outcomes = {}
  /** Ways to call one route, costly routes first. */
  readonly byRoute: string[][]
  readonly #url: string
  readonly #tenant: Tenant
  readonly #calls: Record<string, () => Call>
  /** Calls that have done at least once what they are to do: a flood whose calls are all refused measures nothing. */
  readonly #reached = new Set<string>()

  constructor(url: string, tenant: Tenant) {
    const stock = newStock()
    stock.keys.push(...tenant.spareKeys)
    this.#url = url
    this.#tenant = tenant
    this.#calls = callsOf(tenant, stock)
    const faults = faultsOf(this.names)
    if (faults.length > 0) throw new Error(`Neither called nor left out with a reason: ${faults.join(', ')}`)
    this.byRoute = [...Map.groupBy(this.names, operationOf).values()].toSorted(
      ([a = ''], [b = '']) => costOf(b) - costOf(a),
    )
  }

  get names(): string[] {
    return Object.keys(this.#calls)
  }

  get missed(): string[] {
    return this.names.filter((name) => !this.#reached.has(name))
  }

  /** Makes a call. Returns the status, or `none` where there is no answer. */
  async make(name: string): Promise<string> {
    const call = this.#calls[name]?.()
    const status = call ? await this.#send(name, call).catch(() => 'none') : 'none'
    this.outcomes[name] ??= {}
    this.outcomes[name][status] = (this.outcomes[name][status] ?? 0) + 1
    return status
  }

  async #send(name: string, { id: given = NONE, query, body, type, as, reaches, learn }: Call) {
    const { method, path } = specOf(operationOf(name))
    const id = typeof given === 'string' ? given : (given.shift() ?? NONE)
    const url = `${this.#url}${path.replace(/:\w+/, id)}${query === undefined ? '' : `?${query}`}`
    const response = await fetch(url, {
      method: method === 'all' ? 'GET' : method.toUpperCase(),
      headers: {
        ...this.#credentialsOf(name, as),
        ...(body === undefined ? {} : { 'Content-Type': type ?? 'application/json' }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await response.text()
    const { status } = response
    if ([reaches].flat().includes(status)) {
      this.#reached.add(name)
      learn?.(text === '' ? {} : JSON.parse(text), id)
    } else if (status === 202) this.#reached.add(name)
    else if ((status === 429 || status === 503) && typeof given !== 'string' && id !== NONE) given.push(id)
    return String(status)
  }

  #credentialsOf(name: string, as: Call['as']): Record<string, string> {
    if (as === 'nobody') return {}
    if (as && 'cookie' in as) return { Cookie: as.cookie, 'Sec-Fetch-Site': 'same-origin' }
    const cost = costOf(name)
    const { cheap, costly, streams } = this.#tenant.adminKeys
    return { Authorization: `Bearer ${as?.secret ?? (cost === 1 ? cheap : cost < 10 ? costly : streams)}` }
  }
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { UsageBatch } from './UsageBatch.ts'

/** Endpoints that are told apart per account; what comes after them counts as one, so that no caller makes rows at will. */
export const MAX_ENDPOINTS = 200

/** The id under which all further endpoints of an account are counted. */
export const OTHER_ENDPOINTS = 0

const MAX_ACCOUNTS = 10_000

type Endpoint = { id: number; account_id: string; method: string; path: string }

/** Short ids for endpoints, so that buckets need not repeat their names. An endpoint's name is `METHOD path`. */
export class EndpointIds {
  readonly #accounts = new Map<string, Map<string, number>>()

  /** Makes sure that every endpoint of a batch has an id. Safe at once from many processes: an endpoint is one row. */
  async learn(em: SqlEntityManager, batch: UsageBatch): Promise<void> {
    const asked = new Map<string, { account_id: string; method: string; path: string }>()
    for (const { accountId, endpoints } of batch.buckets) {
      for (const name of endpoints.keys()) {
        const ids = this.#accounts.get(accountId)
        if (ids && (ids.has(name) || ids.size >= MAX_ENDPOINTS)) continue
        const space = name.indexOf(' ')
        const endpoint = { account_id: accountId, method: name.slice(0, space), path: name.slice(space + 1) }
        asked.set(`${accountId} ${name}`, endpoint)
      }
    }
    if (asked.size === 0) return
    const rows = JSON.stringify([...asked.values()])
    await em.execute(insertMissing, [rows, MAX_ENDPOINTS])
    const known = await em.execute<Endpoint[]>(
      `select id, account_id, method, path from endpoint
       where account_id in (select account_id from jsonb_to_recordset(?::jsonb) as a (account_id text))`,
      [rows],
    )
    if (this.#accounts.size > MAX_ACCOUNTS) this.#accounts.clear()
    for (const { id, account_id, method, path } of known) {
      const ids = this.#accounts.get(account_id) ?? new Map<string, number>()
      this.#accounts.set(account_id, ids.set(`${method} ${path}`, id))
    }
  }

  idOf(accountId: string, name: string): number {
    return this.#accounts.get(accountId)?.get(name) ?? OTHER_ENDPOINTS
  }
}

const insertMissing = `
  with asked as (
    select * from jsonb_to_recordset(?::jsonb) as a (account_id text, method text, path text)
  ), missing as (
    select asked.*, row_number() over (partition by account_id order by method, path) as place from asked
    where not exists (select from endpoint e
      where e.account_id = asked.account_id and e.method = asked.method and e.path = asked.path)
  )
  insert into endpoint (account_id, method, path)
  select account_id, method, path from missing
  where place <= ? - (select count(*) from endpoint e where e.account_id = missing.account_id)
  order by account_id, method, path
  on conflict do nothing`

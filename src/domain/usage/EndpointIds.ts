import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { deleteInBatches } from '../deleteInBatches.ts'
import { DAY_MS } from '../time.ts'
import type { UsageBatch } from './UsageBatch.ts'

/**
 * Endpoints that an account counts separately. Further ones count as one, so no caller can add rows without a limit.
 */
export const MAX_ENDPOINTS = 200

/** The id under which all further endpoints of an account are counted. */
export const OTHER_ENDPOINTS = 0

/** An endpoint that nobody has used for this long makes room for another. Its name stays while usage has it. */
export const UNUSED_DAYS = 35

/** Names in memory at once, and per account: what a scanner with a valid key tries ends here. */
const MAX_NAMES = 200_000
const MAX_NAMES_PER_ACCOUNT = 1_000

type Asked = { account_id: string; method: string; path: string }

/** The id of an account's endpoint, by its name `METHOD path`. */
export type IdOfEndpoint = (accountId: string, name: string) => number

/** Short ids for endpoints, so that buckets need not repeat their names. */
export class EndpointIds {
  /** What this process has asked for today, by account; what got no place has the id of all others. */
  #accounts = new Map<string, Map<string, number>>()
  #names = 0
  #today = ''

  /**
   * Gives an id to every endpoint of a batch for which there is room, and marks it as in use. Safe at once from many
   * processes: an endpoint is one row. What is returned stays true for the batch, whatever is forgotten meanwhile.
   */
  async learn(em: SqlEntityManager, batch: UsageBatch, now: Date): Promise<IdOfEndpoint> {
    this.#forgetAtMidnight(now)
    const mine = new Map<string, Map<string, number>>()
    const asked = new Map<string, Asked>()
    for (const { accountId, endpoints } of batch.buckets) {
      if (endpoints.size === 0) continue
      const ids = mine.get(accountId) ?? this.#accounts.get(accountId) ?? new Map<string, number>()
      mine.set(accountId, ids)
      for (const name of endpoints.keys()) {
        if (ids.has(name) || ids.size >= MAX_NAMES_PER_ACCOUNT) continue
        const space = name.indexOf(' ')
        const endpoint = { account_id: accountId, method: name.slice(0, space), path: name.slice(space + 1) }
        asked.set(`${accountId} ${name}`, endpoint)
      }
    }
    if (asked.size > 0) await this.#ask(em, [...asked.values()], mine, now)
    return (accountId, name) => mine.get(accountId)?.get(name) ?? OTHER_ENDPOINTS
  }

  async #ask(
    em: SqlEntityManager,
    asked: Asked[],
    mine: Map<string, Map<string, number>>,
    now: Date,
  ): Promise<void> {
    const rows = JSON.stringify(asked)
    const used = [dayOf(now.getTime()), dayOf(now.getTime() - UNUSED_DAYS * DAY_MS)]
    await em.execute(touchUsed, [rows, used[0], ...used])
    await em.execute(insertMissing, [rows, used[1], used[0], MAX_ENDPOINTS, used[1]])
    const known = await em.execute<(Asked & { id: number })[]>(
      `select id, account_id, method, path from endpoint join (${ASKED}) as a using (account_id, method, path)
       where last_used_on >= ?`,
      [rows, used[1]],
    )
    if (this.#names > MAX_NAMES) this.#forget()
    for (const [accountId, ids] of mine) this.#accounts.set(accountId, ids)
    const learn = ({ account_id, method, path }: Asked, id: number) =>
      mine.get(account_id)?.set(`${method} ${path}`, id)
    for (const one of asked) learn(one, OTHER_ENDPOINTS)
    for (const one of known) learn(one, one.id)
    this.#names += asked.length
  }

  /** Once a day everything is asked for again: that is how the rows learn that they are in use. */
  #forgetAtMidnight(now: Date): void {
    const today = dayOf(now.getTime())
    if (today === this.#today) return
    this.#today = today
    this.#forget()
  }

  #forget(): void {
    this.#accounts = new Map()
    this.#names = 0
  }
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

const ASKED = 'select * from jsonb_to_recordset(?::jsonb) as asked (account_id text, method text, path text)'

/** What another process is touching is being touched. */
const touchUsed = `
  with mine as (
    select e.id from endpoint e join (${ASKED}) as a using (account_id, method, path)
    where e.last_used_on < ? order by e.id for update of e skip locked
  )
  update endpoint e set last_used_on = ? from mine where e.id = mine.id and e.last_used_on >= ?`

/** New ones, and those that were unused for long, as far as there is room among the used ones. */
const insertMissing = `
  with missing as (
    select asked.*, row_number() over (partition by account_id order by method, path) as place from (${ASKED}) as asked
    where not exists (select from endpoint e
      where e.account_id = asked.account_id and e.method = asked.method and e.path = asked.path and e.last_used_on >= ?)
  )
  insert into endpoint (account_id, method, path, last_used_on)
  select account_id, method, path, ? from missing
  where place <= ? - (select count(*) from endpoint e where e.account_id = missing.account_id and e.last_used_on >= ?)
  order by account_id, method, path
  on conflict (account_id, method, path) do update set last_used_on = excluded.last_used_on`

/** Forgets the names of endpoints that no bucket has any more. */
export async function forgetEndpoints(em: SqlEntityManager, unusedSince: Date): Promise<void> {
  const rows = { table: 'endpoint', key: 'id', by: 'id', type: 'integer' } as const
  await deleteInBatches(em, { ...rows, where: 'last_used_on < ?', values: [unusedSince] })
}

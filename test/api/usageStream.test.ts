import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SeriesAnswer } from '../../src/api/routes/usage/accountUsage.ts'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'
import { parseCsv } from '../support/usageSeries.ts'

const KEYS = 100
const MINUTES = 2_000
const ROWS = KEYS * MINUTES
/** In bytes; less than an answer has. */
const MOST_GROWTH = 40 * 2 ** 20
const BY_KEY = '/usage?interval=minute&groupBy=key'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let from: string
beforeAll(async () => {
  // With room for garbage, V8 would let the heap grow beyond what is looked for here before it collects any.
  service = await startService({ env: { NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=160' } })
  account = await service.account()
  const now = Date.now()
  from = new Date(now - (MINUTES + 5) * 60_000).toISOString()
  await runSql(
    service.databaseUrl,
    `insert into usage_minute (key_id, account_id, at, requests, client_errors, latency_count, latency_sum, latency_bins)
     select 'key_' || lpad(k::text, 16, '0'), '${account.accountId}',
       date_trunc('minute', to_timestamp(${now / 1000})) - m * interval '1 minute', 2, 1, 2, 24, '{"124": 1, "131": 1}'
     from generate_series(1, ${KEYS}) as k, generate_series(0, ${MINUTES - 1}) as m`,
    'analyze usage_minute',
  )
})
afterAll(() => service.stop())

const download = (query: string, init: RequestInit = {}) =>
  fetch(`${service.url}${BY_KEY}&from=${from}${query}`, {
    ...init,
    headers: { Authorization: `Bearer ${account.adminKey}` },
  })

async function memory(): Promise<number> {
  const operator = { headers: { Authorization: `Basic ${btoa('operator:operator-password')}` } }
  const { body } = await account.as(undefined).get('/metrics', operator)
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(body)?.[1])
}

/** Reads an answer to its end, and the largest memory of the api on the way. */
async function readAll(response: Response): Promise<{ text: string; largest: number }> {
  const decoder = new TextDecoder()
  const parts: string[] = []
  let largest = 0
  for await (const chunk of response.body ?? []) {
    parts.push(decoder.decode(chunk, { stream: true }))
    if (parts.length % 200 === 0) largest = Math.max(largest, await memory())
  }
  return { text: parts.join(''), largest: Math.max(largest, await memory()) }
}

const nobodyReads = () =>
  eventually(
    () =>
      runSql(
        service.databaseUrl,
        `select query from pg_stat_activity where datname = current_database() and state = 'active'
           and query like '%usage_minute%' and pid <> pg_backend_pid()`,
      ),
    ([running]) => running?.length === 0,
    10_000,
  )

describe('a download of any size', () => {
  it('comes whole, in the order of time and key, and takes no more memory for it', async () => {
    // The first use of anything takes memory that stays: what counts is what further downloads add.
    await readAll(await download(''))
    const before = await memory()
    const json = await readAll(await download(''))
    const csv = await readAll(await download('&format=csv'))
    const { series } = SeriesAnswer.parse(JSON.parse(json.text))
    const names = series.map((row) => ('keyId' in row ? `${row.at} ${row.keyId}` : ''))
    expect(new Set(names).size).toBe(ROWS)
    expect(names).toEqual([...names].sort())
    const records = parseCsv(csv.text)
    expect(records).toHaveLength(ROWS)
    expect(records.map(({ at, keyId }) => `${at} ${keyId}`)).toEqual(names)
    expect(json.text.length).toBeGreaterThan(MOST_GROWTH)
    expect(Math.max(json.largest, csv.largest) - before).toBeLessThan(MOST_GROWTH)
    // All that counting took long: lets fetch see which idle connections were closed meanwhile.
    await setImmediate()
  }, 240_000)

  it('adds up over all keys in Postgres', async () => {
    const { body } = await account.get(`/usage?interval=minute&from=${from}`)
    const { series } = SeriesAnswer.parse(body)
    const used = series.flatMap((row) => (row.requests > 0 && 'latencyMs' in row ? [row] : []))
    expect(used).toHaveLength(MINUTES)
    expect(new Set(used.map((row) => row.requests))).toEqual(new Set([2 * KEYS]))
    expect(used[0]).toMatchObject({ errorRate: 0.5, latencyMs: { mean: 12 } })
  })

  it('is read no further when the caller leaves', async () => {
    const leave = new AbortController()
    const response = await download('', { signal: leave.signal })
    const reader = response.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    const said = service.output.length
    leave.abort()
    await expect(reader?.read()).rejects.toThrow()
    await eventually(
      async () => service.output.slice(said).join(''),
      (output) => output.includes('the caller left'),
    )
    await nobodyReads()
    expect(service.output.slice(said).join('')).not.toContain('"level":"error"')
    expect((await account.get('/usage')).status).toBe(200)
    expect((await account.as(undefined).get('/readyz')).status).toBe(200)
  })

  it.each(['json', 'csv'])('that fails on the way breaks off as %s, and is no answer', async (format) => {
    const response = await download(`&format=${format}`)
    const reader = response.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    await runSql(service.databaseUrl, 'alter table usage_minute rename to usage_away')
    const end = async () => {
      while (!(await reader?.read())?.done);
    }
    try {
      await expect(end()).rejects.toThrow()
      // What fails before anything was sent is a problem as any other.
      expect((await download('')).status).toBe(500)
    } finally {
      await runSql(service.databaseUrl, 'alter table usage_away rename to usage_minute')
    }
    await eventually(
      async () => service.output.join(''),
      (output) => output.includes('an answer broke off'),
    )
    expect((await account.get('/usage')).status).toBe(200)
  })
})

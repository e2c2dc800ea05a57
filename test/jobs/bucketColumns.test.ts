import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { addUsage } from '../../src/domain/usage/addUsage.ts'
import { emptyBucket } from '../../src/domain/usage/bucket.ts'
import { BUCKET_COLUMNS } from '../../src/domain/usage/bucketColumns.ts'
import { CallerLimits } from '../../src/domain/usage/CallerLimits.ts'
import type { Counts } from '../../src/domain/usage/counts.ts'
import { foldHour } from '../../src/domain/usage/foldMinutes.ts'
import { rebuildDay } from '../../src/domain/usage/rebuild.ts'
import { differencesOf, readDayRecords } from '../../src/domain/usage/reconcile.ts'
import { UsageBatch } from '../../src/domain/usage/UsageBatch.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

const TABLES = ['usage_minute', 'usage_hour', 'usage_day']

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

describe('the list of what a bucket counts', () => {
  it.each(TABLES)('has the columns of %s and no others, with their types', async (table) => {
    const columns = await worker.em().execute<{ column: string; type: string; start: string }[]>(
      `select column_name as "column", data_type as type, column_default as start from information_schema.columns
       where table_name = ? and is_nullable = 'NO' and column_name not in ('key_id', 'account_id', 'at')`,
      [table],
    )
    const byName = (one: { column: string }, other: { column: string }) =>
      one.column < other.column ? -1 : 1
    expect(columns.sort(byName)).toEqual(
      BUCKET_COLUMNS.map(({ column, type, kind }) => ({
        column,
        type,
        // A process of the release before adds rows without the column.
        start: kind === 'sum' ? '0' : `'{}'::jsonb`,
      })).sort(byName),
    )
  })

  it('is all that is added, summed up, folded and rebuilt', async () => {
    const now = worker.clock.now
    const hour = Math.floor(now.getTime() / HOUR) * HOUR
    const bucket = emptyBucket('key_columns', 'acct_columns', hour)
    const expected: Record<string, unknown> = {}
    BUCKET_COLUMNS.forEach(({ property, column, kind }, place) => {
      if (property === 'endpoints') {
        const counts = {
          requests: 10,
          clientErrors: 20,
          serverErrors: 30,
          latencyCount: 40,
          latencyMicros: 50,
        }
        bucket.endpoints.set('GET /image', counts)
        expected[column] = { '7r': 20, '7c': 40, '7s': 60, '7n': 80, '7m': 100 }
      } else if (kind === 'sum') {
        bucket[property] = place + 1
        expected[column] = 2 * (place + 1)
      } else {
        bucket[property] = { one: place + 1, other: 1 }
        expected[column] = { one: 2 * (place + 1), other: 2 }
      }
    })
    const later = { ...bucket, at: hour + 60_000 }
    const batch = new UsageBatch()
    batch.buckets.push(bucket, later)
    await worker.em().transactional((em) => addUsage(em, batch, () => 7, new CallerLimits()))
    const rows = async (table: string): Promise<Record<string, unknown>[]> => {
      const found = await worker
        .em()
        .execute<{ row: Record<string, unknown> }[]>(
          `select to_jsonb(t) - 'key_id' - 'account_id' - 'at' as row from ${table} t where key_id = 'key_columns'`,
        )
      return found.map(({ row }) => row)
    }
    expect(await rows('usage_hour')).toEqual([expected])
    expect(await rows('usage_day')).toEqual([expected])

    await foldHour(worker.em(), new Date(hour))
    expect(await rows('usage_minute')).toEqual([])
    const day = now.toISOString().slice(0, 10)
    for (const table of ['usage_hour', 'usage_day'])
      await worker
        .em()
        .execute(`update ${table} set ${BUCKET_COLUMNS.map(({ column }) => `${column} = default`)}`)
    const records = () => readDayRecords(worker.em(), 'acct_columns', day, now)
    const fields = ['requests', 'clientErrors', 'serverErrors', 'units', 'latencies', 'refused']
    const differing = differencesOf({ ...(await records()), counted: null }, 0)
    for (const field of fields)
      expect(differing).toContainEqual(expect.objectContaining({ check: 'hour', field }))

    await worker.em().transactional((em) => rebuildDay(em, day, 'acct_columns'))
    expect(await rows('usage_hour')).toEqual([expected])
    expect(await rows('usage_day')).toEqual([expected])
    const { minute, hour: hours, day: days, accepted } = await records()
    expect([minute, hours, days]).toEqual([days, days, days])
    expect(accepted).toEqual({ verifications: 0, refused: 0, events: 0 })
  })

  it('adds the maps of a row name by name: those of one side, of both, of neither, and what is taken out', async () => {
    const at = Math.floor(worker.clock.now.getTime() / HOUR) * HOUR
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, bin) => [`${bin}`, 2 ** 40 + bin]))
    const rounds: [refused: Counts, bins: Counts][] = [
      [{}, { ...many }],
      [{ RATE_LIMITED: 2 }, {}],
      [
        { RATE_LIMITED: -1, REVOKED: 3 },
        { 7: 5, 900: 1 },
      ],
    ]
    for (const [refused, latencyBins] of rounds) {
      const batch = new UsageBatch()
      batch.buckets.push({ ...emptyBucket('key_maps', 'acct_maps', at), refused, latencyBins })
      await worker.em().transactional((em) => addUsage(em, batch, () => 7, new CallerLimits()))
    }
    for (const table of TABLES) {
      const found = await worker
        .em()
        .execute(`select refused, latency_bins, endpoints from ${table} where key_id = 'key_maps'`)
      expect(found).toEqual([
        {
          refused: { RATE_LIMITED: 1, REVOKED: 3 },
          latency_bins: { ...many, 7: 2 ** 40 + 12, 900: 1 },
          endpoints: {},
        },
      ])
    }
  })

  it('may have become longer since minutes were folded: they count nothing of what is new', async () => {
    const day = worker.clock.now.toISOString().slice(0, 10)
    await worker.em().execute(
      `insert into usage_folded (key_id, account_id, at, minutes)
       values ('key_folded', 'acct_folded', date_trunc('hour', ?::timestamptz), jsonb_build_array(jsonb_build_object('at', ?::timestamptz)))`,
      [worker.clock.now, worker.clock.now],
    )
    await worker.em().transactional((em) => rebuildDay(em, day, 'acct_folded'))
    const [found] = await worker
      .em()
      .execute<Record<string, unknown>[]>(`select * from usage_day where key_id = 'key_folded'`)
    for (const { column, kind } of BUCKET_COLUMNS)
      expect([column, found?.[column]]).toEqual([
        column,
        kind === 'map' ? {} : column === 'latency_sum' ? 0 : '0',
      ])
  })
})

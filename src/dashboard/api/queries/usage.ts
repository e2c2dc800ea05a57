import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import { daysOf, type Interval, type KeyRange, rangeStart, type UsageRange } from '../ranges.ts'
import { HOUR_MS } from '../time.ts'
import type { KeyRow, PlainRow, SeriesOf, UsageSeries } from '../types.ts'
import { LIVE_MS } from './live.ts'

/** `range` is that of the answer: on a change the previous one stays until the next is there. */
export type KeySeries = SeriesOf<PlainRow> & { range: KeyRange }
export type AccountSeries = SeriesOf<KeyRow> & { range: UsageRange }

type Asked = { from: string; interval: Interval; keyId?: string }

async function readSeries(query: Asked & { groupBy: 'none' | 'key' }, signal: AbortSignal) {
  return (await bodyOf(client.GET('/usage', { params: { query }, signal }))) as UsageSeries
}

/** Usage over time, every bucket. */
const readPlainSeries = async (asked: Asked, signal: AbortSignal) =>
  (await readSeries({ ...asked, groupBy: 'none' }, signal)) as SeriesOf<PlainRow>

/** Usage over time by key: only buckets in which a key was used. */
const readSeriesByKey = async (asked: Asked, signal: AbortSignal) =>
  (await readSeries({ ...asked, groupBy: 'key' }, signal)) as SeriesOf<KeyRow>

/** The plan, its limits, and how much of them is used. */
export const accountQuery = queryOptions({
  queryKey: ['account'],
  refetchInterval: LIVE_MS,
  queryFn: ({ signal }) => bodyOf(client.GET('/account', { signal })),
})

/** An answer of so many rows is large: it is asked for less often. */
const MANY_ROWS = 5_000
const MANY_MS = 60_000

export const accountSeriesQuery = (range: UsageRange) =>
  queryOptions({
    queryKey: ['usage', range],
    queryFn: async ({ signal }): Promise<AccountSeries> => {
      const interval = range === '24h' ? 'hour' : 'day'
      return { range, ...(await readSeriesByKey({ from: rangeStart(range, Date.now()), interval }, signal)) }
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.series.length ?? 0) > MANY_ROWS ? MANY_MS : LIVE_MS),
  })

export const keyUsageQuery = (id: string) =>
  queryOptions({
    queryKey: ['key', id, 'usage'],
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) => bodyOf(client.GET('/api-keys/{id}/usage', { params: { path: { id } }, signal })),
  })

export const keySeriesQuery = (id: string, range: KeyRange) =>
  queryOptions({
    queryKey: ['key', id, 'series', range],
    queryFn: async ({ signal }): Promise<KeySeries> => {
      const interval = range === '30d' ? 'day' : 'hour'
      const asked = { from: rangeStart(range, Date.now()), interval, keyId: id } as const
      return { range, ...(await readPlainSeries(asked, signal)) }
    },
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
  })

/** Addresses are personal data: only admins may read them. */
export const keyCallersQuery = (id: string, range: KeyRange) =>
  queryOptions({
    queryKey: ['key', id, 'callers', range],
    queryFn: ({ signal }) =>
      bodyOf(
        client.GET('/api-keys/{id}/callers', {
          params: { path: { id }, query: { days: String(daysOf(range)) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
  })

/** How many requests a key had in the last hour. */
export const lastHourQuery = (keyId: string) =>
  queryOptions({
    queryKey: ['usage', 'last hour', keyId],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - HOUR_MS).toISOString()
      const { series } = await readPlainSeries({ from, interval: 'minute', keyId }, signal)
      return series.reduce((sum, minute) => sum + minute.requests, 0)
    },
  })

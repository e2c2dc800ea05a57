import type { Interval } from '../charts/ranges.ts'
import { bodyOf, client } from './client.ts'
import type { paths } from './schema.d.ts'

type Answer = paths['/usage']['get']['responses']['200']['content']['application/json']
type Row = Answer['series'][number]

/** Of one bucket, over all keys that were asked for. */
export type PlainRow = Exclude<Extract<Row, { latencyMs: { p50: number | null } }>, { keyId: string }>
/** Of one bucket and one key. */
export type KeyRow = Extract<Row, { keyId: string }>

export type SeriesAnswer<One> = Omit<Answer, 'series'> & { series: One[] }

type Asked = { from: string; interval: Interval; keyId?: string }

async function read(query: Asked & { groupBy: 'none' | 'key' }, signal: AbortSignal) {
  return (await bodyOf(client.GET('/usage', { params: { query }, signal }))) as Answer
}

/** Usage over time, every bucket. */
export async function readPlainSeries(asked: Asked, signal: AbortSignal) {
  return (await read({ ...asked, groupBy: 'none' }, signal)) as SeriesAnswer<PlainRow>
}

/** Usage over time by key: only buckets in which a key was used. */
export async function readSeriesByKey(asked: Asked, signal: AbortSignal) {
  return (await read({ ...asked, groupBy: 'key' }, signal)) as SeriesAnswer<KeyRow>
}

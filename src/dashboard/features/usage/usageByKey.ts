import type { AccountSeries } from '../../api/queries/usage.ts'
import { INTERVAL_MS } from '../../api/ranges.ts'
import type { KeyRow } from '../../api/types.ts'
import { bucketText } from '../../charts/bucketText.ts'
import { RANGES } from '../../charts/ranges.ts'
import type { Point, Series } from '../../charts/Series.ts'
import { wholeText } from '../../ui/format/formatNumber.ts'

/** Keys with a colour of their own; the others share one. */
const TOP = 8
const OTHERS = 'others'
const OTHERS_COLOR = 'var(--chart-quiet)'

export type Sums = { requests: number; errors: number; refused: number; units: number }
export type KeySums = Sums & { keyId: string; name: string | null; color: string }

const none: Sums = { requests: 0, errors: 0, refused: 0, units: 0 }

const add = (one: Sums, other: Sums): Sums => ({
  requests: one.requests + other.requests,
  errors: one.errors + other.errors,
  refused: one.refused + other.refused,
  units: one.units + other.units,
})

export const totalOf = (keys: Sums[]): Sums => keys.reduce(add, none)

/** What each key was used for, the most used first. */
export function sumByKey(rows: KeyRow[]): KeySums[] {
  return Map.groupBy(rows, ({ keyId }) => keyId)
    .entries()
    .map(([keyId, own]) => ({ keyId, name: own[0]?.name ?? null, ...totalOf(own) }))
    .toArray()
    .toSorted(
      (one, other) =>
        other.requests - one.requests || other.refused - one.refused || one.keyId.localeCompare(other.keyId),
    )
    .map((sums, rank) => ({ ...sums, color: rank < TOP ? `var(--chart-${rank + 1})` : OTHERS_COLOR }))
}

/** A deleted key has no name any more. */
export const keyLabel = ({ keyId, name }: Pick<KeySums, 'keyId' | 'name'>) => name ?? `${keyId} (deleted)`

/** A series for each of the most used keys, and one for the rest of them. */
export function keySeries(keys: KeySums[]): Series[] {
  const top = keys.slice(0, TOP).map((key) => ({ name: key.keyId, label: keyLabel(key), color: key.color }))
  const rest = keys.length - TOP
  if (rest <= 0) return top
  return [...top, { name: OTHERS, label: rest === 1 ? '1 other' : `${rest} others`, color: OTHERS_COLOR }]
}

/** Every bucket of the range, with the requests of each series: none is zero. */
export function keyPoints({ from, to, interval, series }: AccountSeries, keys: KeySums[]): Point[] {
  const named = new Set(keys.slice(0, TOP).map(({ keyId }) => keyId))
  const names = [...named, ...(keys.length > TOP ? [OTHERS] : [])]
  const points = new Map<number, Record<string, number>>()
  for (let at = Date.parse(from); at < Date.parse(to); at += INTERVAL_MS[interval])
    points.set(at, { requests: 0, ...Object.fromEntries(names.map((name) => [name, 0])) })
  for (const { at, keyId, requests } of series) {
    const values = points.get(Date.parse(at))
    if (!values) continue
    const name = named.has(keyId) ? keyId : OTHERS
    values[name] = (values[name] ?? 0) + requests
    values.requests = (values.requests ?? 0) + requests
  }
  return [...points].map(([at, values]) => ({ at: new Date(at).toISOString(), values }))
}

/** What the chart shows, in words. */
export function usageSentence({ range, interval }: AccountSeries, keys: KeySums[], points: Point[]): string {
  const { requests } = totalOf(keys)
  if (requests === 0) return `There were no requests ${RANGES[range].words}.`
  const used = keys.filter((key) => key.requests > 0)
  const first = used[0]
  const share = first ? Math.round((100 * first.requests) / requests) : 0
  const by = used.length === 1 ? 'one key' : `${wholeText(used.length)} keys`
  const most = first && used.length > 1 ? ` ${keyLabel(first)} made ${share} % of them.` : ''
  const peak = points.reduce((best, point) =>
    (point.values.requests ?? 0) > (best.values.requests ?? 0) ? point : best,
  )
  const busiest = ` The busiest ${interval} was ${bucketText(peak.at, interval)} with ${wholeText(peak.values.requests ?? 0)}.`
  return `${wholeText(requests)} ${requests === 1 ? 'request' : 'requests'} by ${by} ${RANGES[range].words}.${most}${busiest}`
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { invalid } from '../failure.ts'
import { sumOfMap } from '../usage/addUsage.ts'
import { MINUTES_KEPT_MS } from '../usage/partitions.ts'
import { isWindowed } from './AlertRule.ts'
import { needsBins, readingOf } from './readMeasures.ts'
import type { StoredRule } from './ruleFields.ts'
import { SlidingSums, type UsagePoint } from './SlidingSums.ts'
import { restingState, stepAlert } from './stepAlert.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAYS_7 = 7 * 24 * HOUR

/** Keys of a preview at most: each is measured at each minute. */
const MAX_KEYS = 20

const value = z.number().nullable()

/** What a rule would have done. `series` has the highest value of each hour. */
export const Preview = z.object({
  from: z.string(),
  to: z.string(),
  grains: z.array(z.object({ grain: z.enum(['hour', 'minute']), from: z.string(), to: z.string() })),
  note: z.string(),
  incidents: z.array(
    z.object({
      keyId: z.string().nullable(),
      startedAt: z.string(),
      resolvedAt: z.string().nullable(),
      measured: value,
      worst: value,
    }),
  ),
  series: z.array(
    z.object({
      keyId: z.string().nullable(),
      points: z.array(z.object({ at: z.string(), value })),
    }),
  ),
})
export type Preview = z.infer<typeof Preview>

const iso = (at: number) => new Date(at).toISOString()

const NOTE =
  'Evaluated minute by minute over the last 48 hours, and hour by hour before, where a window shorter than an hour is the ' +
  'whole hour (of requests, its mean). Muting and repeats are left out.'

/** Runs a rule over the last seven days of usage. Only rules with a window can be run so; of others it says that it cannot. */
export async function previewRule(
  em: SqlEntityManager,
  accountId: string,
  rule: StoredRule,
  now: Date,
): Promise<Preview> {
  const to = Math.floor(now.getTime() / MINUTE) * MINUTE
  const edge = Math.ceil((to - MINUTES_KEPT_MS) / HOUR) * HOUR + HOUR
  const from = Math.ceil((to - DAYS_7) / HOUR) * HOUR
  const span = { from: iso(from), to: iso(to) }
  if (!isWindowed(rule.metric)) {
    const note = `${rule.metric} is measured against records that are not kept by the hour: it cannot be run over the past.`
    return { ...span, grains: [], note, incidents: [], series: [] }
  }
  if ((rule.keyIds?.length ?? 0) > MAX_KEYS)
    throw invalid('scope.keyIds', 'out_of_range', `a preview takes at most ${MAX_KEYS} keys`)
  const hours = await readPoints(em, accountId, rule, 'hour', from - 24 * HOUR, edge)
  const minutes = await readPoints(em, accountId, rule, 'minute', edge, to)
  const result: Preview = {
    ...span,
    grains: [
      { grain: 'hour', from: span.from, to: iso(edge) },
      { grain: 'minute', from: iso(edge), to: span.to },
    ],
    note: NOTE,
    incidents: [],
    series: [],
  }
  for (const key of rule.keyIds ?? ['']) {
    const run = runRule(rule, {
      from,
      edge,
      to,
      hours: hours.get(key) ?? [],
      minutes: minutes.get(key) ?? [],
    })
    const keyId = key === '' ? null : key
    result.incidents.push(...run.incidents.map((incident) => ({ keyId, ...incident })))
    result.series.push({ keyId, points: run.points })
  }
  return result
}

type Past = { from: number; edge: number; to: number; hours: UsagePoint[]; minutes: UsagePoint[] }

/** Pure: the same state machine as every minute, over the past. */
export function runRule(rule: StoredRule, { from, edge, to, hours, minutes }: Past) {
  const timing = { forMinutes: rule.forMinutes, repeatMinutes: null, notifyRecovery: true, mutedUntil: null }
  const windowMs = rule.windowMinutes * MINUTE
  const sums = new SlidingSums([...hours, ...minutes])
  const incidents: Omit<Preview['incidents'][number], 'keyId'>[] = []
  const highest = new Map<number, number | null>()
  let state = restingState(from)
  for (let at = from + HOUR; at <= to; at += at < edge ? HOUR : MINUTE) {
    const coarse = at <= edge
    const window = sums.between(at - (coarse ? Math.max(windowMs, HOUR) : windowMs), at)
    if (coarse && windowMs < HOUR && rule.metric === 'requests')
      window.requests = (window.requests * windowMs) / HOUR
    const reading = readingOf(rule, window)
    const hour = Math.floor((at - 1) / HOUR) * HOUR
    const before = highest.get(hour) ?? null
    highest.set(hour, reading.value === null ? before : Math.max(before ?? 0, reading.value))
    const next = stepAlert(timing, state, reading, at)
    state = next.state
    for (const event of next.events) {
      const last = incidents.at(-1)
      if (event.type === 'fired')
        incidents.push({
          startedAt: iso(at),
          resolvedAt: null,
          measured: reading.value,
          worst: reading.value,
        })
      else if (event.type === 'resolved' && last) last.resolvedAt = iso(at)
    }
    const open = incidents.at(-1)
    if (open && open.resolvedAt === null && reading.value !== null)
      open.worst = Math.max(open.worst ?? 0, reading.value)
  }
  return { incidents, points: [...highest].map(([hour, high]) => ({ at: iso(hour), value: high })) }
}

type Row = {
  key_id: string
  at: string
  requests: string
  errors: string
  latency_count: string
  latency_sum: number
  latency_bins?: Record<string, number>
}

async function readPoints(
  em: SqlEntityManager,
  accountId: string,
  { metric, keyIds }: StoredRule,
  grain: 'minute' | 'hour',
  from: number,
  to: number,
): Promise<Map<string, UsagePoint[]>> {
  const rows = await em.execute<Row[]>(
    `select ${keyIds ? 'key_id' : `'' as key_id`}, at, sum(requests) as requests,
       sum(client_errors + server_errors) as errors, sum(latency_count) as latency_count, sum(latency_sum) as latency_sum
       ${needsBins(metric) ? `, ${sumOfMap('latency_bins')}` : ''}
     from usage_${grain} where account_id = ? and at >= ? and at < ? ${keyIds ? 'and key_id = any(?::text[])' : ''}
     group by 1, 2 order by 2`,
    [accountId, new Date(from), new Date(to), ...(keyIds ? [`{${keyIds.join(',')}}`] : [])],
  )
  const points = rows.map((row) => ({
    keyId: row.key_id,
    at: new Date(row.at).getTime(),
    requests: Number(row.requests),
    errors: Number(row.errors),
    latencyCount: Number(row.latency_count),
    latencySum: Number(row.latency_sum),
    latencyBins: row.latency_bins ?? {},
  }))
  return Map.groupBy(points, (point) => point.keyId)
}

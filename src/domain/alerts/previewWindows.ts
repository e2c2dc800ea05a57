import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'
import { instantsOf, type Span } from './previewSpan.ts'
import { type MeasuredRow, measuredSums, needsBins, readingOf, readMeasured } from './readMeasures.ts'
import type { Sample } from './replay.ts'
import type { StoredRule } from './ruleFields.ts'
import { SlidingSums, type UsagePoint } from './SlidingSums.ts'

/** What a rule with a window would have read, by key; the account's under the empty name. */
export async function previewWindows(
  em: SqlEntityManager,
  accountId: string,
  rule: StoredRule,
  span: Span,
): Promise<Map<string, Iterable<Sample>>> {
  const hours = await readPoints(em, accountId, rule, 'hour', span.from - DAY_MS, span.edge)
  const minutes = await readPoints(em, accountId, rule, 'minute', span.edge, span.to)
  return new Map(
    (rule.keyIds ?? ['']).map((key) => [
      key,
      windowSamples(rule, span, [...(hours.get(key) ?? []), ...(minutes.get(key) ?? [])]),
    ]),
  )
}

/** Pure. Up to the edge a window shorter than an hour is the whole hour; of requests, its mean. */
function* windowSamples(rule: StoredRule, span: Span, points: UsagePoint[]): Generator<Sample> {
  const windowMs = rule.windowMinutes * MINUTE_MS
  const sums = new SlidingSums(points)
  for (const at of instantsOf(span)) {
    const isCoarse = at <= span.edge
    const window = sums.between(at - (isCoarse ? Math.max(windowMs, HOUR_MS) : windowMs), at)
    if (isCoarse && windowMs < HOUR_MS && rule.metric === 'requests')
      window.requests = Math.round((window.requests * windowMs) / HOUR_MS)
    yield { at, reading: readingOf(rule, window) }
  }
}

async function readPoints(
  em: SqlEntityManager,
  accountId: string,
  { metric, keyIds }: StoredRule,
  grain: 'minute' | 'hour',
  from: number,
  to: number,
): Promise<Map<string, UsagePoint[]>> {
  const rows = await em.execute<(MeasuredRow & { at: string })[]>(
    `select ${keyIds ? 'key_id' : `'' as key_id`}, at, ${measuredSums(needsBins(metric))}
     from usage_${grain} where account_id = ? and at >= ? and at < ? ${keyIds ? 'and key_id = any(?::text[])' : ''}
     group by 1, 2 order by 2`,
    [accountId, new Date(from), new Date(to), ...(keyIds ? [pgArray(keyIds)] : [])],
  )
  const points = rows.map((row) => ({
    keyId: row.key_id,
    at: new Date(row.at).getTime(),
    ...readMeasured(row),
  }))
  return Map.groupBy(points, (point) => point.keyId)
}

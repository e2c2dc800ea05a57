import { invalid } from '../failure.ts'
import { DAY_MS, DAYS_KEPT_MS, HOUR_MS, HOURS_KEPT_MS, MINUTE_MS, MINUTES_KEPT_MS } from '../time.ts'
import type { Grain } from './windows.ts'

/** The length of a bucket in ms. */
export const BUCKETS: Record<Grain, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }

/** How far back buckets are kept, in ms. */
const KEPT: Record<Grain, { ms: number; words: string }> = {
  minute: { ms: MINUTES_KEPT_MS, words: '48 hours' },
  hour: { ms: HOURS_KEPT_MS, words: '35 days' },
  day: { ms: DAYS_KEPT_MS, words: '400 days' },
}

/** How much time one query reads, in ms: a bounded number of buckets per key. */
const CHUNKS: Record<Grain, number> = { minute: HOUR_MS, hour: DAY_MS, day: 31 * DAY_MS }

/** Events are taken that far ahead. */
const AHEAD = 5 * MINUTE_MS

/** Unix ms; `to` is not in it. */
export type Range = { from: number; to: number }

/**
 * The whole buckets that hold what was asked for, by default the last 24 hours; a `to` in the future ends where
 * events can be. Throws `validation-error` where buckets are no longer kept, and for an empty range.
 */
export function seriesRange(
  asked: { from?: Date | undefined; to?: Date | undefined },
  interval: Grain,
  now: Date,
): Range {
  const length = BUCKETS[interval]
  const floor = (at: number) => Math.floor(at / length) * length
  const to = asked.to?.getTime() ?? now.getTime()
  const from = asked.from?.getTime() ?? to - DAY_MS
  if (asked.from && asked.from > now) throw invalid('from', 'out_of_range', 'must not be in the future')
  if (to <= from) throw invalid('to', 'out_of_range', 'must be after from')
  const kept = KEPT[interval]
  if (floor(from) < floor(now.getTime() - kept.ms)) {
    const message = `must not be further back than ${kept.words}, for which buckets of one ${interval} are kept`
    throw invalid(asked.from ? 'from' : 'to', 'out_of_range', message)
  }
  const end = Math.min(to, now.getTime() + AHEAD)
  // In the future by no more than a default `from` before a `to` can be.
  if (end <= from) throw invalid('to', 'out_of_range', 'must not be in the future')
  return { from: floor(from), to: Math.ceil(end / length) * length }
}

/** The range in pieces that one query each can read, earliest first. */
export function* chunksOf({ from, to }: Range, interval: Grain): Generator<Range> {
  const length = CHUNKS[interval]
  for (let at = from; at < to; ) {
    const end = Math.min((Math.floor(at / length) + 1) * length, to)
    yield { from: at, to: end }
    at = end
  }
}

import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { invalid } from '../failure.ts'
import { isWindowed, KEY_METRICS, METRICS } from './AlertRule.ts'
import { previewHours } from './previewHours.ts'
import { previewKeyDays } from './previewKeyDays.ts'
import { previewPlan } from './previewPlan.ts'
import { pointMsFor, type Span, spanUntil } from './previewSpan.ts'
import { previewWindows } from './previewWindows.ts'
import { replay, type Sample } from './replay.ts'
import type { StoredRule } from './ruleFields.ts'

/** Keys of a preview at most: each is measured at each instant, and is a line in a chart. */
const MAX_KEYS = 20

const value = z.number().nullable()
const keyId = z.string().nullable().describe('null: the account')

/** What a rule would have done. */
export const Preview = z
  .object({
    metric: z.enum(METRICS),
    threshold: value,
    from: z.string(),
    to: z.string(),
    grains: z
      .array(z.object({ grain: z.enum(['hour', 'minute']), from: z.string(), to: z.string() }))
      .describe('The intervals at which the rule was evaluated. Empty: this metric has no preview'),
    note: z.string().describe('What this preview leaves out'),
    notifications: z.int().describe('Messages to each channel'),
    incidents: z
      .array(
        z.object({
          keyId,
          startedAt: z.string(),
          resolvedAt: z.string().nullable(),
          measured: value,
          worst: value,
          notifications: z.int().describe('Messages to each channel: firing, repeated and resolved'),
        }),
      )
      .describe('Oldest first'),
    series: z
      .array(
        z.object({
          keyId,
          points: z.array(
            z.object({
              at: z.string(),
              value: value.describe('The highest value since the previous point. null: nothing was measured'),
              threshold: value.describe('The threshold. A detector computes its own'),
              state: z.enum(['ok', 'pending', 'firing']).describe('The worst state since the previous point'),
            }),
          ),
        }),
      )
      .describe('About 700 points in all, at most'),
  })
  .meta({ id: 'AlertPreview' })
export type Preview = z.infer<typeof Preview>

const iso = (at: number) => new Date(at).toISOString()

const BY_MINUTES =
  'Run minute by minute over the last 48 hours, and hour by hour before, where what was shorter than an hour does not show'
const BY_HOURS =
  'Run at each whole hour: the alert itself looks twice a minute, and is earlier by up to an hour.'

const KEYS = ` Of the account’s keys at most ${MAX_KEYS} are run`

/** How a metric is evaluated over the past, and what that leaves out. `undefined`: it cannot be. */
function wayOf({ metric, keyIds }: StoredRule) {
  if (isWindowed(metric))
    return {
      read: previewWindows,
      byMinutes: true,
      note: `${BY_MINUTES}; a window shorter than an hour is the whole hour there (of requests, its mean).`,
    }
  if (metric === 'plan_usage')
    return {
      read: previewPlan,
      byMinutes: true,
      note:
        `${BY_MINUTES}. Compared with the limits of the current plan, whatever the plan was then. Usage that was only reported, ` +
        'not verified, does not count towards a plan; where there is some, the course within a day or month is an estimate.',
    }
  if ((KEY_METRICS as readonly string[]).includes(metric))
    return {
      read: previewKeyDays,
      byMinutes: false,
      note: `${BY_HOURS} Compared with the current expiry of each key; only requests count as use.${keyIds ? '' : `${KEYS}, those that the rule concerns first; keys that have ended are left out.`}`,
    }
  if (metric === 'usage_spike' || metric === 'unusual_hours')
    return {
      read: previewHours,
      byMinutes: false,
      note: `${BY_HOURS} Of hours of the clock: what began within one shows at its end.${metric === 'unusual_hours' && !keyIds ? `${KEYS}, the most used.` : ''}`,
    }
  return undefined
}

/** Runs a rule over the last seven days of usage. Of a metric that cannot be run so it says that. */
export async function previewRule(
  em: SqlEntityManager,
  accountId: string,
  rule: StoredRule,
  now: Date,
): Promise<Preview> {
  const span = spanUntil(now)
  const head = { metric: rule.metric, threshold: rule.threshold, from: iso(span.from), to: iso(span.to) }
  const way = wayOf(rule)
  if (!way) {
    const note = `What ${rule.metric} compares with is not kept for long enough: it cannot be run over the past.`
    return { ...head, grains: [], note, notifications: 0, incidents: [], series: [] }
  }
  if ((rule.keyIds?.length ?? 0) > MAX_KEYS)
    throw invalid('scope.keyIds', 'out_of_range', `a preview takes at most ${MAX_KEYS} keys`)
  const samples = await way.read(em, accountId, rule, span, MAX_KEYS)
  const ran = replayAll(rule, samples, span)
  const grains = way.byMinutes
    ? [
        { grain: 'hour' as const, from: head.from, to: iso(span.edge) },
        { grain: 'minute' as const, from: iso(span.edge), to: head.to },
      ]
    : [{ grain: 'hour' as const, from: head.from, to: head.to }]
  const note = `${way.note} Mutes are left out.`
  const notifications = ran.incidents.reduce((sum, incident) => sum + incident.notifications, 0)
  return { ...head, grains, note, notifications, ...ran }
}

function replayAll(rule: StoredRule, samples: Map<string, Iterable<Sample>>, span: Span) {
  const pointMs = pointMsFor(samples.size, span)
  const runs = [...samples].map(([key, some]) => ({
    keyId: key === '' ? null : key,
    ...replay(rule, some, pointMs),
  }))
  return {
    incidents: runs
      .flatMap(({ keyId, incidents }) => incidents.map((incident) => ({ keyId, ...incident })))
      .sort((a, b) => a.startedAt.localeCompare(b.startedAt)),
    series: runs.map(({ keyId, points }) => ({ keyId, points })),
  }
}

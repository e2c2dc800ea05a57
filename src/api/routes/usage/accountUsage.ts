import { z } from 'zod'
import { requireKey } from '../../../domain/keys/keyStore.ts'
import { readSeries } from '../../../domain/usage/series.ts'
import { type Range, seriesRange } from '../../../domain/usage/seriesRange.ts'
import { type GroupBy, SeriesRows } from '../../../domain/usage/seriesRows.ts'
import { route } from '../../guard.ts'
import { IdParams, Instant } from '../../schemas.ts'
import { asCsv, asJson, type Column, startReading } from '../../streams.ts'

const Interval = z.enum(['minute', 'hour', 'day'])
const Group = z.enum(['none', 'key', 'status', 'endpoint'])

/** A date is the instant at which it begins, in UTC. */
const Moment = z
  .string()
  .refine(
    (text) => z.iso.date().safeParse(text).success || Instant.safeParse(text).success,
    'must be a date or an ISO 8601 time such as 2027-01-31 or 2027-01-31T12:00:00Z',
  )
  .transform((text) => new Date(text))

export const SeriesAnswer = z
  .strictObject({
    asOf: z.string(),
    from: z.string().describe('The start of the first bucket'),
    to: z.string().describe('The end of the last bucket'),
    interval: Interval,
    groupBy: Group,
    series: z.array(z.union([SeriesRows.none, SeriesRows.key, SeriesRows.status, SeriesRows.endpoint])),
  })
  .meta({ id: 'UsageSeries' })

export const getUsage = route(
  {
    method: 'get',
    path: '/usage',
    operation: 'getUsage',
    summary: 'Get the account’s usage over time',
    description:
      'The response is streamed. Without `groupBy` it contains every bucket; with it, only buckets in which something happened.',
    tag: 'Usage',
    auth: { permission: 'usage:read' },
    pool: 'streams',
    query: z.strictObject({
      from: Moment.optional().describe(
        'The start of the range, rounded down to the interval. Default: 24 hours before `to`',
      ),
      to: Moment.optional().describe(
        'The end of the range, exclusive, rounded up to the interval. Default: now',
      ),
      interval: Interval.default('hour').describe(
        'Minutes are kept for 48 hours, hours for 35 days, days for 400 days',
      ),
      groupBy: Group.default('none').describe('Returns one series for each key, status or endpoint'),
      keyId: IdParams.shape.id.optional().describe('Only the usage of this key'),
      format: z.enum(['json', 'csv']).default('json').describe('The media type of the response'),
    }),
    responses: { 200: { streams: { 'application/json': SeriesAnswer, 'text/csv': z.string() } } },
    problems: ['api-key-not-found'],
  },
  async ({ api, principal, query: { from, to, interval, groupBy, keyId, format } }) => {
    if (keyId !== undefined) await requireKey(api.em(), principal.accountId, keyId)
    const source = await api.readFrom('streams')
    const range = seriesRange({ from, to }, interval, source.asOf)
    const series = { accountId: principal.accountId, keyId, interval, range }
    const pages = await startReading(readSeries(source.em, series, groupBy))
    const asOf = source.asOf.toISOString()
    if (format === 'csv') {
      const headers = { 'Content-Disposition': `attachment; filename="${fileName(range)}"`, 'X-As-Of': asOf }
      return { status: 200, headers, stream: { type: 'text/csv', text: asCsv(columnsOf(groupBy), pages) } }
    }
    const head = { asOf, from: iso(range.from), to: iso(range.to), interval, groupBy }
    return { status: 200, stream: { type: 'application/json', text: asJson(head, 'series', pages) } }
  },
)

const iso = (at: number) => new Date(at).toISOString()

/** ISO 8601 without colons, which not every file system takes. */
const fileName = ({ from, to }: Range) => `usage-${compact(from)}-${compact(to)}.csv`
const compact = (at: number) => `${iso(at).slice(0, 16).replace(/[-:]/g, '')}Z`

/** A column per field of a row, and per latency: `latencyMs.p50` is `latencyP50Ms`. */
function columnsOf(groupBy: GroupBy): Column[] {
  return Object.entries(SeriesRows[groupBy].shape).flatMap(([field, schema]) =>
    schema instanceof z.ZodObject
      ? Object.keys(schema.shape).map((part) => ({
          key: `${field}.${part}`,
          header: `latency${part.charAt(0).toUpperCase()}${part.slice(1)}Ms`,
        }))
      : [{ key: field, header: field }],
  )
}

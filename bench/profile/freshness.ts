import { setTimeout as delay } from 'node:timers/promises'
import { createPartition, wantedPartitions } from '../../src/domain/usage/partitions.ts'
import { type Span, startCollector } from '../../test/support/startCollector.ts'
import { createKeys, MANY_CALLS } from '../createKeys.ts'
import { startService } from '../startService.ts'
import { probe } from '../usage/probe.ts'
import { startLoad } from '../usage/startLoad.ts'
import { allSpans, began, beginTrace, ended, renderSteps, type Steps, stepsOf } from './steps.ts'

const PER_SECOND = 10_000
const BATCH = 500
const KEYS = 1_000
const LANES = 4
const POLL_MS = 100
const RAMP_SECONDS = 5

/** What an event that has been acknowledged waits for until it shows, beside 10,000 others a second. */
export async function profileFreshness({ seconds }: { seconds: number }): Promise<string> {
  const collector = await startCollector()
  const env = { ...MANY_CALLS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const service = await startService({ durable: true, env })
  try {
    for (const partition of wantedPartitions(new Date()))
      await service.orm.em.fork().transactional((em) => createPartition(em, partition))
    return await service.withWorker(async () => {
      const keys = await createKeys(service, KEYS + LANES)
      let isLoading = true
      const loaded = startLoad({
        url: service.api.url,
        token: keys.serviceToken,
        keyIds: keys.ids.slice(LANES),
        prefix: 'load',
        perSecond: PER_SECOND,
        batch: BATCH,
        seconds: seconds * 3 + RAMP_SECONDS,
      }).finally(() => {
        isLoading = false
      })
      await delay(RAMP_SECONDS * 1_000)
      const shown: { traceId: string; acknowledgedAt: number; ms: number }[] = []
      const watch = async (_: unknown, lane: number) => {
        const watched = { keyId: keys.ids[lane] ?? '', value: keys.values[lane] ?? '' }
        for (let count = 0; isLoading; count++) {
          const { traceId, headers } = beginTrace()
          const id = `probe-${lane}-${count}`
          const seen = await probe(service, keys, { ...watched, kind: 'event', id, pollMs: POLL_MS, headers })
          shown.push({ traceId, ...seen })
        }
      }
      await Promise.all(Array.from({ length: LANES }, watch))
      await loaded
      const jobOf = jobsByTrace(await allSpans(collector))
      const units = shown.flatMap(({ traceId, acknowledgedAt, ms }): Steps[] => {
        const job = jobOf.get(traceId)
        if (!job) return []
        return [
          stepsOf(acknowledgedAt, [
            ['its job waits in the queue', began(job)],
            ['its job waits for the transaction before, and for its own', ended(job)],
            ['nobody asks (every 100 ms); the answer', acknowledgedAt + ms],
          ]),
        ]
      })
      return renderSteps('an event', [{ head: `${units.length} of ${shown.length} events`, units }])
    })
  } finally {
    await service.stop()
    await collector.stop()
  }
}

/**
 * The job of each report's trace. Adding usage begins no trace, but reports are acknowledged in the order in which
 * their jobs are stored, give or take neighbours that one transaction counts; and jobs begin in that order.
 */
function jobsByTrace(spans: Span[]): Map<string, Span> {
  const named = (name: string) => spans.filter((span) => span.name === name)
  const jobs = named('process metering').toSorted((a, b) => began(a) - began(b))
  const reports = named('POST /usage/events').toSorted((a, b) => ended(a) - ended(b))
  if (jobs.length !== reports.length)
    throw new Error(`${reports.length} reports have made ${jobs.length} jobs`)
  return new Map(jobs.map((job, place) => [reports[place]?.traceId ?? '', job]))
}

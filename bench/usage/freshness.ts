/** How long acknowledged usage takes to show beside a steady load of events: see ../README.md. */
import { setTimeout as delay } from 'node:timers/promises'
import { createPartition, wantedPartitions } from '../../src/domain/usage/partitions.ts'
import { type Options, type Row, sizesOf } from '../all/Part.ts'
import { createKeys, MANY_CALLS } from '../createKeys.ts'
import { percentile, say, whole } from '../report.ts'
import { startService } from '../startService.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import type { LoadOrders } from './load.ts'
import { type Freshness, type Kind, probe } from './probe.ts'
import { startLoad } from './startLoad.ts'

const BATCH = 500
const WARM_UP = 20
/** The load runs alone for so long before anything is measured: a backlog would have begun to grow by then. */
const RAMP_SECONDS = 5
/** Up to so long passes between two probes, at random, so that they keep no step with the batches. */
const PAUSE_MS = 50
/** So many keys are watched at once, each asked for so often: else reading would be most of the load. */
const LANES = 4
const POLL_MS = 100
const KINDS: Kind[] = ['event', 'verification']

type Taken = Record<Kind, Freshness[]>

export async function run(options: Options): Promise<Row[]> {
  const {
    seconds,
    perSecond,
    keys: count,
  } = sizesOf(options, {
    seconds: [60, 10],
    perSecond: [10_000, 10_000],
    keys: [1_000, 100],
  })
  const service = await startService({ durable: true, env: MANY_CALLS })
  try {
    for (const partition of wantedPartitions(new Date()))
      await service.orm.em.fork().transactional((em) => createPartition(em, partition))
    return await service.withWorker(async () => {
      const keys = await createKeys(service, count + KINDS.length * LANES)
      let probes = 0
      /** Probes of both kinds in turn, in so many lanes at once, each of which has keys of its own. */
      const measure = async (lanes: number, isOver: (taken: number) => boolean): Promise<Taken> => {
        const taken: Taken = { event: [], verification: [] }
        const lane = async (place: number) => {
          while (!isOver(taken.verification.length)) {
            for (const [index, kind] of KINDS.entries()) {
              const at = place * KINDS.length + index
              const watched = { keyId: keys.ids[at] ?? '', value: keys.values[at] ?? '' }
              const id = `probe-${probes++}`
              taken[kind].push(await probe(service, keys, { ...watched, kind, id, pollMs: POLL_MS }))
              await delay(Math.random() * PAUSE_MS)
            }
          }
        }
        await Promise.all(Array.from({ length: lanes }, (_, place) => lane(place)))
        return taken
      }
      await measure(1, (taken) => taken >= WARM_UP)
      await waitForQuiet(options.quiet)
      const orders: LoadOrders = {
        url: service.api.url,
        token: keys.serviceToken,
        keyIds: keys.ids.slice(KINDS.length * LANES),
        prefix: 'load',
        perSecond,
        batch: BATCH,
        seconds: seconds + RAMP_SECONDS,
      }
      let isLoading = true
      const loaded = startLoad(orders).finally(() => {
        isLoading = false
      })
      await delay(RAMP_SECONDS * 1_000)
      const taken = await measure(LANES, () => !isLoading)
      const load = await loaded
      const [last, drainMs] = [performance.now(), await service.drained().then(() => performance.now())]
      const [sum] = await service.query<{ requests: string }>(
        'select sum(requests) as requests from usage_minute',
        [],
      )
      const acknowledged = load.acknowledged + probes
      if (Number(sum?.requests) !== acknowledged)
        throw new Error(`Not exact: ${sum?.requests} counted, ${acknowledged} acknowledged`)
      const of = (kind: Kind) => taken[kind].map(({ ms }) => ms / 1_000)
      const both = [...of('event'), ...of('verification')]
      const inWords = (kind: Kind) => `${percentile(of(kind), 0.99).toFixed(2)} s`
      say(`events ${inWords('event')}, verifications ${inWords('verification')}`)
      const rate = `${whole(load.acknowledged / load.seconds)} events/s, acknowledged in ${load.ackP99.toFixed(0)} ms (p99)`
      return [
        {
          id: 'fresh',
          values: [percentile(both, 0.99)],
          beside: `p50 ${percentile(both, 0.5).toFixed(2)} s, ${both.length} samples; ${rate}; empty ${whole(drainMs - last)} ms after the last`,
        },
      ]
    })
  } finally {
    await service.stop()
  }
}

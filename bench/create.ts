/** How long a created key takes at a constant rate of creates: see README.md. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Options, type Row, sizesOf } from './all/Part.ts'
import { startClock } from './cost.ts'
import { createKeys, MANY_CALLS } from './createKeys.ts'
import { type Asked, startTimeline } from './hanging/timeline.ts'
import { median, percentile, say } from './report.ts'
import { startService } from './startService.ts'
import { waitForQuiet } from './waitForQuiet.ts'

const WARM_UP_SECONDS = 5

/** They take turns: what is measured is creating, not the bound on what one account may do at once. */
export const ACCOUNTS = 10

/** What is measured is the time until the 201: none is to end as a 202 before. */
export const WAITING = { COMMAND_WAIT_MS: '60000' }

export async function run(options: Options): Promise<Row[]> {
  const { rounds, seconds, perSecond } = sizesOf(options, {
    rounds: [5, 1],
    seconds: [10, 5],
    perSecond: [100, 100],
  })
  const service = await startService({ durable: true, env: { ...MANY_CALLS, ...WAITING } })
  try {
    return await service.withWorker(async (worker) => {
      const requests: Buffer[] = []
      while (requests.length < ACCOUNTS) requests.push(createRequest((await createKeys(service, 1)).adminKey))
      const load = async (forSeconds: number): Promise<Asked[]> => {
        const timeline = startTimeline(new URL(service.api.url), requests, perSecond)
        await delay(forSeconds * 1_000)
        const asked = await timeline.stop()
        // One without an answer counts as long as it was waited for.
        const other = asked.find(({ status }) => status !== 201 && status !== 0)
        if (other) throw new Error(`A create answered ${other.status}`)
        return asked
      }
      await load(WARM_UP_SECONDS)
      const samples: {
        p50: number
        p99: number
        lost: number
        api: number
        postgres: number
        worker: number
      }[] = []
      while (samples.length < rounds) {
        await waitForQuiet(options.quiet)
        const { api, redisPid, postgresPid } = service
        const stopApi = await startClock({ server: api.pid, redis: redisPid, postgres: postgresPid })
        const stopWorker = await startClock({ server: worker.pid, redis: redisPid, postgres: postgresPid })
        const asked = await load(seconds)
        const [costs, { server }] = [await stopApi(asked.length), await stopWorker(asked.length)]
        const times = asked.map(({ ms }) => ms)
        const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
        say(`round ${samples.length + 1}  p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
        const lost = asked.filter(({ status }) => status === 0).length
        samples.push({ p50, p99, lost, api: costs.server, postgres: costs.postgres, worker: server })
      }
      const of = (name: keyof (typeof samples)[number]) => samples.map((one) => one[name])
      const lost = of('lost').reduce((sum, count) => sum + count, 0)
      const millis = (name: 'api' | 'postgres' | 'worker') => (median(of(name)) / 1_000).toFixed(1)
      return [
        {
          id: 'create',
          values: of('p99'),
          beside: `p50 ${median(of('p50')).toFixed(1)} ms; CPU: api ${millis('api')}, worker ${millis('worker')}, Postgres ${millis('postgres')} ms${lost > 0 ? `; ${lost} without an answer` : ''}`,
        },
      ]
    })
  } finally {
    await service.stop()
  }
}

/** The request of an account whose admin key this is. */
export function createRequest(adminKey: string): Buffer {
  const body = JSON.stringify({ name: 'Bench', type: 'live' })
  return Buffer.from(
    `POST /api-keys HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${adminKey}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
}

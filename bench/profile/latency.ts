import { createKeys } from '../createKeys.ts'
import { median, table } from '../report.ts'
import { startBare, startHttp } from '../startProcess.ts'
import { startService } from '../startService.ts'
import type { Latencies } from '../verification/constantRate.ts'
import { startLoader } from '../verification/startLoader.ts'

const KEYS = 200
const ROUNDS = 5
const RATES = [4_000, 8_000]

/** Each does what the one before does, and more. */
const STEPS = [
  'bare `node:http`',
  'the same, waiting for a Redis',
  '`/forward-auth`',
  'the same beside a worker',
]

/**
 * How long requests take at a constant rate: of the bare server, of one that waits for an answer of Redis to each
 * request, and of ours, first while its worker is stopped (SIGSTOP).
 */
export async function profileLatency({ seconds }: { seconds: number }): Promise<string> {
  const service = await startService()
  const bare = await startBare('http')
  const asking = await startHttp(['bench/bareServer.ts', 'redis'], service.env, '/')
  try {
    const taken = new Map<string, Latencies[]>()
    await service.withWorker(async (worker) => {
      const { values } = await createKeys(service, KEYS)
      using loader = startLoader(values, 0.2)
      const urls = [bare.url, asking.url, service.api.url, service.api.url]
      const load = async (place: number, rate: number) => {
        const isStopped = place < STEPS.length - 1
        if (isStopped) process.kill(worker.pid, 'SIGSTOP')
        try {
          return await loader.load({ url: urls[place] ?? '', rate, seconds: seconds / 2 })
        } finally {
          process.kill(worker.pid, 'SIGCONT')
          await service.drained()
        }
      }
      const places = STEPS.map((_, place) => place)
      for (const place of places) await load(place, RATES[0] ?? 0)
      for (let round = 0; round < ROUNDS; round++)
        for (const rate of RATES)
          for (const place of round % 2 === 0 ? places : places.toReversed()) {
            const name = `${STEPS[place]} ${rate}`
            taken.set(name, [...(taken.get(name) ?? []), await load(place, rate)])
          }
    })
    const middle = (step: string, rate: number, of: 'p50' | 'p99') =>
      median((taken.get(`${step} ${rate}`) ?? []).map((one) => one[of])).toFixed(2)
    return table(
      [
        'ms a request',
        ...RATES.flatMap((rate) => ['p50', 'p99'].map((of) => `${rate.toLocaleString('en')}/s: ${of}`)),
      ],
      STEPS.map((step) => [
        step,
        ...RATES.flatMap((rate) => [middle(step, rate, 'p50'), middle(step, rate, 'p99')]),
      ]),
    )
  } finally {
    await Promise.all([bare.stop(), asking.stop()])
    await service.stop()
  }
}

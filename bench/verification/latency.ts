/** Latencies at constant rates, beside those of the bare server in the same rounds: see ../README.md. */
import { RATES } from '../all/goals.ts'
import { type Options, type Row, sizesOf } from '../all/Part.ts'
import { createKeys } from '../createKeys.ts'
import { median, say } from '../report.ts'
import { startBare } from '../startProcess.ts'
import { startService } from '../startService.ts'
import type { Latencies } from './constantRate.ts'
import { startLoader } from './startLoader.ts'

const KEYS = 200

type Pair = { bare: Latencies; ours: Latencies }

export async function run(options: Options): Promise<Row[]> {
  const { rounds, seconds } = sizesOf(options, { rounds: [5, 1], seconds: [4, 2] })
  const service = await startService()
  const bare = await startBare('http')
  try {
    return await service.withWorker(async () => {
      const { values } = await createKeys(service, KEYS)
      using loader = startLoader(values, options.quiet)
      const load = (url: string, rate: number) => loader.load({ url, rate, seconds })
      // Both compile what they run.
      for (const url of [bare.url, service.api.url]) await load(url, RATES[0])
      const pairs = new Map<number, Pair[]>(RATES.map((rate) => [rate, []]))
      for (let round = 0; round < rounds; round++) {
        for (const [rate, list] of pairs) {
          const pair: Partial<Pair> = {}
          const servers = { bare, ours: service.api }
          const order = ['bare', 'ours'] as const
          for (const name of round % 2 === 0 ? order : order.toReversed())
            pair[name] = await load(servers[name].url, rate)
          list.push(pair as Pair)
          const { bare: theirs, ours } = pair as Pair
          say(
            `round ${round + 1}  ${rate}/s: p99 ${ours.p99.toFixed(2)} ms, bare ${theirs.p99.toFixed(2)} ms`,
          )
        }
      }
      return [...pairs].flatMap(([rate, list]) => rowsOf(rate, list))
    })
  } finally {
    await bare.stop()
    await service.stop()
  }
}

function rowsOf(rate: number, pairs: Pair[]): Row[] {
  const middle = (name: keyof Pair, value: 'p50' | 'p99' | 'rate') =>
    median(pairs.map((pair) => pair[name][value]))
  const p99 = `${middle('ours', 'p99').toFixed(2)} : ${middle('bare', 'p99').toFixed(2)} ms`
  const p50 = `p50 ${middle('ours', 'p50').toFixed(2)} : ${middle('bare', 'p50').toFixed(2)} ms`
  return [
    {
      id: `latency-${rate}-ratio`,
      values: pairs.map(({ bare, ours }) => ours.p99 / bare.p99),
      beside: p99,
    },
    { id: `latency-${rate}-more`, values: pairs.map(({ bare, ours }) => ours.p99 - bare.p99), beside: p50 },
  ]
}

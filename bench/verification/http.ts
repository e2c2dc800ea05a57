/** Verification over HTTP beside bare servers, and beside what else one could do, all in the same rounds. */
import { type Options, type Row, sizesOf } from '../all/Part.ts'
import { type Cost, startClock } from '../cost.ts'
import { createKeys } from '../createKeys.ts'
import { findFaults, readCounted } from '../exactness.ts'
import { median, say, whole } from '../report.ts'
import { requireWrk, runWrk } from '../runWrk.ts'
import { type Service, startService } from '../startService.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import { type Contender, type ContenderName, startContenders } from './contenders.ts'

const KEYS = 200
const CONNECTIONS = 64
const WARM_UP_SECONDS = 1

type Sample = { rate: number; cost: Cost; asked: number }
type Round = Record<ContenderName, Sample>

export async function run(options: Options): Promise<Row[]> {
  const { rounds, seconds } = sizesOf(options, { rounds: [5, 1], seconds: [2, 1] })
  await requireWrk()
  const service = await startService()
  const keys = await service.withWorker(() => createKeys(service, KEYS))
  const { contenders, stop } = await startContenders(service, keys)
  try {
    const done: Round[] = []
    while (done.length < rounds) {
      const before = await readCounted(service.query, keys.ids)
      const order = done.length % 2 === 0 ? contenders : contenders.toReversed()
      const samples: [ContenderName, Sample][] = []
      for (const contender of order) {
        await waitForQuiet(options.quiet)
        const sample = await measure(service, contender, keys.serviceToken, seconds)
        say(`round ${done.length + 1}  ${contender.name.padEnd(12)} ${inWords(sample)}`)
        samples.push([contender.name, sample])
      }
      const round = Object.fromEntries(samples) as Round
      done.push(round)
      // So that no round meets the backlog of another.
      await service.drain()
      const ours = [round.few, round.one, round.verify]
      const expected = {
        answered: ours.reduce((sum, { asked }) => sum + asked, 0),
        inFlight: ours.length * 2 * CONNECTIONS,
      }
      const faults = findFaults(expected, before, await readCounted(service.query, keys.ids))
      if (faults.length > 0) throw new Error(`Not exact: ${faults.join('; ')}`)
    }
    return rowsOf(done)
  } finally {
    await stop()
    await service.stop()
  }
}

async function measure(
  service: Service,
  { server, script, file }: Contender,
  token: string,
  duration: number,
): Promise<Sample> {
  const load = (seconds: number) =>
    runWrk({ url: server.url, script, connections: CONNECTIONS, seconds, args: [file, token] })
  const warmUp = await load(WARM_UP_SECONDS)
  const { redisPid, postgresPid } = service
  const stopClock = await startClock({ server: server.pid, redis: redisPid, postgres: postgresPid })
  const { answered, failed, seconds } = await load(duration)
  const cost = await stopClock(answered)
  if (failed + warmUp.failed > 0) throw new Error(`${failed + warmUp.failed} requests failed`)
  return { rate: answered / seconds, cost, asked: answered + warmUp.answered }
}

function rowsOf(rounds: Round[]): Row[] {
  const of = (name: ContenderName, value: (sample: Sample) => number) =>
    rounds.map((round) => value(round[name]))
  const middle = (name: ContenderName, value: (sample: Sample) => number) => median(of(name, value))
  const rate = (name: ContenderName) => `${whole(middle(name, (sample) => sample.rate))}/s`
  const server = ({ cost }: Sample) => cost.server
  const redis = ({ cost }: Sample) => cost.redis
  const both = ({ cost }: Sample) => cost.server + cost.redis
  const ratio = (name: ContenderName, peer: ContenderName, cost: (sample: Sample) => number) =>
    rounds.map((round) => cost(round[name]) / cost(round[peer]))
  const beside = (name: ContenderName, peer: ContenderName, cost: (sample: Sample) => number) =>
    `${middle(name, cost).toFixed(1)} : ${middle(peer, cost).toFixed(1)} µs; ${rate(name)} : ${rate(peer)}`
  return [
    {
      id: 'forward-auth',
      values: ratio('few', 'http', server),
      beside: beside('few', 'http', server),
    },
    { id: 'verify', values: ratio('verify', 'body', server), beside: beside('verify', 'body', server) },
    { id: 'redis', values: of('few', redis), beside: rate('few') },
    { id: 'redis-1', values: of('one', redis), beside: rate('one') },
    {
      id: 'hand-written',
      values: ratio('pipelined', 'few', both),
      beside: beside('pipelined', 'few', both),
    },
    {
      id: 'better-auth',
      values: ratio('betterAuth', 'few', both),
      beside: beside('betterAuth', 'few', both),
    },
  ]
}

function inWords({ rate, cost: { server, redis, elsewhere } }: Sample): string {
  const costs = `server ${server.toFixed(1)} µs, Redis ${redis.toFixed(1)} µs`
  return `${whole(rate)}/s, ${costs}, elsewhere ${Math.round(elsewhere * 100)} %`
}

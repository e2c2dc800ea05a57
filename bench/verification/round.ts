import { readFile } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import { readCpuTimes } from '../cpuTime.ts'
import type { Keys } from '../createKeys.ts'
import { type Cpu, costOf } from '../measure.ts'
import { runWrk } from '../runWrk.ts'
import type { Service } from '../startService.ts'
import { say } from '../usage/report.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import { type Latencies, loadAtRate } from './constantRate.ts'
import type { Contender, Fsync } from './contenders.ts'
import type { Rate } from './inProcess.ts'
import type { startInProcess } from './startInProcess.ts'

/** One contender in one round: per second, ms, microseconds of CPU per request. */
export type Sample = { rate: number; p50: number; p99: number; cpu: Cpu | undefined }

/** All of a round, under one of Redis's settings; samples by the contenders' names. */
export type Round = { samples: Map<string, Sample>; half: Latencies; inProcess: Rate[] }

export type Setting = {
  service: Service
  keys: Keys
  redis: Redis
  contenders: Contender[]
  inProcess: Awaited<ReturnType<typeof startInProcess>>
  seconds: number
  /** The part of the machine that other programs may take. */
  quiet: number
}

const CONNECTIONS = 64
const CALLERS = [64, 512]
const WARM_UP_SECONDS = 1
const MOST_ATTEMPTS = 3

export async function measureRound(setting: Setting, fsync: Fsync): Promise<Round> {
  const { service, redis, contenders, inProcess, seconds, quiet } = setting
  await redis.config('SET', 'appendfsync', fsync)
  const samples = new Map<string, Sample>()
  for (const contender of contenders.filter((one) => one.fsync.includes(fsync)))
    samples.set(contender.name, await measureInQuiet(setting, contender, fsync))

  const few = contenders.find(({ name }) => name === 'few')
  if (!few) throw new Error('Half of what load?')
  await waitForQuiet(quiet)
  const half = await loadAtRate(new URL(service.api.url), await requestsOf(few), {
    rate: Math.round((samples.get('few')?.rate ?? 0) / 2),
    seconds,
    connections: CONNECTIONS,
  })
  if (half.failed > 0) throw new Error(`${half.failed} requests failed at half load`)
  say(
    `${fsync}  half load: ${half.rate.toFixed(0)}/s, p50 ${half.p50.toFixed(2)}, p99 ${half.p99.toFixed(2)} ms`,
  )

  const rates: Rate[] = []
  for (const callers of CALLERS) {
    await waitForQuiet(quiet)
    const rate = await inProcess.rate(callers, seconds)
    say(`${fsync}  in process, ${callers} callers: ${rate.rate.toFixed(0)}/s`)
    rates.push(rate)
  }
  // So that no round meets the backlog of another.
  await service.drain()
  return { samples, half, inProcess: rates }
}

/**
 * Measures again, a few times, where other programs took more of the machine than is allowed; the least disturbed one
 * counts.
 */
async function measureInQuiet(setting: Setting, contender: Contender, fsync: Fsync): Promise<Sample> {
  const samples: Sample[] = []
  const elsewhere = ({ cpu }: Sample) => cpu?.elsewhere ?? 0
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    await waitForQuiet(setting.quiet)
    const sample = await measure(setting, contender)
    const other = `${Math.round(elsewhere(sample) * 100)} %`
    say(`${fsync}  ${contender.name.padEnd(10)} ${sample.rate.toFixed(0)}/s, elsewhere ${other}`)
    samples.push(sample)
    if (elsewhere(sample) <= setting.quiet) break
  }
  return samples.toSorted((a, b) => elsewhere(a) - elsewhere(b))[0] as Sample
}

async function measure(
  { service, keys, seconds }: Setting,
  { name, server, script, file }: Contender,
): Promise<Sample> {
  const load = (duration: number) =>
    runWrk({
      url: server.url,
      script,
      connections: CONNECTIONS,
      seconds: duration,
      args: [file, keys.serviceToken],
    })
  const pids = { server: server.pid, redis: service.redisPid, postgres: service.postgresPid }
  await load(WARM_UP_SECONDS)
  const before = await readCpuTimes(pids)
  const start = performance.now()
  const { answered, failed, seconds: took, p50, p99 } = await load(seconds)
  // Longer than what wrk measured: before that it makes its requests.
  const wall = (performance.now() - start) / 1000
  const after = await readCpuTimes(pids)
  if (failed > 0) throw new Error(`${name}: ${failed} requests failed`)
  return {
    rate: answered / took,
    p50: p50 / 1000,
    p99: p99 / 1000,
    cpu: before && after ? costOf(before, after, answered, wall) : undefined,
  }
}

/** The requests of wrk/forwardAuth.lua. */
async function requestsOf({ server, file }: Contender): Promise<Buffer[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  return lines.map((line) =>
    Buffer.from(
      'GET /forward-auth?permission=renders:write HTTP/1.1\r\n' +
        `Host: ${new URL(server.url).host}\r\nAuthorization: Bearer ${line.split(' ')[1]}\r\n\r\n`,
    ),
  )
}

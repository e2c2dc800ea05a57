/**
 * For how long nothing is verified while regions are divided into shards, and whether everything that was acknowledged
 * is counted: see README.md. `--rounds 10`, `--write`.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startCluster, startSentinelGroup } from '../test/setup/redisGroups.ts'
import { isAdmitted } from './isAdmitted.ts'
import { describeRun, percentile, publish, say, table, wholeNumber } from './report.ts'
import { startHttp, startProcess } from './startProcess.ts'
import { type ServiceOptions, startService } from './startService.ts'

/** How often a caller asks, in ms. */
const EVERY_MS = 10
const INTO = 16

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, write: { type: 'boolean', default: false } },
})
const rounds = wholeNumber('rounds', values.rounds)

const kinds: [string, () => Promise<ServiceOptions['redis']>][] = [
  ['one Redis', async () => undefined],
  ['Sentinels (a primary, two replicas)', () => startSentinelGroup()],
  ['a Cluster (three primaries, a replica each)', () => startCluster()],
]
const rows: string[][] = []
for (const [name, startRedis] of kinds) {
  const refused: number[] = []
  let [acknowledged, counted] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const one = await divide(await startRedis())
    refused.push(one.refused)
    acknowledged += one.acknowledged
    counted += one.counted
    say(`${name}: refused for ${Math.round(one.refused)} ms`)
  }
  const seconds = (q: number) => `${(percentile(refused, q) / 1_000).toFixed(2)} s`
  rows.push([name, String(rounds), seconds(0.5), seconds(1), String(acknowledged), String(counted)])
}
const how = `One shard becomes ${INTO}; one caller asks the api before, and where that refuses, the api after, every ${EVERY_MS} ms.`
const head = ['a region on', 'divisions', 'refused, p50', 'longest', 'acknowledged', 'counted']
await publish('division', [describeRun(how), '', table(head, rows)].join('\n'), values.write)

async function divide(redis: ServiceOptions['redis']) {
  const service = await startService({ redis, env: { LOG_LEVEL: 'silent' } })
  const env = { ...service.env, SHARDS: String(INTO) }
  const worker = await service.startWorker()
  const next = [
    await startProcess(['src/workers/main.ts'], env),
    await startHttp(['src/api/main.ts'], env, '/livez', 200),
  ] as const
  try {
    const { accountId, adminKey = '' } = await service.cli(
      ...['account', 'create', '--name', 'Bench', '--plan', 'enterprise'],
    )
    const { serviceToken: token = '' } = await service.cli('service-token', 'create', '--name', 'bench')
    const admittedAt: number[] = []
    let isOver = false
    const asking = (async () => {
      while (!isOver) {
        for (const api of [service.api, next[1]])
          if (await isAdmitted(api, token, adminKey)) {
            admittedAt.push(performance.now())
            break
          }
        await delay(EVERY_MS)
      }
    })()
    await delay(1_000)
    await service.cli('shards', String(INTO))
    const done = performance.now()
    while ((admittedAt.at(-1) ?? 0) < done) await delay(EVERY_MS)
    isOver = true
    await asking
    const gaps = admittedAt.map((at, place) => at - (admittedAt[place - 1] ?? at))
    const counted = await untilCounted(service, accountId ?? '', admittedAt.length)
    return { refused: Math.max(...gaps), acknowledged: admittedAt.length, counted }
  } finally {
    for (const one of next) await one.stop()
    // The division has ended it, with the status of a failure.
    await worker.stop().catch(() => {})
    await service.stop()
  }
}

/** How many requests were counted: as many as were acknowledged, or what there are after 10 s. */
async function untilCounted(
  { query }: Awaited<ReturnType<typeof startService>>,
  accountId: string,
  acknowledged: number,
): Promise<number> {
  for (const until = Date.now() + 10_000; ; await delay(100)) {
    const [row] = await query<{ n: number }>(
      'select coalesce(sum(requests), 0)::int as n from usage_minute where account_id = ?',
      [accountId],
    )
    const counted = row?.n ?? 0
    if (counted >= acknowledged || Date.now() > until) return counted
  }
}

/**
 * What a verification costs every process on its way, from the verifier to the usage that Postgres has: the figures of
 * docs/capacity.md. The library asks in a closed loop, a worker counts at the same time. `--seconds 5 --rounds 3
 * --write`. Linux only.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startClock } from './cost.ts'
import { processTime } from './cpuTime.ts'
import { createKeys, MANY_CALLS } from './createKeys.ts'
import { describeRun, median, publish, say, table, wholeNumber } from './report.ts'
import { startService } from './startService.ts'
import { startInProcess } from './verification/startInProcess.ts'
import { writeValuesFile } from './verification/valuesFile.ts'

/** Callers at once, which is what a batch holds, and keys between which they choose at random. */
const LOADS = [
  { callers: 64, keys: 200 },
  { callers: 16, keys: 200 },
  { callers: 64, keys: 2_000 },
]

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
})
const seconds = wholeNumber('seconds', values.seconds)
const rounds = wholeNumber('rounds', values.rounds)
const most = Math.max(...LOADS.map(({ keys }) => keys))

const service = await startService({ env: MANY_CALLS })
const worker = await service.startWorker()
const file = join(service.folder, 'values.txt')
const keys = await createKeys(service, most)
await writeValuesFile(file, keys.values)
const library = await startInProcess(service.env, keys.serviceToken, file)
await library.fill(most)

/** Rows that Postgres has written so far. It adds them up within a second. */
async function rowsWritten(): Promise<number> {
  await delay(1_500)
  const [row] = await service.query<{ n: number }>(
    `select (tup_inserted + tup_updated)::float as n from pg_stat_database where datname = current_database()`,
    [],
  )
  return row?.n ?? 0
}

async function measure({ callers, keys }: (typeof LOADS)[number]) {
  await library.rate(callers, 1, keys)
  await service.drained()
  const pids = { server: library.pid, redis: service.redisPid, postgres: service.postgresPid }
  const rows = await rowsWritten()
  const stopClock = await startClock(pids)
  const before = await processTime(worker.pid)
  const { rate } = await library.rate(callers, seconds, keys)
  await service.drained()
  const units = rate * seconds
  const { server, redis, postgres } = await stopClock(units)
  const counting = ((await processTime(worker.pid)) - before) / units
  const written = ((await rowsWritten()) - rows) / units
  say(`${callers} callers, ${keys} keys: ${Math.round(rate)}/s`)
  return { rate, server, redis, worker: counting, postgres, written }
}

const all = LOADS.map(() => [] as Awaited<ReturnType<typeof measure>>[])
for (let round = 0; round < rounds; round++)
  for (const [place, load] of LOADS.entries()) all[place]?.push(await measure(load))
const rows = LOADS.map(({ callers, keys }, place) => {
  const of = (what: 'server' | 'redis' | 'worker' | 'postgres') =>
    `${median((all[place] ?? []).map((one) => one[what])).toFixed(1)} µs`
  const written = median((all[place] ?? []).map((one) => one.written)).toFixed(3)
  return [`${callers}, ${keys} keys`, of('server'), of('redis'), of('worker'), of('postgres'), written]
})
const head = ['a batch of', 'library', 'Redis', 'worker', 'Postgres', 'rows written']
const how = `CPU a verification, from the request to the usage in Postgres; median of ${rounds} rounds of ${seconds} s.`
await publish('capacity', [describeRun(how), '', table(head, rows)].join('\n'), values.write)
await library.stop()
await worker.stop()
await service.stop()

/** What reading usage costs with 35 days of history: see ../README.md. */
import { totalmem } from 'node:os'
import { createPartition, wantedPartitions } from '../../src/domain/usage/partitions.ts'
import { type Options, type Row, sizesOf } from '../all/Part.ts'
import { startClock } from '../cost.ts'
import { createKeys, MANY_CALLS } from '../createKeys.ts'
import { median, percentile, say, whole } from '../report.ts'
import { type Service, type ServiceOptions, startService } from '../startService.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import { copyHistory, insertKeys, makeTemplates, readSize, type Tenants } from './history.ts'
import { explainReads } from './plans.ts'

const TEMPLATES = 10
const PAGE = 100

export type Read = 'usage' | 'page'
type Measured = { p99: number; p50: number; api: number; postgres: number }

/** In the order of a round. */
const READS = [
  { id: 'usage', read: 'usage', atOnce: 1 },
  { id: 'page', read: 'page', atOnce: 1 },
  { id: 'usage-8', read: 'usage', atOnce: 8 },
  { id: 'page-8', read: 'page', atOnce: 8 },
] as const

export async function run(options: Options): Promise<Row[]> {
  // `--set explain=1` prints the plans as Postgres explains them.
  const { keys, hoursADay, rounds, requests, explain } = sizesOf(options, {
    keys: [10_000, 1_000],
    hoursADay: [6, 2],
    rounds: [5, 1],
    requests: [600, 100],
    explain: [0, 0],
  })
  const { service, tenants } = await startReading({ keys, hoursADay })
  try {
    if (explain) {
      const plans = await explainReads(service, tenants[0]?.keyIds.slice(0, PAGE) ?? [])
      say(`${plans.one}\n\n${plans.page}`)
    }

    const samples = new Map<string, Measured[]>(READS.map(({ id }) => [id, []]))
    for (let round = 1; round <= rounds; round++) {
      for (const { id, read, atOnce } of READS) {
        await waitForQuiet(options.quiet)
        const count = read === 'usage' ? requests : Math.ceil(requests / 3)
        await measureReads(service.api.url, tenants, read, { atOnce, count: Math.ceil(count / 5) })
        const { api, redisPid, postgresPid } = service
        const stopClock = await startClock({ server: api.pid, redis: redisPid, postgres: postgresPid })
        const times = await measureReads(service.api.url, tenants, read, { atOnce, count })
        const cost = await stopClock(count)
        const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
        say(`round ${round}  ${id.padEnd(8)} p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
        samples.get(id)?.push({ p50, p99, api: cost.server / 1_000, postgres: cost.postgres / 1_000 })
      }
    }
    return [...samples].map(([id, list]) => {
      const of = (name: keyof Measured) => median(list.map((one) => one[name])).toFixed(1)
      return {
        id,
        values: list.map(({ p99 }) => p99),
        beside:
          `p50 ${of('p50')} ms; CPU: api ${of('api')}, Postgres ${of('postgres')} ms` +
          (keys === 10_000 ? '' : `; ${whole(keys)} keys`),
      }
    })
  } finally {
    await service.stop()
  }
}

/** A service with so many keys, each with 35 days of history. */
export async function startReading(
  { keys, hoursADay }: { keys: number; hoursADay: number },
  { settings, api }: Pick<ServiceOptions, 'settings' | 'api'> = {},
): Promise<{ service: Service; tenants: Tenants }> {
  const shared_buffers = `${Math.floor(totalmem() / 4 / 2 ** 20)}MB`
  // Nothing is written while reading is measured, so flushing would only make filling slow.
  const service = await startService({ settings: { shared_buffers, ...settings }, api, env: MANY_CALLS })
  try {
    const now = Date.now()
    for (const partition of wantedPartitions(new Date(now)))
      await service.orm.em.fork().transactional((em) => createPartition(em, partition))
    const templates = await service.withWorker(() => createKeys(service, TEMPLATES))
    say(`${whole(keys)} keys: making histories`)
    await makeTemplates(service, templates, hoursADay, now)
    const tenants = await insertKeys(service, keys, templates.ids)
    say(`${whole(keys)} keys: copying them`)
    await copyHistory(service, templates.ids, now)
    const { bytes } = await readSize(service)
    say(`${whole(keys)} keys: ${(bytes / 2 ** 30).toFixed(1)} GB`)
    return { service, tenants }
  } catch (error) {
    await service.stop()
    throw error
  }
}

/** Milliseconds of each read: of random keys, or of random pages of random accounts. */
export async function measureReads(
  url: string,
  tenants: Tenants,
  read: Read,
  { atOnce, count }: { atOnce: number; count: number },
): Promise<number[]> {
  const one = async () => {
    const tenant = pick(tenants)
    const page = 1 + Math.floor((Math.random() * tenant.keyIds.length) / PAGE)
    const path =
      read === 'usage'
        ? `/api-keys/${pick(tenant.keyIds)}/usage`
        : `/api-keys?limit=${PAGE}&page=${page}&include=usage`
    const start = performance.now()
    const response = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${tenant.adminKey}` } })
    const text = await response.text()
    const took = performance.now() - start
    if (response.status !== 200) throw new Error(`${path} answered ${response.status} ${text.slice(0, 500)}`)
    return took
  }
  const times: number[] = []
  let left = count
  const lane = async () => {
    while (left-- > 0) times.push(await one())
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return times
}

function pick<Item>(items: Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from')
  return item
}

/** Measures what reading usage costs with 35 days of history: see ../README.md. */
import { totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { createPartition, wantedPartitions } from '../../src/domain/usage/partitions.ts'
import { createKeys } from '../createKeys.ts'
import { table } from '../report.ts'
import { startService } from '../startService.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import { copyHistory, insertKeys, makeTemplates, readSize, type Tenants } from './history.ts'
import { explainReads } from './plans.ts'
import { describeRun, percentile, publish, say, whole, wholeNumber } from './report.ts'

const { values } = parseArgs({
  options: {
    keys: { type: 'string', multiple: true, default: ['1000', '10000', '100000'] },
    'hours-a-day': { type: 'string', default: '6' },
    'hours-a-day-of-many': { type: 'string', default: '2' },
    requests: { type: 'string', default: '3000' },
    'shared-buffers': { type: 'string', default: `${Math.floor(totalmem() / 4 / 2 ** 20)}MB` },
    quiet: { type: 'string', default: '100' },
    write: { type: 'boolean', default: false },
  },
})
const requests = wholeNumber('requests', values.requests)
const quiet = wholeNumber('quiet', values.quiet) / 100

/** From this number of keys on, each is active in fewer hours: the disk is to take it. */
const MANY = 50_000
const TEMPLATES = 10
const PAGE = 100
/** The number of keys that the goals are about, and of the plans that are shown. */
const GOAL_KEYS = 10_000
const GOALS = { usage: 25, list: 50 }
const AT_ONCE = [1, 8]

type Read = 'usage' | 'list'
type Measured = { read: Read; atOnce: number; p50: number; p99: number }
type Result = {
  keys: number
  hoursADay: number
  rows: Record<string, number>
  bytes: number
  measured: Measured[]
  plans: { one: string; page: string }
}

async function run(count: number): Promise<Result> {
  const hoursADay = wholeNumber(
    'hours-a-day',
    count < MANY ? values['hours-a-day'] : values['hours-a-day-of-many'],
  )
  // Nothing is written while reading is measured, so flushing would only make filling slow.
  const service = await startService({ sharedBuffers: values['shared-buffers'] })
  try {
    const now = Date.now()
    for (const partition of wantedPartitions(new Date(now)))
      await service.orm.em.fork().transactional((em) => createPartition(em, partition))
    const templates = await service.withWorker(() => createKeys(service, TEMPLATES))
    say(`${whole(count)} keys: making histories`)
    await makeTemplates(service, templates, hoursADay, now)
    const tenants = await insertKeys(service, count, templates.ids)
    say(`${whole(count)} keys: copying them`)
    await copyHistory(service, templates.ids, now)
    const { rows, bytes } = await readSize(service)
    say(`${whole(count)} keys: ${(bytes / 2 ** 30).toFixed(1)} GB; measuring`)
    const measured: Measured[] = []
    for (const read of ['usage', 'list'] as const) {
      for (const atOnce of AT_ONCE) {
        await waitForQuiet(quiet)
        const times = await measure(service.api.url, tenants, read, atOnce)
        const one = { read, atOnce, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
        say(`${read}, ${atOnce} at once: p50 ${one.p50.toFixed(1)} ms, p99 ${one.p99.toFixed(1)} ms`)
        measured.push(one)
      }
    }
    const [tenant] = tenants
    const plans = await explainReads(service, tenant?.keyIds.slice(0, PAGE) ?? [])
    return { keys: count, hoursADay, rows, bytes, measured, plans }
  } finally {
    await service.stop()
  }
}

/** Milliseconds of each read: of random keys, or of random pages of random accounts. */
async function measure(url: string, tenants: Tenants, read: Read, atOnce: number): Promise<number[]> {
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
  const some = async (count: number) => {
    const times: number[] = []
    let left = count
    const lane = async () => {
      while (left-- > 0) times.push(await one())
    }
    await Promise.all(Array.from({ length: atOnce }, lane))
    return times
  }
  const count = read === 'usage' ? requests : Math.ceil(requests / 3)
  await some(Math.ceil(count / 5))
  return some(count)
}

function pick<Item>(items: Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from')
  return item
}

const results: Result[] = []
for (const text of values.keys) results.push(await run(wholeNumber('keys', text)))

const titles: Record<Read, string> = {
  usage: '`GET /api-keys/{id}/usage`',
  list: `\`GET /api-keys?limit=${PAGE}&include=usage\``,
}
const head = ['', 'keys', 'at once', 'p50 ms', 'p99 ms', 'goal']
const timeRows = (['usage', 'list'] as const).flatMap((read) =>
  results.flatMap(({ keys, measured }) =>
    measured
      .filter((one) => one.read === read)
      .map(({ atOnce, p50, p99 }) => [
        titles[read],
        whole(keys),
        String(atOnce),
        p50.toFixed(1),
        p99.toFixed(1),
        keys === GOAL_KEYS && atOnce === 1 ? `≤ ${GOALS[read]}` : '',
      ]),
  ),
)
const sizes = results.map(({ keys, hoursADay, rows, bytes }) => [
  whole(keys),
  String(hoursADay),
  ...['usage_minute', 'usage_folded', 'usage_hour', 'usage_day'].map((name) => whole(rows[name] ?? 0)),
  (bytes / 2 ** 30).toFixed(1),
])
const shown = results.find(({ keys }) => keys === GOAL_KEYS) ?? results[0]
const details = (title: string, plan: string) =>
  `<details><summary>${title}</summary>\n\n\`\`\`text\n${plan}\n\`\`\`\n\n</details>`
const lines = [
  describeRun(
    `${whole(requests)} reads of one key, ${whole(Math.ceil(requests / 3))} of a page; shared_buffers ${values['shared-buffers']}.`,
  ),
  '',
  table(head, timeRows),
  '',
  table(
    [
      'keys',
      'active hours a day',
      'minutes',
      'hours of folded minutes',
      'hours',
      'days',
      'GB, whole database',
    ],
    sizes,
  ),
  '',
  details(`Plan of the windows of one key, ${whole(shown?.keys ?? 0)} keys`, shown?.plans.one ?? ''),
  '',
  details(
    `Plans of the usage of a page of ${PAGE}, ${whole(shown?.keys ?? 0)} keys`,
    shown?.plans.page ?? '',
  ),
]
await publish('reading', lines.join('\n'), values.write)

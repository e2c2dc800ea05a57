import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest'
import type { EventRow } from '../../src/domain/metering/eventRow.ts'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { WINDOW_MS, windowDifferences } from '../support/compareUsage.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { type Counted, UsageOracle } from '../support/usageOracle.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

/** The start of a month after a short one; all histories end and all instants lie around it. */
const MONTH = Date.UTC(2026, 2, 1)
const INSTANTS = 300
const KEYS = ['key_w1', 'key_w2', 'key_w3', 'key_w4']

const seed = anySeed()
const random = createRandom(seed)
const oracle = new UsageOracle()

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
  worker.clock.now = new Date(MONTH)
})
afterAll(() => worker.stop())

/** Instants where a window, a bucket or a month begins or ends, to the millisecond, and any other. */
function anyInstant(): number {
  const edge = MONTH - random.between(0, 2) * DAY - random.between(0, 3) * HOUR * random.between(0, 1)
  const around = random.pick([0, 0, 1, -1, MINUTE, -MINUTE, 59_999, 30_000, HOUR, -HOUR])
  return random.chance(0.6)
    ? edge + around + random.between(-1, 1)
    : MONTH + random.between(-3 * DAY, 2 * DAY)
}

/** Most of them where some window of some instant begins or ends. */
function anyTime(): number {
  const back = random.pick([0, ...Object.values(WINDOW_MS)])
  if (random.chance(0.75)) return anyInstant() - back + random.between(-2, 2) * MINUTE
  return MONTH - random.between(-2 * DAY, 35 * DAY)
}

let made = 0
function anyEvent(): { row: EventRow; counted: Counted } {
  made += 1
  const event = {
    keyId: random.pick(KEYS),
    at: anyTime(),
    status: random.pick([200, 200, 200, 204, 302, 400, 404, 429, 500, 503]),
    latencyMs: random.chance(0.8) ? random.logNormal(80, 1.5) : undefined,
    units: random.between(0, 3),
  }
  return {
    row: toRow({ ...event, id: `window-${made}`, accountId: 'acct_w' }),
    counted: { ...event, requests: 1 },
  }
}

async function happen(count: number): Promise<void> {
  const events = Array.from({ length: count }, anyEvent)
  for (const { counted } of events) oracle.add(counted)
  for (let start = 0; start < count; ) {
    const size = random.between(1, 400)
    const batch = events.slice(start, start + size).map(({ row }) => row)
    await handlers['roll-up-events'](worker.context, { events: batch })
    start += size
  }
}

async function differencesAt(now: number): Promise<string[]> {
  const windows = await readWindows(worker.em(), KEYS, new Date(now))
  return KEYS.flatMap((keyId) => {
    const own = windows.get(keyId)
    return own ? windowDifferences(oracle, keyId, now, own) : [`${keyId}: none`]
  })
}

async function differences(instants: number): Promise<string[]> {
  const found: string[] = []
  for (let index = 0; index < instants; index++) found.push(...(await differencesAt(anyInstant())))
  return found.slice(0, 20)
}

it('windows hold what happened in them at any instant, whatever the history, before and after minutes are folded', async () => {
  onTestFailed(() => console.error(`SEED=${seed}`))
  expect(await differences(10)).toEqual([])
  await happen(3_000)
  expect(await differences(INSTANTS / 3)).toEqual([])
  await handlers['maintain-partitions'](worker.context, {})
  await handlers['fold-minutes'](worker.context, {})
  expect(await differences(INSTANTS / 3)).toEqual([])
  // Late events, some in minutes that are folded already; and the next night.
  await happen(3_000)
  expect(await differences(INSTANTS / 3)).toEqual([])
  worker.clock.now = new Date(MONTH + DAY)
  await handlers['fold-minutes'](worker.context, {})
  // Where the month begins, and where a window begins with one.
  for (const month of [MONTH, MONTH + WINDOW_MS['24h'], Date.UTC(2026, 1, 1) + WINDOW_MS['30d']]) {
    for (const edge of [0, HOUR, -HOUR, DAY, -DAY]) {
      for (const off of [-1, 0, 1]) expect(await differencesAt(month + edge + off)).toEqual([])
    }
  }
  expect(await differences(INSTANTS / 3)).toEqual([])
}, 120_000)

import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { openQueues, type Queues } from '../../src/platform/queues.ts'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { startReceiver } from '../support/receivers.ts'
import { type Seeded, seedAlerts } from '../support/seedAlerts.ts'
import { shiftedEnv } from '../support/shiftedEnv.ts'
import { type Service, startService } from '../support/startService.ts'

const ACCOUNTS = 50
const KEYS = 10
const CROSSINGS = ACCOUNTS * KEYS
/** Deliveries to one host that a worker has under way at most. */
const AT_ONCE = 16
/** Per phase, so that a slow machine gets through it: a worker that starts takes most of a core. */
const KILLS = 8

let service: Service
let queues: Queues
let receiver: Awaited<ReturnType<typeof startReceiver>>
let seeded: Seeded[]
const random = createRandom(anySeed())
beforeAll(async () => {
  receiver = await startReceiver()
  service = await startService({
    workers: 2,
    env: { WEBHOOK_ALLOW_PRIVATE: 'true', LOG_LEVEL: 'error', WORKER_CONCURRENCY: String(AT_ONCE) },
  })
  queues = openQueues(service.redis.url)
  const url = (type: string, account: number) => `${receiver.url}/${type}/${account}`
  seeded = await seedAlerts(service, { accounts: ACCOUNTS, keys: KEYS, url })
  // Slow enough to be killed while a message is on its way.
  for (let one = 0; one < ACCOUNTS; one += 1)
    receiver.answers[`/webhook/${one}`] = (response) => void setTimeout(() => response.end('ok'), 100)
})
afterAll(async () => {
  isKilling = false
  await killing
  await queues.close()
  await service.stop()
  await receiver.stop()
})

/** The notification that a message is of: what a receiver dedupes by. */
const idOf = ({ headers, body }: (typeof receiver.received)[number]) =>
  String(headers['webhook-id'] ?? JSON.parse(String(body)).blocks[0].block_id)

const count = async (sql: string): Promise<number> => {
  const [rows] = await runSql(service.databaseUrl, `select count(*)::int as count from ${sql}`)
  return Number(rows?.[0]?.count)
}

/** Asks for an evaluation of accounts, as the schedule does twice a minute. */
async function evaluate(at: number, accounts = seeded) {
  for (const { accountId } of accounts)
    await queues.add('evaluate-account', { accountId, at }, `evaluate-${accountId}-${at}`)
}

let kills = 0
let killsAllowed = KILLS
let offsetMs = 0
let isKilling = true
let killing: Promise<void> | undefined
let turn: Promise<void> = Promise.resolve()
/** Kills a worker at any moment, whatever it is doing, and starts another one. */
function kill(place: number): Promise<void> {
  turn = turn.then(async () => {
    await service.workers[place]?.end('SIGKILL')
    service.workers[place] = service.startWorker(shiftedEnv(offsetMs))
    kills += 1
  })
  return turn
}
/** Between two kills something must get done: on a slow machine workers would die before they have begun. */
async function killOn() {
  const sent = async () => receiver.received.length
  while (isKilling) {
    const before = await sent()
    await eventually(sent, (now) => now > before || !isKilling, 30_000).catch(() => {})
    await delay(random.between(300, 2_500))
    if (kills < killsAllowed) await kill(random.between(0, 1))
  }
}

it('promise 7: 500 crossings over 50 accounts, workers killed at random: nothing is missing, and IDs come once', async () => {
  killing = killOn()
  for (let wave = 0; wave < KEYS; wave += 1) {
    const at = new Date().toISOString()
    const events = seeded.map(({ keyIds }) => ({
      id: `${keyIds[wave]}-use`,
      at,
      keyId: keyIds[wave],
      status: 200,
    }))
    expect((await service.server.post('/usage/events', { events })).status).toBe(202)
    await delay(random.between(100, 1_000))
    await evaluate(Date.now())
  }
  /** Until every key has such an incident: again and again for the accounts where one is missing. */
  const more = async (incidents: string, at: () => number) =>
    eventually(
      async () => {
        const [found = []] = await runSql(
          service.databaseUrl,
          `select account_id from ${incidents} group by 1 having count(*) >= ${KEYS}`,
        )
        const done = new Set(found.map(({ account_id }) => account_id))
        const open = seeded.filter(({ accountId }) => !done.has(accountId))
        if (open.length > 0) await delay(1_000).then(() => evaluate(at(), open))
        return open.length
      },
      (open) => open === 0,
      300_000,
    )
  await more('incident', Date.now)
  const crossedBy = kills
  killsAllowed = kills + KILLS

  // All windows are empty by then: every crossing ends.
  offsetMs = 8 * MINUTE
  await Promise.all([kill(0), kill(1)])
  let minute = Math.floor((Date.now() + offsetMs) / MINUTE) * MINUTE
  await evaluate(minute)
  await more('incident where resolved_at is not null', () => {
    minute += MINUTE
    return minute
  })
  const endedBy = kills
  killsAllowed = kills + 3
  await eventually(
    async () => kills,
    (now) => now >= endedBy + 3,
  )
  isKilling = false
  await killing

  // The leases of the dead are over by then.
  offsetMs = 20 * MINUTE
  await Promise.all([kill(0), kill(1)])
  await eventually(
    () => count(`notification where status <> 'delivered'`),
    (open) => open === 0,
    300_000,
  )

  const raw = receiver.received.map(idOf)
  const distinct = new Set(raw)
  console.log(
    `Seed ${random.seed}: ${CROSSINGS} crossings over ${ACCOUNTS} accounts, ${kills} kills (${crossedBy} while they began, ` +
      `${endedBy - crossedBy} while they ended): ${raw.length} messages, ${distinct.size} distinct`,
  )
  expect(await count('incident')).toBe(CROSSINGS)
  const [told] = await runSql(
    service.databaseUrl,
    'select n.id, i.key_id, n.type, n.channel_id from notification n join incident i on i.id = n.incident_id',
  )
  const crossings = new Set(told?.map(({ key_id, type, channel_id }) => `${key_id} ${type} ${channel_id}`))
  expect(crossings.size).toBe(CROSSINGS * 4)
  expect([...distinct].sort()).toEqual(told?.map(({ id }) => String(id)).sort())
  // Only what was between "sent" and "recorded" at a kill may come twice.
  expect(raw.length - distinct.size).toBeLessThanOrEqual(kills * AT_ONCE)
}, 900_000)

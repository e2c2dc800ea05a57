import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { startReceiver } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'

const CHANNELS = 8
const EACH = 12
const KILLS = 6

let service: Service
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  receiver = await startReceiver()
  service = await startService({ workers: 2, env: { WEBHOOK_ALLOW_PRIVATE: 'true', LOG_LEVEL: 'warn' } })
})
afterAll(async () => {
  await service.stop()
  await receiver.stop()
})

/** The notification that a message is of: what a receiver dedupes by. */
function idOf({ headers, body }: { headers: Record<string, unknown>; body: Buffer }): string {
  return String(headers['webhook-id'] ?? JSON.parse(String(body)).blocks[0].block_id)
}

it('promise 7: no notification is lost when workers are killed, and receivers that dedupe by ID see each once', async () => {
  const account = await service.account('enterprise')
  const channels: string[] = []
  for (let one = 0; one < CHANNELS; one += 1) {
    const type = one % 2 ? 'slack' : 'webhook'
    const created = await account.post('/channels', {
      type,
      name: `No. ${one}`,
      url: `${receiver.url}/${type}/${one}`,
    })
    channels.push(created.body.id)
  }
  const all = async () => (await account.get('/channels')).body.channels as { verified: boolean }[]
  await eventually(all, (list) => list.every(({ verified }) => verified))
  receiver.received.length = 0
  // Slow enough to be killed while a message is on its way.
  for (let one = 0; one < CHANNELS; one += 1)
    receiver.answers[`/webhook/${one}`] = (response) => void setTimeout(() => response.end('ok'), 150)

  const ids = channels.flatMap((_, one) =>
    Array.from({ length: EACH }, (_, turn) => `ntf_${String(one * EACH + turn).padStart(16, '0')}`),
  )
  const body = JSON.stringify({ type: 'alert.firing', timestamp: new Date().toISOString(), data: {} })
  const rows = ids.map(
    (id, index) =>
      `('${id}', '${account.accountId}', '${channels[Math.floor(index / EACH)]}', 'alert.firing', '${body}', 'pending', now(), now())`,
  )
  await runSql(
    service.databaseUrl,
    `with told as (
       insert into notification (id, account_id, channel_id, type, body, status, next_attempt_at, created_at)
       values ${rows.join(', ')} returning id)
     insert into outbox (message)
     select json_build_object('kind', 'job', 'name', 'deliver-notification', 'data', json_build_object('notificationId', id))
     from told`,
  )
  const workers = [...service.workers]
  for (let kill = 0; kill < KILLS; kill += 1) {
    await eventually(
      async () => receiver.received.length,
      (count) => count > kill * 8,
      20_000,
    ).catch(() => {})
    await delay(Math.random() * 400)
    await workers.shift()?.end('SIGKILL')
    workers.push(service.startWorker())
  }
  const open = () =>
    runSql(service.databaseUrl, `select id, status, attempts from notification where status <> 'delivered'`)
  await eventually(open, ([left]) => left?.length === 0, 150_000)

  const raw = receiver.received.map(idOf)
  const distinct = new Set(raw)
  console.log(
    `${ids.length} notifications, ${KILLS} kills: ${raw.length} messages, ${distinct.size} distinct`,
  )
  expect([...distinct].sort()).toEqual(ids.toSorted())
  // Only what was between "sent" and "recorded" at a kill may come twice.
  expect(raw.length - distinct.size).toBeLessThanOrEqual(KILLS * 12)
}, 240_000)

import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findEvent } from '../../src/domain/events/eventStore.ts'
import { presentEvent } from '../../src/domain/events/presentEvent.ts'
import { tryChannel } from '../../src/domain/notifications/tryChannel.ts'
import { Destinations } from '../../src/workers/notifiers/Destinations.ts'
import { createPushes } from '../support/eventPushes.ts'
import { eventually } from '../support/eventually.ts'
import { startDeliveries } from '../support/startDeliveries.ts'

type Deliveries = Awaited<ReturnType<typeof startDeliveries>>
let { worker, receiver, stop, channel, fire, deliver, read, attempts, channelOf, pass } = {} as Deliveries
let { record, subscribe, push, pushed, sql } = {} as ReturnType<typeof createPushes>
beforeAll(async () => {
  ;({ worker, receiver, stop, channel, fire, deliver, read, attempts, channelOf, pass } =
    await startDeliveries())
  ;({ record, subscribe, push, pushed, sql } = createPushes(worker))
})
afterAll(() => stop())
afterEach(() => {
  worker.clock.now = new Date()
})

const ids = async (channelId: string) => (await pushed(channelId)).map(({ id }) => id)
/** A webhook of the operators with this path, and the IDs of the pushes of so many events. */
async function hookWith(path: string, events: number) {
  const { id, secret } = await subscribe(['*'], { target: `${receiver.url}${path}` })
  const recorded = await record('acct_1', ...Array.from({ length: events }, () => 'api_key.created' as const))
  await push(id)
  return { id, secret, recorded, pushes: await ids(id) }
}
const test = async (channelId: string) => {
  const sent = await worker
    .em()
    .transactional(async (em) => tryChannel(em, await channelOf(channelId), null, worker.clock.now))
  await deliver(sent.notificationId)
}

describe('promise 14: a push', () => {
  it('is the CloudEvent of the record, signed, under an ID that stays the same until it arrives', async () => {
    receiver.answers['/flaky'] = (response) => response.writeHead(500).end('no')
    const { secret, recorded, pushes } = await hookWith('/flaky', 1)
    const [id = ''] = pushes
    await deliver(id)
    expect(await read(id)).toMatchObject({ status: 'pending', attempts: 1 })
    const wait = ((await read(id)).nextAttemptAt?.getTime() ?? 0) - worker.clock.now.getTime()
    expect(wait).toBeGreaterThanOrEqual(4_500)
    expect(wait).toBeLessThanOrEqual(5_500)
    delete receiver.answers['/flaky']
    pass(10_000)
    await deliver(id)
    await deliver(id)
    expect((await attempts(id)).map(({ outcome, status }) => [outcome, status])).toEqual([
      ['rejected', 500],
      ['delivered', 200],
    ])
    const sent = receiver.at('/flaky')
    expect(sent.map(({ headers }) => headers['webhook-id'])).toEqual([id, id])
    const event = presentEvent((await findEvent(worker.em(), recorded[0] ?? ''))!)
    for (const { body, headers } of sent) {
      expect(headers['content-type']).toBe('application/cloudevents+json')
      expect(String(body)).toBe(JSON.stringify(event))
    }
    const last = sent[1]
    new Webhook(secret).verify(last?.body ?? '', last?.headers as Record<string, string>)
    expect(last?.headers['x-pictify-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
  })

  it('410 disables the webhook: its events wait, and follow once a test message has arrived', async () => {
    receiver.answers['/gone'] = (response) => response.writeHead(410).end()
    const { id, pushes } = await hookWith('/gone', 3)
    await deliver(pushes[0] ?? '')
    expect(await channelOf(id)).toMatchObject({ disabledReason: 'The receiver answered 410 Gone.' })
    expect((await read(pushes[0] ?? '')).status).toBe('failed')
    await deliver(pushes[1] ?? '')
    expect(await read(pushes[1] ?? '')).toMatchObject({ status: 'pending', attempts: 0 })
    const [entry] = await sql<{ action: string; actor: { id: string } }>(
      `select action, actor from operator_audit_entry where target_id = ?`,
      [id],
    )
    expect(entry).toMatchObject({ action: 'webhook.disabled', actor: { id: 'deliveries' } })
    const [later = ''] = await record('acct_1', 'api_key.revoked')
    await push(id)
    expect(await ids(id)).toEqual(pushes)
    delete receiver.answers['/gone']
    await test(id)
    expect((await channelOf(id)).disabledAt).toBeNull()
    for (const waited of pushes.slice(1)) {
      await deliver(waited)
      expect((await read(waited)).status).toBe('delivered')
    }
    await push(id)
    expect((await pushed(id)).at(-1)?.eventId).toBe(later)
  })

  it('that fails for good is given up after ten attempts, and the others of its webhook are not', async () => {
    receiver.answers['/picky'] = (response, { body }) =>
      response.writeHead(String(body).includes('api_key.revoked') ? 400 : 200).end()
    const { id } = await subscribe(['*'], { target: `${receiver.url}/picky` })
    await record('acct_1', 'api_key.revoked', 'api_key.created')
    await push(id)
    const [refused = '', taken = ''] = await ids(id)
    for (let made = 0; made < 10; made += 1) {
      await deliver(refused)
      await deliver(taken)
      worker.clock.now = (await read(refused)).nextAttemptAt ?? worker.clock.now
    }
    expect(await read(refused)).toMatchObject({ status: 'failed', attempts: 10 })
    expect(await read(taken)).toMatchObject({ status: 'delivered', attempts: 1 })
    expect((await channelOf(id)).verifiedAt).not.toBeNull()
  })

  it('of an event that is no longer kept is not sent, and says so', async () => {
    const { pushes, recorded } = await hookWith('/late', 1)
    await sql('delete from lifecycle_event where id = ?', [recorded[0]])
    await deliver(pushes[0] ?? '')
    expect(receiver.at('/late')).toEqual([])
    expect(await attempts(pushes[0] ?? '')).toMatchObject([
      { outcome: 'not-sent', response: 'The event is no longer kept.' },
    ])
  })
})

it('a webhook that hangs has its share of the places, and delays no alert', async () => {
  // The receiver of the alert has the same host.
  worker.context.notifiers.destinations = new Destinations(100)
  const held: ServerResponse[] = []
  receiver.answers['/hang'] = (response) => void held.push(response)
  const { id, pushes } = await hookWith('/hang', 20)
  expect(pushes).toHaveLength(8)
  const other = await hookWith('/hang', 9)
  const third = await hookWith('/hang', 9)
  const all = [...pushes, ...other.pushes, ...third.pushes].map(deliver)
  await eventually(
    async () => held.length,
    (count) => count === 16,
  )
  const [alert = ''] = await fire(await channel('webhook', '/alert'))
  await deliver(alert)
  expect((await read(alert)).status).toBe('delivered')
  expect(held).toHaveLength(16)
  for (const response of held.splice(0)) response.end()
  receiver.answers['/hang'] = (response) => response.end()
  await Promise.all(all)
  await push(id)
  expect(await ids(id)).toHaveLength(16)
})

import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createNotifications } from '../../src/domain/notifications/createNotifications.ts'
import { Destinations } from '../../src/workers/notifiers/Destinations.ts'
import { sweepNotifications } from '../../src/workers/schedules/sweepNotifications.ts'
import { eventually } from '../support/eventually.ts'
import { readable, startReceiver } from '../support/receivers.ts'
import { startDeliveries } from '../support/startDeliveries.ts'

type Deliveries = Awaited<ReturnType<typeof startDeliveries>>
let worker: Deliveries['worker']
let smtp: Deliveries['smtp']
let receiver: Deliveries['receiver']
let stop: Deliveries['stop']
let { channel, fire, deliver, read, channelOf, pass } = {} as Deliveries
beforeAll(async () => {
  ;({ worker, smtp, receiver, stop, channel, fire, deliver, read, channelOf, pass } = await startDeliveries())
})
afterAll(() => stop())
afterEach(() => {
  worker.clock.now = new Date()
})

it('email carries the notification’s ID, text and HTML', async () => {
  const [id = ''] = await fire(await channel('email', 'ops@example.org'))
  await deliver(id)
  const mail = smtp.mails.find(({ raw }) => raw.includes(id))
  expect(mail).toMatchObject({ from: 'keys@example.com', to: ['ops@example.org'] })
  const text = readable(mail!)
  expect(text).toMatch(new RegExp(`^Message-ID: <${id}@example.com>`, 'm'))
  expect(text).toMatch(/^Subject: Alert: Busy/m)
  expect(text).toContain('Measured: 1,234 requests')
  expect(text).toContain('text/html')
})

it('Slack gets one message a second per URL; what is too early is no attempt', async () => {
  const [one, two] = [
    await channel('slack', '/services/T/B/one'),
    await channel('slack', '/services/T/B/one'),
  ]
  const ids = [...(await fire(one)), ...(await fire(two)), ...(await fire(one))]
  await Promise.all(ids.map(deliver))
  expect(receiver.at('/services/T/B/one')).toHaveLength(1)
  const states = await Promise.all(ids.map(read))
  expect(states.map(({ attempts }) => attempts).sort()).toEqual([0, 0, 1])
  for (let turn = 0; turn < 40 && receiver.at('/services/T/B/one').length < 3; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    pass(4_000)
    for (const id of ids) await deliver(id)
  }
  const sent = receiver.at('/services/T/B/one')
  expect(sent.map(({ body }) => JSON.parse(String(body)).blocks[0].block_id).sort()).toEqual(ids.toSorted())
  for (const index of [1, 2]) expect(sent[index]!.at - sent[index - 1]!.at).toBeGreaterThanOrEqual(950)
})

describe('whoever delivers', () => {
  it('many at once send once', async () => {
    const [id = ''] = await fire(await channel('webhook', '/once'))
    await Promise.all(Array.from({ length: 10 }, () => deliver(id)))
    expect(receiver.at('/once')).toHaveLength(1)
    await deliver(id)
    expect(await read(id)).toMatchObject({ status: 'delivered', attempts: 1 })
  })

  it('nobody, before the channel is verified; a test that arrives ends the wait', async () => {
    const to = await channel('webhook', '/unverified', { verifiedAt: null })
    const [id = ''] = await fire(to)
    await deliver(id)
    expect(receiver.at('/unverified')).toEqual([])
    expect(await read(id)).toMatchObject({ status: 'pending', attempts: 0 })
    const telling = { accountId: 'acct_1', type: 'alert.test', channelIds: [to], data: {} } as const
    const [test = ''] = await worker
      .em()
      .transactional((em) => createNotifications(em, { ...telling, channelIds: [to] }, worker.clock.now))
    await deliver(test)
    expect((await channelOf(to)).verifiedAt).not.toBeNull()
    await deliver(id)
    expect((await read(id)).status).toBe('delivered')
  })

  it('a host that hangs has its share of a worker’s places, however many channels lead there; others go on', async () => {
    const { notifiers } = worker.context
    const former = notifiers.destinations
    notifiers.destinations = new Destinations(6)
    const elsewhere = await startReceiver()
    const held: ServerResponse[] = []
    const paths = ['/slow/1', '/slow/2', '/slow/3']
    for (const path of paths) receiver.answers[path] = (response) => void held.push(response)
    const slow = await Promise.all(paths.map((path) => channel('webhook', path)))
    const ids = (await Promise.all([1, 2, 3].map(() => fire(...slow)))).flat()
    const all = Promise.all(ids.map(deliver))
    await eventually(
      async () => held.length,
      (count) => count === 6,
    )
    const [good = ''] = await fire(await channel('webhook', `${elsewhere.url}/fine`))
    await deliver(good)
    expect((await read(good)).status).toBe('delivered')
    for (const response of held.splice(0)) response.end('ok')
    await all
    const states = await Promise.all(ids.map(read))
    expect(states.filter(({ status }) => status === 'delivered')).toHaveLength(6)
    const waiting = states.filter(({ status }) => status === 'pending')
    expect(waiting.map(({ attempts }) => attempts)).toEqual([0, 0, 0])
    expect(waiting.every(({ nextAttemptAt }) => nextAttemptAt && nextAttemptAt > worker.clock.now)).toBe(true)
    for (const path of paths) delete receiver.answers[path]
    pass(10_000)
    await Promise.all(waiting.map(({ id }) => deliver(id)))
    expect(paths.flatMap((path) => receiver.at(path))).toHaveLength(9)
    notifiers.destinations = former
    await elsewhere.stop()
  })

  it('the sweeper finds what a dead worker had claimed, after its lease', async () => {
    const { notifications } = worker.context.queues.byName
    await notifications.obliterate({ force: true })
    const [id = ''] = await fire(await channel('webhook', '/swept'))
    await worker
      .em()
      .execute(`update notification set leased_until = ? where id = ?`, [
        new Date(worker.clock.now.getTime() + 45_000),
        id,
      ])
    const swept = async () => {
      await sweepNotifications(worker.context)
      return (await notifications.getJobs(['wait'])).filter((job) => job.data.notificationId === id).length
    }
    pass(30_000)
    expect(await swept()).toBe(0)
    await deliver(id)
    expect(receiver.at('/swept')).toEqual([])
    pass(20_000)
    expect(await swept()).toBe(1)
    expect(await swept()).toBe(1)
    await deliver(id)
    expect(receiver.at('/swept')).toHaveLength(1)
  })
})

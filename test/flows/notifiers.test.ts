import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { NotificationSchema } from '../../src/domain/notifications/Notification.ts'
import { HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { readable } from '../support/receivers.ts'
import { SECRETS, startDeliveries } from '../support/startDeliveries.ts'

type Deliveries = Awaited<ReturnType<typeof startDeliveries>>
let worker: Deliveries['worker']
let smtp: Deliveries['smtp']
let receiver: Deliveries['receiver']
let stop: Deliveries['stop']
let { channel, fire, deliver, read, attempts, channelOf, pass } = {} as Deliveries
beforeAll(async () => {
  ;({ worker, smtp, receiver, stop, channel, fire, deliver, read, attempts, channelOf, pass } =
    await startDeliveries())
})
afterAll(() => stop())
afterEach(() => {
  worker.clock.now = new Date()
})

describe('a webhook', () => {
  it('is signed as Standard Webhooks and as X-Pictify-Signature, by both secrets during a rotation', async () => {
    const [id = ''] = await fire(await channel('webhook', '/signed'))
    await deliver(id)
    const { headers, body } = receiver.at('/signed')[0]!
    expect(headers['webhook-id']).toBe(id)
    for (const secret of SECRETS) new Webhook(secret).verify(body, headers as Record<string, string>)
    const other = `whsec_${Buffer.alloc(32).toString('base64')}`
    expect(() => new Webhook(other).verify(body, headers as Record<string, string>)).toThrow()
    const own = String(headers['x-pictify-signature'])
    const [, t = ''] = /^t=(\d+),/.exec(own) ?? []
    for (const secret of SECRETS) {
      const hex = createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex')
      expect(own.split(',')).toContain(`v1=${hex}`)
    }
    expect(Object.keys(JSON.parse(String(body)))).toEqual(['type', 'timestamp', 'data'])
  })

  it('once the former secret has ended, by the new one alone', async () => {
    const to = await channel('webhook', '/rotated')
    pass(2 * HOUR)
    const [id = ''] = await fire(to)
    await deliver(id)
    expect(String(receiver.at('/rotated')[0]?.headers['webhook-signature']).split(' ')).toHaveLength(1)
  })

  it('that fails is tried ten times by the schedule, with the same ID and bytes, and then given up', async () => {
    receiver.answers['/failing'] = (response) => response.writeHead(500).end('out\0 of \norder')
    const [id = ''] = await fire(await channel('webhook', '/failing'))
    const waits: number[] = []
    for (let made = 1; made <= 10; made += 1) {
      await deliver(id)
      await deliver(id)
      const { nextAttemptAt, attempts } = await read(id)
      expect(attempts).toBe(made)
      if (nextAttemptAt) {
        waits.push((nextAttemptAt.getTime() - worker.clock.now.getTime()) / 1000)
        worker.clock.now = nextAttemptAt
      }
    }
    const schedule = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    expect(waits).toHaveLength(9)
    waits.forEach((wait, index) => {
      expect(Math.abs(wait / schedule[index]! - 1)).toBeLessThanOrEqual(0.1001)
    })
    expect(await read(id)).toMatchObject({ status: 'failed', nextAttemptAt: null })
    const sent = receiver.at('/failing')
    expect(sent).toHaveLength(10)
    expect(new Set(sent.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]))
    expect(new Set(sent.map(({ body }) => body.toString('hex'))).size).toBe(1)
    const log = await attempts(id)
    expect(log.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(log[0]).toMatchObject({ outcome: 'rejected', status: 500, response: 'out of order' })
  })

  it('is left alone for as long as Retry-After says', async () => {
    receiver.answers['/busy'] = (response) => response.writeHead(429, { 'Retry-After': '600' }).end()
    const [id = ''] = await fire(await channel('webhook', '/busy'))
    await deliver(id)
    const wait = ((await read(id)).nextAttemptAt?.getTime() ?? 0) - worker.clock.now.getTime()
    expect(wait).toBeGreaterThanOrEqual(600_000)
    expect(wait).toBeLessThanOrEqual(661_000)
  })

  it('a redirect is a failure', async () => {
    receiver.answers['/moved'] = (response) =>
      response.writeHead(301, { Location: `${receiver.url}/there` }).end()
    const [id = ''] = await fire(await channel('webhook', '/moved'))
    await deliver(id)
    expect((await attempts(id))[0]).toMatchObject({ outcome: 'rejected', status: 301 })
    expect(receiver.at('/there')).toEqual([])
  })

  it('an answer of ten gigabytes is cut; one that drips ends nothing', async () => {
    let written = 0
    receiver.answers['/flood'] = (response) => {
      response.writeHead(200)
      const chunk = Buffer.alloc(64 * 1024, 'x')
      const write = () => {
        while (!response.destroyed && written < 10 * 1024 ** 3 && response.write(chunk))
          written += chunk.length
        if (!response.destroyed) response.once('drain', write)
      }
      write()
    }
    receiver.answers['/drip'] = (response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('.'), 100)
      response.on('close', () => clearInterval(timer))
    }
    const ids = await fire(await channel('webhook', '/flood'), await channel('webhook', '/drip'))
    const started = Date.now()
    await Promise.all(ids.map(deliver))
    expect(Date.now() - started).toBeLessThan(5_000)
    expect(written).toBeLessThan(64 * 1024 ** 2)
    for (const id of ids) {
      const [attempt] = await attempts(id)
      expect(attempt).toMatchObject({ outcome: 'delivered', status: 200 })
      expect(attempt?.response?.length).toBeLessThanOrEqual(500)
    }
  })

  it('one that hangs times out, and delays no other', async () => {
    worker.context.notifiers.outbound.timeoutMs = 4_000
    let givenUp = 0
    receiver.answers['/hang'] = (response) => response.once('close', () => givenUp++)
    const hanging = await channel('webhook', '/hang')
    const fine = await channel('webhook', '/fine')
    const stuck = (await Promise.all(Array.from({ length: 20 }, () => fire(hanging)))).flat()
    const [good = ''] = await fire(fine)
    const all = Promise.all(stuck.map(deliver))
    await deliver(good)
    expect(givenUp).toBe(0)
    await all
    worker.context.notifiers.outbound.timeoutMs = 15_000
    expect(receiver.at('/hang')).toHaveLength(4)
    const states = await Promise.all(stuck.map(read))
    expect(states.filter((one) => one.attempts === 1)).toHaveLength(4)
    expect(states.every((one) => one.status === 'pending' && one.nextAttemptAt)).toBe(true)
    const [first] = states.filter((one) => one.attempts === 1)
    expect((await attempts(first?.id ?? ''))[0]).toMatchObject({ outcome: 'timeout', status: null })
  })

  it('410 switches the channel off, and its admins are told', async () => {
    receiver.answers['/gone'] = (response) => response.writeHead(410).end()
    const to = await channel('webhook', '/gone')
    const [first = '', second = ''] = [...(await fire(to)), ...(await fire(to))]
    await deliver(first)
    expect(await read(first)).toMatchObject({ status: 'failed', attempts: 1 })
    expect(await channelOf(to)).toMatchObject({ disabledReason: 'The receiver answered 410 Gone.' })
    await deliver(second)
    expect(await attempts(second)).toMatchObject([
      { outcome: 'not-sent', response: 'The channel is disabled.' },
    ])
    expect(receiver.at('/gone')).toHaveLength(1)
    const notices = await worker.em().find(NotificationSchema, { type: 'channel.disabled', channelId: to })
    expect(notices).toHaveLength(1)
    await deliver(notices[0]?.id ?? '')
    expect(smtp.mails.at(-1)?.to).toEqual(['admin@example.org'])
    expect(readable(smtp.mails.at(-1)!)).toContain('no longer reach')
    expect(readable(smtp.mails.at(-1)!)).toContain('https://keys.example.com/dashboard/channels')
    const rows = await worker.em().execute('select action from audit_entry where target_id = ?', [to])
    expect(rows).toEqual([{ action: 'channel.disabled' }])
  })
})

it('a channel that fails for five days is switched off', async () => {
  receiver.answers['/dead'] = (response) => response.writeHead(503).end()
  const to = await channel('webhook', '/dead')
  const [first = ''] = await fire(to)
  await deliver(first)
  pass(119 * HOUR)
  await deliver(first)
  expect((await channelOf(to)).disabledAt).toBeNull()
  pass(2 * HOUR)
  const [last = ''] = await fire(to)
  await deliver(last)
  expect((await channelOf(to)).disabledReason).toBe('Nothing was delivered for five days.')
})

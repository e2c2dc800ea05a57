import { execFileSync } from 'node:child_process'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { openQueues, type Queues } from '../../src/platform/queues.ts'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { startEndlessHeads, startReceiver } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'

/** Attempts to one host that a worker has under way at most (WORKER_CONCURRENCY). */
const PER_HOST = 8
const PER_CHANNEL = 4
/** Seconds after which each attempt follows, give or take a tenth (docs/alerts.md). */
const SCHEDULE = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
/** Seconds that a slow machine may take to record an attempt. */
const SLOW = 3

type Account = Awaited<ReturnType<Service['account']>>
type Receiver = Awaited<ReturnType<typeof startReceiver>>
let service: Service
let queues: Queues
let receiver: Receiver
/** A server of this network, which no message may get to. */
let inward: Receiver
let heads: Awaited<ReturnType<typeof startEndlessHeads>>
beforeAll(async () => {
  ;[receiver, inward, heads] = await Promise.all([startReceiver(), startReceiver(), startEndlessHeads()])
  service = await startService({
    env: {
      WORKER_CONCURRENCY: String(PER_HOST),
      NODE_OPTIONS:
        `${process.env.NODE_OPTIONS ?? ''} --import=${join(root, 'test/support/outsideNames.ts')}`.trim(),
    },
  })
  queues = openQueues(service.redis.url)
})
afterAll(async () => {
  await queues.close()
  await service.stop()
  await Promise.all([receiver.stop(), inward.stop(), heads.stop()])
})

const outside = (name: string, path: string, { port } = receiver as { port: number }) =>
  `http://${name}.example.com:${port}${path}`

/** A webhook of an account, whose test message is sent at once; its ID. */
async function hook(account: Account, url: string): Promise<string> {
  const { status, body } = await account.post('/channels', { type: 'webhook', name: url.slice(-50), url })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}
const sendTest = async (account: Account, channelId: string) => {
  const { status, body } = await account.post(`/channels/${channelId}/test`)
  expect([201, 202], JSON.stringify(body)).toContain(status)
}

/** The first message to a channel, once `done` holds: with its attempts. */
type Sent = { id: string; status: string; nextAttemptAt: string | null; deliveryAttempts: Attempt[] }
type Attempt = {
  at: string
  durationMs: number
  outcome: string
  status: number | null
  response: string | null
}
async function firstOf(account: Account, channelId: string, done: (sent: Sent) => boolean): Promise<Sent> {
  const list = await account.get(`/notifications?channelId=${channelId}`)
  const { id } = list.body.notifications.at(-1)
  return eventually(async () => (await account.get(`/notifications/${id}`)).body as Sent, done)
}
const attempted = (times: number) => (sent: Sent) => sent.deliveryAttempts.length >= times

async function attemptsOf(...accounts: Account[]): Promise<number> {
  const ids = accounts.map(({ accountId }) => accountId).join()
  const [rows] = await runSql(
    service.databaseUrl,
    `select count(*)::int n from delivery_attempt a join notification n on n.id = a.notification_id
     where n.account_id = any('{${ids}}')`,
  )
  return Number(rows?.[0]?.n)
}

it('promise 12: receivers that hang or drip have their share, end by their time-out, and delay nobody else', async () => {
  const [hanging, dripping, good] = await Promise.all([
    service.account(),
    service.account(),
    service.account(),
  ])
  const held = new Set<ServerResponse>()
  let mostHeld = 0
  for (const path of ['/hang/0', '/hang/1', '/hang/2'])
    receiver.answers[path] = (response) => {
      held.add(response)
      mostHeld = Math.max(mostHeld, held.size)
      response.once('close', () => held.delete(response))
    }
  for (const one of [0, 1, 2]) {
    const hangs = await hook(hanging, outside('hang', `/hang/${one}`))
    const drips = await hook(dripping, outside('drip', `/drip/${one}`, heads))
    for (let more = 1; more < PER_CHANNEL; more += 1) {
      await sendTest(hanging, hangs)
      await sendTest(dripping, drips)
    }
  }
  await eventually(
    async () => [held.size, heads.open.size],
    (sizes) => sizes.every((size) => size === PER_HOST),
  )

  const fine = await hook(good, outside('fine', '/fine'))
  for (let sent = 1; sent <= 10; sent += 1) {
    await eventually(
      async () => receiver.at('/fine').length,
      (count) => count === sent,
    )
    await sendTest(good, fine)
  }
  // All of them arrived while not one of the others had come to its end.
  expect(await attemptsOf(hanging, dripping)).toBe(0)
  expect([held.size, heads.open.size]).toEqual([PER_HOST, PER_HOST])

  const channels = (await hanging.get('/channels')).body.channels.concat(
    (await dripping.get('/channels')).body.channels,
  )
  await eventually(
    () => attemptsOf(hanging, dripping),
    (count) => count >= 2 * PER_HOST,
  )
  const [rows = []] = await runSql(
    service.databaseUrl,
    `select distinct outcome from delivery_attempt a join notification n on n.id = a.notification_id
     where channel_id = any('{${channels.map(({ id }: { id: string }) => id).join()}}')`,
  )
  expect(rows).toEqual([{ outcome: 'timeout' }])
  expect(mostHeld).toBe(PER_HOST)
  for (const { id } of channels)
    await Promise.all([hanging.delete(`/channels/${id}`), dripping.delete(`/channels/${id}`)])
})

describe('a receiver that', () => {
  let account: Account
  beforeAll(async () => {
    account = await service.account()
  })

  it.each([301, 302, 303, 307, 308])('redirects inward (%i) is not followed', async (status) => {
    const targets = [inward.url, 'http://169.254.169.254/latest/meta-data/', `${service.url}/livez`]
    for (const [place, target] of targets.entries()) {
      const path = `/moved/${status}/${place}`
      receiver.answers[path] = (response) => response.writeHead(status, { Location: target }).end()
      const sent = await firstOf(account, await hook(account, outside('moved', path)), attempted(1))
      expect(sent.deliveryAttempts[0]).toMatchObject({ outcome: 'rejected', status })
    }
    expect(inward.connections()).toBe(0)
  })

  it('is inward is refused before it is a channel, also where it is the api itself', async () => {
    for (const url of [
      inward.url,
      service.url,
      'http://169.254.169.254/',
      'http://[::1]:8080/',
      'http://localhost:8080/',
    ]) {
      const { status, body } = await account.post('/channels', { type: 'webhook', name: 'Inward', url })
      expect([status, body.errors?.[0]?.field], url).toEqual([400, 'url'])
    }
  })

  it('changes its DNS to an inward address after it was looked at gets nothing there, and is refused next time', async () => {
    const channel = await hook(account, outside('changing', '/', inward))
    const sent = await firstOf(account, channel, attempted(2))
    expect(sent.deliveryAttempts.map(({ outcome, response }) => [outcome, response])).toEqual([
      ['unreachable', 'ECONNREFUSED'],
      ['refused', 'The name resolves to an address that is not public.'],
    ])
    expect(inward.connections()).toBe(0)
  })

  it('answers 410 ends its channel', async () => {
    receiver.answers['/gone'] = (response) => response.writeHead(410).end()
    const channel = await hook(account, outside('gone', '/gone'))
    const sent = await firstOf(account, channel, attempted(1))
    expect(sent).toMatchObject({
      status: 'failed',
      nextAttemptAt: null,
      deliveryAttempts: [{ outcome: 'gone', status: 410 }],
    })
    expect((await account.get(`/channels/${channel}`)).body).toMatchObject({ disabled: true })
  })

  it('sends an endless answer or head is cut, and the worker keeps its size', async () => {
    let written = 0
    const chunk = Buffer.alloc(64 * 1024, 'x')
    receiver.answers['/flood'] = (response) => {
      response.writeHead(200)
      const write = () => {
        while (!response.destroyed && written < 10 * 1024 ** 3 && response.write(chunk))
          written += chunk.length
        if (!response.destroyed) response.once('drain', write)
      }
      write()
    }
    const before = sizeOf(service.workers[0]?.pid)
    const flood = await hook(account, outside('flood', '/flood'))
    for (let more = 0; more < 10; more += 1) await sendTest(account, flood)
    const head = await hook(account, outside('head', '/endless-head', heads))
    expect((await firstOf(account, flood, attempted(1))).deliveryAttempts[0]).toMatchObject({
      outcome: 'delivered',
      status: 200,
    })
    expect((await firstOf(account, head, attempted(1))).deliveryAttempts[0]).toMatchObject({
      ...{ outcome: 'unreachable', response: 'HPE_HEADER_OVERFLOW' },
    })
    await eventually(
      async () => receiver.at('/flood').length,
      (count) => count === 11,
    )
    expect(written).toBeLessThan(11 * 64 * 1024 ** 2)
    expect(sizeOf(service.workers[0]?.pid) - before).toBeLessThan(200 * 1024)
  })

  it('asks by Retry-After to be left alone is, whoever else asks', async () => {
    receiver.answers['/busy'] = (response) => response.writeHead(429, { 'Retry-After': '600' }).end()
    const sent = await firstOf(account, await hook(account, outside('busy', '/busy')), attempted(1))
    expect(waitOf(sent)).toBeGreaterThanOrEqual(600)
    expect(waitOf(sent)).toBeLessThanOrEqual(660 + SLOW)
    await lookNow(sent.id, 'early')
    expect(receiver.at('/busy')).toHaveLength(1)
  })

  it('fails is tried ten times, by the schedule and never earlier, with the same ID and body', async () => {
    receiver.answers['/failing'] = (response) => response.writeHead(500).end('out of order')
    const channel = await hook(account, outside('failing', '/failing'))
    for (const [place, seconds] of SCHEDULE.entries()) {
      const sent = await firstOf(account, channel, attempted(place + 1))
      expect(sent.deliveryAttempts.at(-1)).toMatchObject({ outcome: 'rejected', status: 500 })
      expect(waitOf(sent)).toBeGreaterThanOrEqual(seconds * 0.9)
      expect(waitOf(sent)).toBeLessThanOrEqual(seconds * 1.1 + SLOW)
      // The second attempt comes by itself; the others later than a test can wait.
      if (place === 0) continue
      await lookNow(sent.id, `early-${place}`)
      expect(receiver.at('/failing')).toHaveLength(place + 1)
      await runSql(
        service.databaseUrl,
        `update notification set next_attempt_at = now() where id = '${sent.id}'`,
      )
      await lookNow(sent.id, `due-${place}`)
    }
    const last = await firstOf(account, channel, attempted(10))
    expect(last).toMatchObject({ status: 'failed', nextAttemptAt: null })
    const sent = receiver.at('/failing')
    expect(sent).toHaveLength(10)
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(sent.map(({ body }) => String(body))).size).toBe(1)
  })
})

it('after all of this nothing has failed, the worker is the same, and others get their messages', async () => {
  const account = await service.account()
  await hook(account, outside('fine', '/afterwards'))
  await eventually(
    async () => receiver.at('/afterwards').length,
    (count) => count === 1,
  )
  expect(service.died).toEqual([])
  expect(inward.connections()).toBe(0)
  expect(await queues.byName.notifications.getFailedCount()).toBe(0)
})

/** The memory that a process has, in KiB. */
const sizeOf = (pid = 0) => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]))

/** Seconds from the end of the last attempt to the next one. */
function waitOf({ deliveryAttempts, nextAttemptAt }: Sent): number {
  const { at = '', durationMs = 0 } = deliveryAttempts.at(-1) ?? {}
  return (Date.parse(nextAttemptAt ?? '') - Date.parse(at) - durationMs) / 1_000
}

/** Has the worker look at a notification now, and waits until it has. */
async function lookNow(notificationId: string, why: string) {
  const { notifications } = queues.byName
  const id = `${notificationId}-${why}`
  await queues.add('deliver-notification', { notificationId }, id)
  await eventually(
    () => notifications.getJobState(id),
    (state) => state === 'completed' || state === 'unknown',
  )
}

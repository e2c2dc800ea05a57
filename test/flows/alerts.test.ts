import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { type Received, readable, startReceiver, startSmtp } from '../support/receivers.ts'
import { shiftedEnv } from '../support/shiftedEnv.ts'
import { type Service, startService } from '../support/startService.ts'

const RULES = [
  ['requests', 20],
  ['error_rate', 30],
  ['latency_p95', 500],
] as const

let service: Service
let receiver: Awaited<ReturnType<typeof startReceiver>>
let smtp: Awaited<ReturnType<typeof startSmtp>>
beforeAll(async () => {
  ;[receiver, smtp] = await Promise.all([startReceiver(), startSmtp()])
  service = await startService({
    env: {
      WEBHOOK_ALLOW_PRIVATE: 'true',
      SMTP_URL: smtp.url,
      MAIL_FROM: 'keys@example.com',
      PUBLIC_URL: 'https://keys.example.com',
    },
  })
})
afterAll(async () => {
  await service.stop()
  await Promise.all([receiver.stop(), smtp.stop()])
})

type Account = Awaited<ReturnType<Service['account']>>

/** An email, a Slack and a webhook channel, verified; the webhook's secret. What verified them is forgotten. */
async function channelsOf(account: Account) {
  const bodies = [
    { type: 'email', name: 'On call', to: 'ada@example.org' },
    { type: 'slack', name: 'Ops', url: `${receiver.url}/slack` },
    { type: 'webhook', name: 'Hook', url: `${receiver.url}/webhook` },
  ]
  const created = await Promise.all(bodies.map((body) => account.post('/channels', body)))
  const [mail] = await eventually(
    async () => smtp.mails,
    (mails) => mails.length === 1,
  )
  const [, token] = /channel-confirmation\?token=(\w{40})/.exec(readable(mail!)) ?? []
  await account.as(undefined).post(`/channel-confirmation?token=${token}`)
  await eventually(
    async () => (await account.get('/channels')).body.channels as { verified: boolean }[],
    (all) => all.every(({ verified }) => verified),
  )
  smtp.mails.length = 0
  receiver.received.length = 0
  return { ids: created.map(({ body }) => body.id as string), secret: created[2]?.body.secret as string }
}

/** Thirty requests of a customer: each is verified, and reported with what became of it. */
async function traffic(key: { id: string; key: string }) {
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => service.server.post('/verify', { key: key.key })),
  )
  const events = answers.map(({ body }, index) => ({
    id: `flow-${index}`,
    at: new Date().toISOString(),
    keyId: key.id,
    requestId: body.requestId,
    status: index % 2 === 0 ? 500 : 200,
    latencyMs: 900,
  }))
  expect((await service.server.post('/usage/events', { events })).status).toBe(202)
}

/** Lets the workers live in a later time: what their schedule would have done until then, they do at once. */
async function passTo(offsetMs: number) {
  await Promise.all(service.workers.splice(0).map((worker) => worker.end()))
  service.workers.push(service.startWorker(shiftedEnv(offsetMs)))
}

const counts = async () => ({
  email: smtp.mails.length,
  slack: receiver.at('/slack').length,
  webhook: receiver.at('/webhook').length,
})
const each = (count: number) => ({ email: count, slack: count, webhook: count })
const arrived = (count: number) =>
  eventually(counts, (now) => Object.values(now).every((some) => some >= count), 60_000)

/** By the package, and by hand, at the time at which the message came. */
function verify({ headers, body }: Received, secret: string, offsetMs: number) {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offsetMs })
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>)
  } finally {
    vi.useRealTimers()
  }
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-pictify-signature'])) ?? []
  expect(v1).toBe(createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex'))
}

it('promise 7: traffic crosses three thresholds: one message per rule and channel, and one when it is over', async () => {
  const account = await service.account()
  const channels = await channelsOf(account)
  const key = await account.createKey({ name: 'Customer' })
  const rules: string[] = []
  for (const [metric, threshold] of RULES) {
    const scope = { keyIds: [key.id] }
    const rule = { name: `Rule ${metric}`, metric, threshold, window: '5m', scope, channelIds: channels.ids }
    rules.push((await account.post('/alerts', rule)).body.id)
  }
  await traffic(key)
  await eventually(
    async () => (await account.get(`/api-keys/${key.id}/usage`)).body.windows['24h'],
    (usage) => usage.requests === 30 && usage.errors === 15 && usage.latencyMs.p95 > 800,
  )
  await passTo(MINUTE)
  expect(await arrived(3)).toEqual(each(3))
  for (const id of rules) expect((await account.get(`/alerts/${id}`)).body.state).toBe('firing')
  for (const message of receiver.at('/webhook')) verify(message, channels.secret, MINUTE)

  await passTo(8 * MINUTE)
  expect(await arrived(6)).toEqual(each(6))
  for (const message of receiver.at('/webhook').slice(3)) verify(message, channels.secret, 8 * MINUTE)

  // And nothing more, however long it goes on.
  await passTo(12 * MINUTE)
  const later = `select count(*)::int as count from alert_state where evaluated_at > now() + interval '11 minutes'`
  await eventually(
    () => runSql(service.databaseUrl, later),
    ([rows]) => rows?.[0]?.count === RULES.length,
  )
  const [written] = await runSql(
    service.databaseUrl,
    `select type, status, count(*)::int as count from notification where type like 'alert.%' and rule_id is not null
     group by 1, 2 order by 1`,
  )
  expect(written).toEqual(
    ['alert.firing', 'alert.resolved'].map((type) => ({ type, status: 'delivered', count: 9 })),
  )
  expect(await counts()).toEqual(each(6))

  const webhooks = receiver
    .at('/webhook')
    .map(({ headers, body }) => ({ headers, ...JSON.parse(String(body)) }))
  expect(new Set(webhooks.map(({ headers }) => headers['webhook-id'])).size).toBe(6)
  const slacks = receiver.at('/slack').map(({ body }) => String(body))
  const mails = smtp.mails.map(readable)
  for (const [metric] of RULES) {
    const mine = webhooks.filter(({ data }) => data.alert.metric === metric)
    expect(mine.map(({ type }) => type)).toEqual(['alert.firing', 'alert.resolved'])
    expect(mine[0]?.data).toMatchObject({
      key: { id: key.id, name: 'Customer' },
      url: `https://keys.example.com/dashboard/keys/${key.id}`,
      muteUrl: `https://keys.example.com/dashboard/alerts/${mine[0]?.data.alert.id}?mute`,
    })
    for (const word of ['Alert', 'Resolved']) {
      expect(slacks.filter((text) => text.includes(`${word}: Rule ${metric}`))).toHaveLength(1)
      expect(mails.filter((text) => text.includes(`Subject: ${word}: Rule ${metric}`))).toHaveLength(1)
    }
  }
  for (const id of rules) {
    const { incidents } = (await account.get(`/alerts/${id}/incidents`)).body
    expect(incidents).toEqual([expect.objectContaining({ keyId: key.id, resolvedAt: expect.any(String) })])
  }
}, 200_000)

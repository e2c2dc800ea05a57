import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { readable, startReceiver, startSmtp } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let smtp: Awaited<ReturnType<typeof startSmtp>>
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  ;[smtp, receiver] = await Promise.all([startSmtp(), startReceiver()])
  service = await startService({
    env: {
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Pictify <keys@example.com>',
      PUBLIC_URL: 'https://keys.example.com',
      WEBHOOK_ALLOW_PRIVATE: 'true',
    },
  })
  account = await service.account()
})
afterAll(async () => {
  await service.stop()
  await Promise.all([smtp.stop(), receiver.stop()])
})

const create = (body: Record<string, unknown>, extra = {}) => account.post('/channels', body, extra)
const channel = async (id: string) => (await account.get(`/channels/${id}`)).body
const verified = (id: string) =>
  eventually(
    () => channel(id),
    (one) => one.verified,
  )

describe('an email channel', () => {
  it('is confirmed by the button behind its link, not by looking at the link', async () => {
    const created = await create({ type: 'email', name: 'On call', to: 'ada@example.org' })
    expect(created).toMatchObject({ status: 201, body: { to: 'ada@example.org', verified: false } })
    expect(created.body).not.toHaveProperty('secret')
    const { id } = created.body
    await eventually(
      async () => smtp.mails.length,
      (count) => count === 1,
    )
    const [mail] = smtp.mails
    expect(mail).toMatchObject({ from: 'keys@example.com', to: ['ada@example.org'] })
    const text = readable(mail!)
    expect(text).toMatch(/^Message-ID: <ntf_\w{16}@example\.com>/m)
    const [, token = ''] =
      /https:\/\/keys\.example\.com\/channel-confirmation\?token=(\w{40})/.exec(text) ?? []

    const anyone = account.as(undefined)
    const shown = await anyone.get(`/channel-confirmation?token=${token}`)
    expect(shown.status).toBe(200)
    expect(shown.headers.get('content-type')).toMatch(/^text\/html/)
    expect(shown.headers.get('referrer-policy')).toBe('no-referrer')
    expect(shown.body).toContain('<form method="post"')
    expect((await channel(id)).verified).toBe(false)
    expect((await anyone.post(`/channel-confirmation?token=${'0'.repeat(40)}`)).status).toBe(410)
    for (let times = 0; times < 2; times += 1) {
      expect((await anyone.post(`/channel-confirmation?token=${token}`)).body).toContain('Confirmed')
      expect((await channel(id)).verified).toBe(true)
    }
    const [rows] = await runSql(service.databaseUrl, 'select n::text n from notification n', 'select 1')
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  it('takes an SMTP server', async () => {
    const other = await service.startApi({ SMTP_URL: '' })
    const answer = await fetch(`${other.url}/channels`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ type: 'email', name: 'x', to: 'x@example.org' }),
    })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('SMTP_URL')
    await other.end()
  })
})

describe('Slack and webhooks', () => {
  it('are verified by the test message that they are sent at once', async () => {
    const hook = await create({ type: 'webhook', name: 'Ops', url: `${receiver.url}/hook` })
    expect(hook).toMatchObject({ status: 201, body: { url: `${receiver.url}/hook`, verified: false } })
    expect(hook.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const slack = await create({ type: 'slack', name: 'Ops', url: `${receiver.url}/services/T0/B0/sEcReT9` })
    expect(slack.body.url).toBe(`${receiver.url}/…ReT9`)
    await verified(hook.body.id)
    await verified(slack.body.id)
    expect(await channel(hook.body.id)).not.toHaveProperty('secret')
    expect(receiver.at('/services/T0/B0/sEcReT9')).toHaveLength(1)
    const [message] = receiver.at('/hook')
    expect(JSON.parse(String(message?.body))).toMatchObject({ type: 'alert.test', data: { measured: 1234 } })
  })

  it('are tested again, and the log tells what the receiver said', async () => {
    const { id } = (await create({ type: 'webhook', name: 'Again', url: `${receiver.url}/again` })).body
    const test = await account.post(`/channels/${id}/test`)
    expect(test.status).toBe(201)
    const read = () => account.get(test.headers.get('location') ?? '')
    const { body } = await eventually(read, ({ body }) => body.status === 'delivered')
    expect(body).toMatchObject({
      id: test.body.notificationId,
      channelId: id,
      attempts: 1,
      deliveryAttempts: [{ number: 1, outcome: 'delivered', status: 200, response: 'ok' }],
    })
    const sent = await account.post(`/notifications/${body.id}/redeliver`)
    expect(sent).toMatchObject({ status: 200, body: { id: body.id } })
    await eventually(read, (answer) => answer.body.attempts === 2 && answer.body.status === 'delivered')
    const ids = receiver.at('/again').map(({ headers }) => headers['webhook-id'])
    expect(ids.filter((one) => one === body.id)).toHaveLength(2)
    const pages = []
    let cursor = ''
    do {
      const page = await account.get(`/notifications?channelId=${id}&limit=1${cursor}`)
      pages.push(...page.body.notifications)
      cursor = page.body.nextCursor ? `&cursor=${page.body.nextCursor}` : ''
    } while (cursor !== '')
    expect(new Set(pages.map((one) => one.id)).size).toBe(2)
  })

  it('a secret is shown once, repeated with its Idempotency-Key, and rotated', async () => {
    const extra = { headers: { 'Idempotency-Key': 'one-channel' } }
    const body = { type: 'webhook', name: 'Once', url: `${receiver.url}/once` }
    const first = await create(body, extra)
    const again = await create(body, extra)
    expect(again.body).toMatchObject({ id: first.body.id, secret: first.body.secret })
    const rotated = await account.post(`/channels/${first.body.id}/rotate-secret`)
    expect(rotated.status).toBe(201)
    expect(rotated.body.secret).toMatch(/^whsec_/)
    expect(rotated.body.secret).not.toBe(first.body.secret)
    await account.post(`/channels/${first.body.id}/test`)
    await eventually(
      async () => receiver.at('/once'),
      (some) => some.length === 2,
    )
    expect(String(receiver.at('/once')[1]?.headers['webhook-signature']).split(' ')).toHaveLength(2)
    const email = await create({ type: 'email', name: 'x', to: 'x@example.org' })
    expect((await account.post(`/channels/${email.body.id}/rotate-secret`)).status).toBe(409)
  })

  it('are deleted, and are nobody else’s', async () => {
    const { id } = (await create({ type: 'webhook', name: 'Gone', url: `${receiver.url}/gone` })).body
    const other = await service.account()
    const [notification] = (await account.get(`/notifications?channelId=${id}`)).body.notifications
    for (const answer of [
      await other.get(`/channels/${id}`),
      await other.delete(`/channels/${id}`),
      await other.post(`/channels/${id}/test`),
      await other.post(`/channels/${id}/rotate-secret`),
      await other.get(`/notifications/${notification.id}`),
      await other.post(`/notifications/${notification.id}/redeliver`),
    ])
      expect(answer.status).toBe(404)
    expect((await other.get('/channels')).body.channels).toEqual([])
    expect((await account.delete(`/channels/${id}`)).status).toBe(204)
    expect((await account.get(`/channels/${id}`)).status).toBe(404)
  })

  it.each([
    [{ type: 'webhook', name: 'x' }, 'url required'],
    [{ type: 'email', name: 'x' }, 'to required'],
    [{ type: 'email', name: 'x', to: 'a@b.example', url: 'https://example.com' }, 'url unknown_field'],
    [{ type: 'webhook', name: 'x', url: 'ftp://example.com/' }, 'url out_of_range'],
    [{ type: 'webhook', name: 'x', url: 'nonsense' }, 'url invalid_format'],
    [{ type: 'webhook', name: 'x', url: 'https://u:p@example.com/' }, 'url out_of_range'],
    [{ type: 'email', name: 'x', to: 'a@b.example\r\nBcc: c@d.example' }, 'to invalid_format'],
  ])('refuses %j', async (body, fault) => {
    const answer = await create(body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((one: Record<string, string>) => `${one.field} ${one.code}`)).toEqual([
      fault,
    ])
  })

  it('keep targets and secrets out of rows and logs', async () => {
    const url = `${receiver.url}/services/T1/B1/vErYsEcReT`
    const slack = await create({ type: 'slack', name: 'Quiet', url })
    const hook = await create({ type: 'webhook', name: 'Quiet', url: `${receiver.url}/qUiEt` })
    await verified(slack.body.id)
    await verified(hook.body.id)
    const tables = ['command', 'channel', 'notification', 'delivery_attempt', 'audit_entry', 'outbox']
    const rows = await runSql(service.databaseUrl, ...tables.map((table) => `select t::text from ${table} t`))
    for (const secret of ['vErYsEcReT', 'qUiEt', hook.body.secret]) {
      expect(JSON.stringify(rows)).not.toContain(secret)
      expect(service.output.join('')).not.toContain(secret)
    }
  })
})

import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Received, startReceiver } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let operator: ReturnType<typeof createClient>
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  receiver = await startReceiver()
  service = await startService({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  operator = createClient(service.url, await service.operatorToken())
})
afterAll(async () => {
  await service.stop()
  await receiver.stop()
})

let paths = 0
/** A webhook with a path of its own at the receiver. */
async function webhook(events: string[] = ['*'], more: Record<string, unknown> = {}) {
  const path = `/hook-${++paths}`
  const { status, body } = await operator.post('/webhooks', {
    url: `${receiver.url}${path}`,
    events,
    ...more,
  })
  expect(status).toBe(201)
  return { path, id: body.id as string, secret: body.secret as string, body }
}
const bodyOf = ({ body }: Received) => JSON.parse(String(body))
const eventsAt = (path: string) =>
  receiver
    .at(path)
    .map(bodyOf)
    .filter(({ type }) => type !== 'webhook.test')
const arrived = (path: string, count: number) =>
  eventually(
    async () => eventsAt(path),
    (events) => events.length >= count,
  )
const signUp = async () => {
  const { body } = await operator.post('/accounts', { name: 'Acme', plan: 'pro', adminKey: true })
  return { id: body.account.id as string, admin: createClient(service.url, body.adminKey.key) }
}
const faultsOf = ({ body }: { body: { errors?: { field: string; code: string }[] } }) =>
  (body.errors ?? []).map(({ field, code }) => `${field} ${code}`)

describe('a webhook of the operators', () => {
  it('is created with its secret, tested at once, listed without its secret, and deleted', async () => {
    const { path, id, secret, body } = await webhook(['api_key.*', 'account.erased'])
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(body).toEqual({
      id: expect.stringMatching(/^hook_\w{16}$/),
      url: `${receiver.url}${path}`,
      name: new URL(receiver.url).host,
      events: ['api_key.*', 'account.erased'],
      ...{ verified: false, disabled: false, disabledReason: null, failingSince: null },
      cursor: expect.stringMatching(/^\d+$/),
      createdAt: expect.any(String),
      secret,
    })
    const read = () => operator.get(`/webhooks/${id}`)
    const shown = await eventually(read, ({ body }) => body.verified)
    expect(shown.body).toEqual({ ...body, secret: undefined, verified: true, cursor: expect.any(String) })
    expect((await operator.get('/webhooks')).body.webhooks.map((one: { id: string }) => one.id)).toContain(id)
    const [test] = receiver.at(path)
    expect(test?.headers['content-type']).toBe('application/cloudevents+json')
    expect(bodyOf(test!)).toMatchObject({
      ...{ specversion: '1.0', type: 'webhook.test', source: `/webhooks/${id}`, subject: id },
      id: test?.headers['webhook-id'],
    })
    expect((await operator.delete(`/webhooks/${id}`)).status).toBe(204)
    expect((await read()).status).toBe(404)
  })

  it('promise 14: gets each event once as GET /events gives it, signed by the secret that was shown', async () => {
    const { path, id, secret } = await webhook()
    const account = await signUp()
    const key = await account.admin.createKey()
    await account.admin.post(`/api-keys/${key.id}/revoke`)
    await arrived(path, 4)
    const { events } = (await operator.get(`/events?accountId=${account.id}`)).body
    const got = eventsAt(path).filter(({ accountid }) => accountid === account.id)
    expect(got.toSorted((a, b) => Number(a.sequence) - Number(b.sequence))).toEqual(events)
    expect(JSON.stringify(got)).not.toContain(key.key)
    const sent = receiver.at(path).find((one) => bodyOf(one).type === 'api_key.revoked')
    new Webhook(secret).verify(sent?.body ?? '', sent?.headers as Record<string, string>)
    const { deliveries } = (await operator.get(`/webhooks/${id}/deliveries?status=delivered`)).body
    expect(deliveries.find((one: { id: string }) => one.id === sent?.headers['webhook-id'])).toMatchObject({
      ...{ type: 'api_key.revoked', eventId: bodyOf(sent!).id, accountId: account.id, webhookId: id },
      ...{ status: 'delivered', attempts: 1 },
    })
    await operator.delete(`/webhooks/${id}`)
  })

  it('gets the types that it lists, from its creation on, and others from their addition on', async () => {
    const account = await signUp()
    const { path, id } = await webhook(['api_key.revoked'])
    const one = await account.admin.createKey()
    await account.admin.post(`/api-keys/${one.id}/revoke`)
    await arrived(path, 1)
    const { body } = await operator.patch(`/webhooks/${id}`, { events: ['api_key.created'], name: 'Mine' })
    expect(body).toMatchObject({ id, events: ['api_key.created'], name: 'Mine', verified: true })
    const two = await account.admin.createKey()
    const events = await arrived(path, 2)
    expect(events.map(({ type, subject }) => [type, subject])).toEqual([
      ['api_key.revoked', one.id],
      ['api_key.created', two.id],
    ])
    await operator.delete(`/webhooks/${id}`)
  })

  it('is sent to again by hand, with every attempt in its log; a rotated secret signs beside the former', async () => {
    const { path, id, secret } = await webhook(['account.created'])
    await signUp()
    await arrived(path, 1)
    const rotated = await operator.post(`/webhooks/${id}/rotate-secret`)
    expect(rotated).toMatchObject({ status: 201, body: { id, secret: expect.stringMatching(/^whsec_/) } })
    expect(rotated.body.secret).not.toBe(secret)
    const { deliveries } = (await operator.get(`/webhooks/${id}/deliveries?limit=1`)).body
    const at = `/webhooks/${id}/deliveries/${deliveries[0].id}`
    expect((await operator.post(`${at}/redeliver`)).body).toMatchObject({ id: deliveries[0].id })
    const twice = await eventually(
      () => operator.get(at),
      ({ body }) => body.attempts === 2,
    )
    expect(twice.body).toMatchObject({ eventId: deliveries[0].eventId, deliveryAttempts: [{}, {}] })
    const sent = receiver.at(path).filter(({ headers }) => headers['webhook-id'] === deliveries[0].id)
    expect(sent.map(({ body }) => String(body))).toEqual([String(sent[0]?.body), String(sent[0]?.body)])
    for (const one of [secret, rotated.body.secret])
      new Webhook(one).verify(sent[1]?.body ?? '', sent[1]?.headers as Record<string, string>)
    const test = await operator.post(`/webhooks/${id}/test`)
    expect(test).toMatchObject({ status: 201, body: { status: 'pending' } })
    const found = () => operator.get(test.headers.get('location') ?? '')
    expect((await eventually(found, ({ body }) => body.status === 'delivered')).body.type).toBe(
      'webhook.test',
    )
    await operator.delete(`/webhooks/${id}`)
  })

  it('shows its secret again to the same Idempotency-Key only', async () => {
    const body = { url: `${receiver.url}/repeated`, events: ['account.erased'] }
    const extra = { headers: { 'Idempotency-Key': 'one-webhook' } }
    const first = await operator.post('/webhooks', body, extra)
    const again = await operator.post('/webhooks', body, extra)
    expect(again.body).toMatchObject({ id: first.body.id, secret: first.body.secret })
    expect((await operator.post('/webhooks', { ...body, events: ['*'] }, extra)).status).toBe(422)
    await operator.delete(`/webhooks/${first.body.id}`)
  })

  it.each([
    [{ events: ['*'] }, 'url required'],
    [{ url: 'https://example.com/' }, 'events required'],
    [{ url: 'https://example.com/', events: [] }, 'events invalid_format'],
    [{ url: 'https://example.com/', events: ['*', 'key.created'] }, 'events[1] invalid_format'],
    [{ url: 'https://example.com/', events: 'api_key.created' }, 'events invalid_type'],
    [{ url: 'ftp://example.com/', events: ['*'] }, 'url out_of_range'],
    [{ url: 'https://u:p@example.com/', events: ['*'] }, 'url out_of_range'],
    [{ url: 'nonsense', events: ['*'] }, 'url invalid_format'],
    [{ url: 'https://example.com/', events: ['*'], secret: 'x' }, 'secret unknown_field'],
  ])('%j is refused: %s', async (body, fault) => {
    const answer = await operator.post('/webhooks', body)
    expect([answer.status, faultsOf(answer)]).toEqual([400, [fault]])
  })

  it('leads to no private address, where that is not allowed', async () => {
    const api = await service.startApi({ WEBHOOK_ALLOW_PRIVATE: 'false' })
    const strict = createClient(api.url, operator.secret)
    const { id } = await webhook(['account.erased'])
    for (const url of [
      ...['http://127.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/latest', 'http://10.0.0.1/'],
      ...['http://0x7f000001/', 'http://localhost/', 'https://keys.internal/', 'https://example.com:25/'],
    ]) {
      const created = await strict.post('/webhooks', { url, events: ['*'] })
      const moved = await strict.patch(`/webhooks/${id}`, { url })
      expect([url, created.status, faultsOf(created)]).toEqual([url, 400, ['url out_of_range']])
      expect([url, moved.status, faultsOf(moved)]).toEqual([url, 400, ['url out_of_range']])
    }
    await operator.delete(`/webhooks/${id}`)
    await api.end()
  })
})

describe('promise 8: webhooks are the operators’ alone', () => {
  it('nobody finds one, or what was sent to it, as an account’s', async () => {
    const { id, path } = await webhook(['account.created'])
    const { id: accountId, admin } = await signUp()
    await arrived(path, 1)
    const [delivery] = (await operator.get(`/webhooks/${id}/deliveries`)).body.deliveries
    const acting = { headers: { 'X-Account-Id': accountId } }
    for (const answer of [
      await admin.get(`/channels/${id}`),
      await admin.patch(`/channels/${id}`, { name: 'Mine' }),
      await admin.delete(`/channels/${id}`),
      await admin.post(`/channels/${id}/test`),
      await admin.post(`/channels/${id}/rotate-secret`),
      await admin.get(`/notifications/${delivery.id}`),
      await admin.post(`/notifications/${delivery.id}/redeliver`),
      await operator.get(`/channels/${id}`, acting),
      await operator.get(`/notifications/${delivery.id}`, acting),
    ])
      expect(answer.status).toBe(404)
    expect((await admin.get('/channels')).body.channels).toEqual([])
    expect((await admin.get('/notifications')).body.notifications).toEqual([])
    for (const path of ['/webhooks', `/webhooks/${id}`]) expect((await admin.get(path)).status).toBe(401)
    await operator.delete(`/webhooks/${id}`)
  })

  it('a channel of an account is no webhook, and a delivery to another webhook is none of this one', async () => {
    const { admin } = await signUp()
    const channel = (await admin.post('/channels', { type: 'webhook', name: 'A', url: `${receiver.url}/a` }))
      .body
    const [one, other] = [await webhook(['account.erased']), await webhook(['account.erased'])]
    const [delivery] = (await operator.get(`/webhooks/${one.id}/deliveries`)).body.deliveries
    for (const answer of [
      await operator.get(`/webhooks/${channel.id}`),
      await operator.patch(`/webhooks/${channel.id}`, { name: 'x' }),
      await operator.delete(`/webhooks/${channel.id}`),
      await operator.post(`/webhooks/${channel.id}/test`),
      await operator.post(`/webhooks/${channel.id}/rotate-secret`),
      await operator.get(`/webhooks/${channel.id}/deliveries`),
      await operator.get('/webhooks/hook_0000000000000000'),
      await operator.get(`/webhooks/${other.id}/deliveries/${delivery.id}`),
      await operator.post(`/webhooks/${other.id}/deliveries/${delivery.id}/redeliver`),
    ])
      expect(answer.status).toBe(404)
    for (const { id } of [one, other]) await operator.delete(`/webhooks/${id}`)
  })

  it('they take webhooks:manage, and what is done is in the operators’ audit log', async () => {
    const { body } = await operator.post('/operator-tokens', { name: 'R', permissions: ['events:read'] })
    const refused = await operator.as(body.token).get('/webhooks')
    expect(refused).toMatchObject({ status: 403, body: { requiredPermission: 'webhooks:manage' } })
    const { id } = await webhook(['account.erased'])
    await operator.post(`/webhooks/${id}/rotate-secret`)
    await operator.delete(`/webhooks/${id}`)
    const entries = (await service.cli('audit-log')) as unknown as { action: string; targetId: string }[]
    const actions = entries.filter(({ targetId }) => targetId === id).map(({ action }) => action)
    expect(actions.toSorted()).toEqual(['webhook.created', 'webhook.deleted', 'webhook.secret-rotated'])
  })
})

it('bin/keys webhook creates, lists and deletes one, and says what is wrong', async () => {
  const url = `${receiver.url}/from-the-command-line`
  const made = await service.cli('webhook', 'create', '--url', url, '--events', 'account.created,api_key.*')
  expect(made).toMatchObject({ url, secret: expect.stringMatching(/^whsec_/), events: expect.any(Array) })
  await signUp()
  const [event] = await arrived('/from-the-command-line', 1)
  expect(['account.created', 'api_key.created']).toContain(event.type)
  const listed = (await service.cli('webhook', 'list')) as unknown as { id: string; url: string }[]
  expect(listed.find(({ id }) => id === made.id)).toMatchObject({ url, events: made.events })
  expect(JSON.stringify(listed)).not.toContain(made.secret)
  await service.cli('webhook', 'delete', made.id ?? '')
  for (const [given, said] of [
    [['--url', 'ftp://x.example/'], '--url: must start with'],
    [['--url', url, '--events', 'key.created'], '--events: "key.created" is none of'],
    [['--url', url, '--events', ''], '--events: "" is none of'],
  ] as const)
    await expect(service.cli('webhook', 'create', ...given)).rejects.toThrow(said)
  await expect(service.cli('webhook', 'delete', made.id ?? '')).rejects.toThrow('There is no webhook')
})

it('keeps URLs and secrets out of rows and logs', async () => {
  const { id, secret } = await webhook(['*'], { url: `${receiver.url}/pAtHsEcReT` })
  await signUp()
  await arrived('/pAtHsEcReT', 2)
  const tables = ['command', 'channel', 'notification', 'delivery_attempt', 'operator_audit_entry', 'outbox']
  const rows = await runSql(service.databaseUrl, ...tables.map((table) => `select t::text from ${table} t`))
  for (const one of ['pAtHsEcReT', secret]) {
    expect(JSON.stringify(rows)).not.toContain(one)
    expect(service.output.join('')).not.toContain(one)
  }
  await operator.delete(`/webhooks/${id}`)
})

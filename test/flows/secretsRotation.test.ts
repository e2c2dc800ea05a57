import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { startReceiver } from '../support/receivers.ts'
import { secretsKey } from '../support/secretsKeys.ts'
import { type Service, startService } from '../support/startService.ts'

const [ONE, TWO] = [secretsKey(1), `2:${secretsKey(2)}`]

let service: Service
let receiver: Awaited<ReturnType<typeof startReceiver>>
let account: Awaited<ReturnType<Service['account']>>
/** An api of the step before, of the step after, and the clients of both. */
let apis: [Client, Client]

beforeAll(async () => {
  receiver = await startReceiver()
  const env = { SECRETS_KEY: ONE, SECRETS_KEYS_READ: TWO, WEBHOOK_ALLOW_PRIVATE: 'true' }
  service = await startService({ env })
  account = await service.account()
  apis = [account, createClient((await startApi(TWO, ONE)).url, account.adminKey)]
})
afterAll(async () => {
  await service.stop()
  await receiver.stop()
})

function startApi(SECRETS_KEY: string, SECRETS_KEYS_READ: string) {
  Object.assign(service.env, { SECRETS_KEY, SECRETS_KEYS_READ })
  return service.startApi()
}

const both = async <Value>(ask: (client: Client) => Promise<Value>) => Promise.all(apis.map(ask))

it('a channel that one of them has created is read by the other, and signs by its secret', async () => {
  const channels: { url: string; secret: string }[] = []
  for (const [index, client] of apis.entries()) {
    const fields = { type: 'webhook', name: 'W', url: `${receiver.url}/${index}` }
    channels.push((await client.post('/channels', fields)).body)
  }
  for (const { body } of await both((client) => client.get('/channels')))
    expect(body.channels.map(({ url }: { url: string }) => url)).toEqual(channels.map(({ url }) => url))
  for (const [index, { secret }] of channels.entries()) {
    const [received] = await eventually(
      async () => receiver.at(`/${index}`),
      (all) => all.length > 0,
    )
    const headers = received?.headers as Record<string, string>
    expect(() => new Webhook(secret).verify(String(received?.body), headers)).not.toThrow()
  }
})

it('an Idempotency-Key is one over both, and repeats the secret', async () => {
  const headers = { 'Idempotency-Key': 'over-both' }
  const create = (client: Client) => client.post('/api-keys', { name: 'One', type: 'live' }, { headers })
  await both(create)
  const answers = await both((client) =>
    eventually(
      () => create(client),
      ({ status }) => status === 201,
    ),
  )
  expect(new Set(answers.map(({ body }) => body.key)).size).toBe(1)
  const { body } = await account.get('/api-keys?q=One')
  expect(body.apiKeys).toHaveLength(1)
})

it('a verification and a report with an Idempotency-Key count once over both', async () => {
  const { key, id } = await account.createKey()
  const [one, two] = apis.map((client) => client.as(service.serviceToken)) as [Client, Client]
  for (const [name, order] of Object.entries({ there: [one, two], back: [two, one] })) {
    const headers = { 'Idempotency-Key': `verify ${name}`.replace(' ', '-') }
    const answers = []
    for (const client of order) answers.push(await client.post('/verify', { key }, { headers }))
    const [first, repeated] = answers
    expect(repeated?.headers.get('idempotent-replayed')).toBe('true')
    expect(repeated?.body.requestId).toBe(first?.body.requestId)

    const many = { 'Idempotency-Key': `verify-at-once-${name}` }
    const atOnce = Array.from({ length: 8 }, (_, n) =>
      (order[n % 2] ?? one).post('/verify', { key }, { headers: many }),
    )
    const ids = (await Promise.all(atOnce)).map(({ status, body }) => [status, body.requestId])
    expect(new Set(ids.map(String)).size).toBe(1)
    expect(ids[0]?.[0]).toBe(200)

    const event = { id: `evt-${name}`, at: new Date().toISOString(), keyId: id, status: 200 }
    const reports = []
    for (const client of order)
      reports.push(await client.post('/usage/events', { events: [event] }, { headers }))
    expect(reports.map(({ body }) => body)).toEqual([
      { accepted: 1, duplicates: 0 },
      { accepted: 1, duplicates: 0 },
    ])
    expect(reports[1]?.headers.get('idempotent-replayed')).toBe('true')
  }
})

it('after sealing again, an api with the new key alone reads everything, and one without it says so', async () => {
  const resealed = await service.cli('secrets', 'reseal')
  expect(resealed).toMatchObject({ key: 2, channels: 1, unreadable: 0 })
  const [old, current] = (await service.cli('secrets', 'status')) as unknown as Record<string, unknown>[]
  expect(old).toMatchObject({ key: 1, role: 'reading' })
  // idempotency-keys are still recognised by the old key.
  expect(old?.of).not.toHaveProperty('channels')
  expect(old).toMatchObject({ removable: false })
  expect(current).toMatchObject({ key: 2, role: 'current', of: { 'signing-secrets': 2 } })

  const alone = createClient((await startApi(TWO, '')).url, account.adminKey)
  const { body } = await alone.get('/channels')
  expect(body.channels).toHaveLength(2)
  const without = createClient((await startApi(ONE, '')).url, account.adminKey)
  const refused = await without.get('/channels')
  expect(refused).toMatchObject({
    status: 503,
    body: { detail: expect.stringContaining('secrets key 2, which this process does not have') },
  })
  expect(refused.headers.get('retry-after')).toBe('60')
  await eventually(
    async () => service.output.join(''),
    (output) => output.includes('secrets key 2, which this process does not have'),
  )
})

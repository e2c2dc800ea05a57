import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { startReceiver } from '../support/receivers.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let operator: ReturnType<typeof createClient>
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  receiver = await startReceiver()
  service = await sharedService()
  operator = createClient(service.url, await service.operatorToken())
})
afterAll(() => receiver.stop())

type Account = Awaited<ReturnType<SharedService['account']>>
let paths = 0
/** A webhook of the account with a path of its own, once its test message has arrived. */
async function channel(account: Account, events?: string[]) {
  const path = `/account-${++paths}`
  const url = `${receiver.url}${path}`
  const { status, body } = await account.post('/channels', { type: 'webhook', name: 'Mine', url, events })
  expect(status, JSON.stringify(body)).toBe(201)
  await eventually(
    () => account.get(`/channels/${body.id}`),
    (answer) => answer.body.verified,
  )
  return { path, ...(body as { id: string; secret: string; events: string[] }) }
}
const eventsAt = (path: string) =>
  receiver
    .at(path)
    .filter(({ headers }) => headers['content-type'] === 'application/cloudevents+json')
    .map(({ body }) => JSON.parse(String(body)))
const arrived = (path: string, count: number) =>
  eventually(
    async () => eventsAt(path),
    (events) => events.length >= count,
  )
const faultsOf = ({ body }: { body: { errors?: { field: string; code: string }[] } }) =>
  (body.errors ?? []).map(({ field, code }) => `${field} ${code}`)

describe('a webhook of an account', () => {
  it('promise 8: gets the events of its own account alone, and no more than the account may know', async () => {
    const [account, other] = [await service.account(), await service.account()]
    const mine = await channel(account, ['api_key.created', 'account.*'])
    const theirs = await channel(other, ['*'])
    expect(mine.events).toEqual(['api_key.created', 'account.*'])
    const change = {
      externalId: `customer-${account.accountId}`,
      metadata: { risk: 'hIgH' },
      name: 'Renamed',
    }
    expect((await operator.patch(`/accounts/${account.accountId}`, change)).status).toBe(200)
    const { id: keyId } = await account.createKey()
    const { id: elsewhere } = await other.createKey()
    await arrived(theirs.path, 1)
    const events = await arrived(mine.path, 2)
    expect(events.map(({ type, subject }) => [type, subject]).sort()).toEqual([
      ['account.updated', account.accountId],
      ['api_key.created', keyId],
    ])
    for (const { accountid, source } of events)
      expect([accountid, source]).toEqual([account.accountId, `/accounts/${account.accountId}`])
    const text = JSON.stringify(events)
    for (const hidden of ['customer-', 'hIgH', 'metadata":{"risk', elsewhere, other.accountId])
      expect(text).not.toContain(hidden)
    expect(eventsAt(theirs.path).map(({ subject }) => subject)).toEqual([elsewhere])
    const sent = receiver.at(mine.path).at(-1)
    new Webhook(mine.secret).verify(sent?.body ?? '', sent?.headers as Record<string, string>)
  })

  it('has its events in its log beside alerts, and they are sent again by hand', async () => {
    const account = await service.account()
    const { id, path } = await channel(account, ['api_key.*'])
    const key = await account.createKey()
    const [event] = await arrived(path, 1)
    const { notifications } = (await account.get(`/notifications?channelId=${id}`)).body
    expect(notifications).toMatchObject([
      { type: 'api_key.created', eventId: event.id, alertId: null },
      { type: 'alert.test', eventId: null },
    ])
    const { status } = await account.post(`/notifications/${notifications[0].id}/redeliver`)
    expect([status, event.subject]).toEqual([200, key.id])
    const again = await arrived(path, 2)
    expect(again[1]).toEqual(event)
  })

  it('subscribes from its edit on, and gets none once its list is empty', async () => {
    const account = await service.account()
    const { id, path, events } = await channel(account)
    expect(events).toEqual([])
    await account.createKey({ name: 'Before' })
    const edit = await account.patch(`/channels/${id}`, { events: ['api_key.created', 'api_key.created'] })
    expect(edit).toMatchObject({ status: 200, body: { events: ['api_key.created'], verified: true } })
    const during = await account.createKey({ name: 'During' })
    await arrived(path, 1)
    expect((await account.patch(`/channels/${id}`, { events: [] })).body.events).toEqual([])
    await account.createKey({ name: 'After' })
    const other = await channel(account, ['api_key.created'])
    const last = await account.createKey({ name: 'Last' })
    expect((await arrived(other.path, 1)).map(({ subject }) => subject)).toEqual([last.id])
    expect(eventsAt(path).map(({ subject }) => subject)).toEqual([during.id])
    const { entries } = (await account.get(`/audit-log?targetId=${id}&action=channel.updated`)).body
    expect(entries.map(({ details }: { details: object }) => details)).toEqual([
      { fields: ['events'] },
      { fields: ['events'] },
    ])
  })

  it('is one of at most ten that get events', async () => {
    const account = await service.account()
    const url = `${receiver.url}/many`
    const create = (events: string[]) =>
      account.post('/channels', { type: 'webhook', name: 'One', url, events })
    for (let made = 0; made < 10; made += 1) expect((await create(['alert.*'])).status).toBe(201)
    const refused = await create(['alert.*'])
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'At most 10 channels of an account get events.',
    ])
    const { id } = (await create([])).body
    expect((await account.patch(`/channels/${id}`, { events: ['alert.*'] })).status).toBe(409)
  })
})

it.each([
  [{ type: 'slack', url: 'https://hooks.slack.com/services/a' }, ['*'], 'events unknown_field'],
  [{ type: 'webhook', url: 'https://example.com/' }, ['account.erased'], 'events[0] invalid_format'],
  [{ type: 'webhook', url: 'https://example.com/' }, ['*', 'account.created'], 'events[1] invalid_format'],
  [{ type: 'webhook', url: 'https://example.com/' }, 'api_key.created', 'events invalid_type'],
])('%j with the events %j is refused: %s', async (where, events, fault) => {
  const account = await service.account()
  const answer = await account.post('/channels', { name: 'One', ...where, events })
  expect([answer.status, faultsOf(answer)]).toEqual([400, [fault]])
})

it('a Slack channel cannot be made to subscribe by an edit', async () => {
  const account = await service.account()
  const slack = { type: 'slack', name: 'S', url: `${receiver.url}/services/a` }
  const { id } = (await account.post('/channels', slack)).body
  const answer = await account.patch(`/channels/${id}`, { events: ['api_key.created'] })
  expect([answer.status, faultsOf(answer)]).toEqual([400, ['events unknown_field']])
})

it('promise 10: nobody has sent to themselves what they may not read', async () => {
  const account = await service.account()
  const { key } = await account.createKey({ access: 'admin', permissions: ['alerts:manage'] })
  const limited = account.as(key)
  const url = `${receiver.url}/limited`
  const create = (events: string[]) =>
    limited.post('/channels', { type: 'webhook', name: 'Theirs', url, events })
  const refused = await create(['api_key.created', 'member.*'])
  expect(refused).toMatchObject({ status: 403, body: { missing: ['keys:manage', 'members:manage'] } })
  expect(faultsOf(refused)).toEqual(['events out_of_range'])
  const { status, body } = await create(['alert.*'])
  expect(status).toBe(201)
  expect((await limited.patch(`/channels/${body.id}`, { events: ['api_key.*'] })).status).toBe(403)
  // A channel that somebody else has subscribed does not lead to them either.
  const { id } = await channel(account, ['api_key.*'])
  const moved = await limited.patch(`/channels/${id}`, { url })
  expect([moved.status, faultsOf(moved)]).toEqual([403, ['url out_of_range']])
  expect((await limited.patch(`/channels/${id}`, { name: 'Renamed' })).status).toBe(200)
})

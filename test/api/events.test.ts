import { afterAll, beforeAll, expect, it } from 'vitest'
import { expireEvents } from '../../src/domain/events/eventStore.ts'
import { openPostgres } from '../../src/platform/postgres.ts'
import { createClient } from '../support/client.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let operator: ReturnType<typeof createClient>
beforeAll(async () => {
  service = await startService()
  operator = createClient(service.url, await service.operatorToken())
})
afterAll(() => service.stop())

// biome-ignore lint/suspicious/noExplicitAny: as answers are
async function readAll(query = '', limit = 100): Promise<{ events: any[]; cursors: string[] }> {
  const events = []
  const cursors: string[] = []
  for (let after: string | undefined; ; ) {
    const from = after === undefined ? '' : `&after=${after}`
    const { status, body } = await operator.get(`/events?limit=${limit}${query}${from}`)
    expect([status, body.nextCursor]).toEqual([200, expect.stringMatching(/^\d+$/)])
    events.push(...body.events)
    if (body.nextCursor === after) return { events, cursors }
    after = body.nextCursor as string
    cursors.push(after)
  }
}

const signUp = async () => {
  const { body } = await operator.post('/accounts', { name: 'Acme', plan: 'pro', adminKey: true })
  return { id: body.account.id as string, admin: createClient(service.url, body.adminKey.key) }
}

it('promise 14: a change that was answered is in the record, as CloudEvents in the order of the account', async () => {
  const { id, admin } = await signUp()
  const key = await admin.createKey()
  await admin.patch(`/api-keys/${key.id}`, { name: 'Renamed' })
  await admin.post(`/api-keys/${key.id}/revoke`, { reason: 'Leaked' })
  await admin.delete(`/api-keys/${key.id}`)
  const { body } = await operator.get(`/events?accountId=${id}`)
  expect(body.events.map(({ type, sequence }: Record<string, string>) => [Number(sequence), type])).toEqual([
    [1, 'account.created'],
    [2, 'api_key.created'],
    [3, 'api_key.created'],
    [4, 'api_key.updated'],
    [5, 'api_key.revoked'],
    [6, 'api_key.deleted'],
  ])
  const revoked = body.events[4]
  expect(revoked).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^evt_/),
    source: `/accounts/${id}`,
    type: 'api_key.revoked',
    subject: key.id,
    time: expect.any(String),
    datacontenttype: 'application/json',
    accountid: id,
    sequence: '000000000005',
    data: {
      apiKey: expect.objectContaining({ id: key.id, name: 'Renamed', status: 'revoked' }),
      actor: { type: 'api_key', id: expect.stringMatching(/^key_/) },
    },
  })
  expect(JSON.stringify(body)).not.toContain(key.key)
})

it('promise 14: a consumer that replays from any cursor, or from any event, sees the same', async () => {
  const accounts = await Promise.all(Array.from({ length: 5 }, signUp))
  await Promise.all(accounts.flatMap(({ admin }) => [admin.createKey(), admin.createKey()]))
  const { events, cursors } = await readAll('', 3)
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  for (const [page, cursor] of cursors.entries()) {
    const { body } = await operator.get(`/events?limit=1000&after=${cursor}`)
    expect(body.events).toEqual(events.slice((page + 1) * 3))
  }
  for (const [n, { id }] of events.entries())
    expect((await operator.get(`/events?limit=1000&after=${id}`)).body.events).toEqual(events.slice(n + 1))
})

it('filters by type and account, and a foreign account is never in it', async () => {
  const [one, other] = await Promise.all([signUp(), signUp()])
  const { events } = await readAll(`&accountId=${one.id}&types=account.created,api_key.created`)
  expect(events.map(({ type, accountid }) => [accountid, type])).toEqual([
    [one.id, 'account.created'],
    [one.id, 'api_key.created'],
  ])
  expect(JSON.stringify(events)).not.toContain(other.id)
  expect((await readAll('&accountId=acct_none')).events).toEqual([])
})

it('promise 14: a change that commits late is behind every cursor that was given before', async () => {
  const orm = await openPostgres(service.databaseUrl)
  const insert = (em: typeof orm.em, id: string) =>
    em.execute(
      `insert into lifecycle_event_pending (event_id, account_id, type, subject, at, data)
       values (?, 'acct_late', 'api_key.updated', 'key', now(), '{}')`,
      [id],
    )
  try {
    let cursor = ''
    await orm.em.fork().transactional(async (em) => {
      await insert(em, 'evt_first')
      await insert(orm.em.fork(), 'evt_second')
      const { body } = await operator.get('/events?accountId=acct_late')
      expect(body.events.map(({ id }: { id: string }) => id)).toEqual(['evt_second'])
      cursor = body.nextCursor
    })
    const { body } = await operator.get(`/events?after=${cursor}`)
    expect(body.events.map(({ id }: { id: string }) => id)).toEqual(['evt_first'])
  } finally {
    await orm.close()
  }
})

it('refuses what is no cursor or type, names the field, and says when a cursor is past its time', async () => {
  for (const [query, field] of [
    ['after=x', 'after'],
    ['types=api_key.created,none', 'types'],
    ['limit=0', 'limit'],
    ['cursor=1', 'cursor'],
  ]) {
    const { status, body } = await operator.get(`/events?${query}`)
    expect([status, body.errors[0].field]).toEqual([400, field])
  }
  const { status, body } = await operator.get('/events?after=999999999')
  expect([status, body.title]).toEqual([410, 'Cursor expired'])
})

it('promise 14: after a deletion, a cursor that would miss events is refused, and every later one continues', async () => {
  await signUp()
  const { id } = await signUp()
  const { events, cursors } = await readAll(`&accountId=${id}`, 1)
  const [first, second] = events
  const [before, last] = cursors
  expect(events.map(({ type }) => type)).toEqual(['account.created', 'api_key.created'])
  const orm = await openPostgres(service.databaseUrl)
  try {
    const em = orm.em.fork()
    const at = `(select position from lifecycle_event where id = ?)`
    await em.execute(
      `update lifecycle_event set created_at = now() - interval '1 day' where position <= ${at}`,
      [first.id],
    )
    await expireEvents(em, new Date(Date.now() - 3_600_000))
  } finally {
    await orm.close()
  }
  const read = async (after: unknown) => {
    const { status, body } = await operator.get(`/events?accountId=${id}&after=${after}`)
    return [status, status === 200 ? body.events : body.title]
  }
  const gone = [410, 'Cursor expired']
  for (const older of [1, BigInt(before ?? 0) - 1n, first.id]) expect(await read(older)).toEqual(gone)
  for (const current of [0, before]) expect(await read(current)).toEqual([200, [second]])
  for (const current of [last, second.id]) expect(await read(current)).toEqual([200, []])
  const { status, body } = await operator.get(`/events?accountId=${id}`)
  expect([status, body.events]).toEqual([200, [second]])
})

it('bin/keys events tail --json prints them', async () => {
  const { id } = await signUp()
  const last = await service.cli('events', 'tail', '--once', '--account', id, '--types', 'account.created')
  expect(last).toMatchObject({ type: 'account.created', subject: id })
})

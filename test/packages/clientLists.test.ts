import { describe, expect, it } from 'vitest'
import { clientOf, json, problem } from '../support/fakeReplies.ts'

describe('lists', () => {
  const collect = async <Item>(items: AsyncIterable<Item>) => {
    const all: Item[] = []
    for await (const item of items) all.push(item)
    return all
  }

  it('by page, by cursor, and the record of events, whose cursor does not end', async () => {
    const paged = clientOf([
      json(200, { apiKeys: [1, 2], pagination: { hasNext: true } }),
      json(200, { apiKeys: [3], pagination: { hasNext: false } }),
    ])
    expect(await collect(paged.client.iterate('listApiKeys', { limit: 2 }))).toEqual([1, 2, 3])
    expect(paged.sent.map(({ path }) => path)).toEqual([
      '/api-keys?limit=2&page=1',
      '/api-keys?limit=2&page=2',
    ])
    const cursors = clientOf([
      json(200, { accounts: [1], nextCursor: 'c1' }),
      json(200, { accounts: [2], nextCursor: null }),
    ])
    expect(await collect(cursors.client.iterate('listAccounts'))).toEqual([1, 2])
    expect(cursors.sent.map(({ path }) => path)).toEqual(['/accounts', '/accounts?cursor=c1'])
    const events = clientOf([
      json(200, { events: [1], nextCursor: 'e1' }),
      json(200, { events: [], nextCursor: 'e1' }),
    ])
    expect(await collect(events.client.iterate('listEvents'))).toEqual([1])
  })

  it('are read no further than they are looked at', async () => {
    const { client, sent } = clientOf([json(200, { apiKeys: [1, 2], pagination: { hasNext: true } })])
    for await (const _ of client.iterate('listApiKeys')) break
    expect(sent).toHaveLength(1)
  })
})

it('`raw` returns the response with its body unread, and goes on aborting it', async () => {
  const controller = new AbortController()
  const { client } = clientOf([new Response('{}\n{}\n', { status: 200 }), problem(404, 'account-not-found')])
  const response = await client.raw('exportAccount', {}, { signal: controller.signal })
  expect(await response.text()).toBe('{}\n{}\n')
  await expect(client.raw('getAccount')).rejects.toMatchObject({ slug: 'account-not-found' })
})

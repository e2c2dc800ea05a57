import { beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import type { Answer } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
type Account = Awaited<ReturnType<SharedService['account']>>
let mine: Account
let theirs: Account
let theirKey: { id: string; key: string }
let theirMember: string
let theirOperation: string
let theirChannel: string
let theirAlert: string
let theirNotification: string
beforeAll(async () => {
  service = await sharedService()
  mine = await service.account()
  theirs = await service.account()
  theirKey = await theirs.createKey({ name: 'Theirs' })
  const member = await theirs.post('/members', {
    email: 'theirs@example.com',
    role: 'viewer',
    password: 'a long password',
  })
  theirMember = member.body.id
  const [rows] = await runSql(
    service.databaseUrl,
    `select id from command where account_id = '${theirs.accountId}' limit 1`,
  )
  theirOperation = String(rows?.[0]?.id)
  // Nobody listens there: its test message stays pending.
  const hook = { type: 'webhook', name: 'Theirs', url: 'http://127.0.0.1:9/' }
  theirChannel = (await theirs.post('/channels', hook)).body.id
  const rule = { name: 'Theirs', metric: 'requests', threshold: 10, channelIds: [theirChannel] }
  theirAlert = (await theirs.post('/alerts', rule)).body.id
  theirNotification = (await theirs.get('/notifications')).body.notifications[0].id
})

/** What an answer tells, without what differs in every answer, and with the id that was asked for written as `ID`. */
function told(answer: Answer, id: string) {
  const { requestId, ...body } = answer.body
  const headers = Object.fromEntries(
    [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
  )
  expect(requestId).toBe(answer.headers.get('x-request-id'))
  return JSON.parse(
    JSON.stringify({
      status: answer.status,
      headers: { ...headers, 'content-length': 'n' },
      body,
    }).replaceAll(id, 'ID'),
  )
}

describe('promise 8: a foreign id answers exactly like one that does not exist', () => {
  type Word = 'key' | 'member' | 'operation' | 'channel' | 'alert' | 'notification'
  const routes: [string, Word, (client: Account, id: string) => Promise<Answer>][] = [
    ['read', 'key', (client, id) => client.get(`/api-keys/${id}`)],
    ['rename', 'key', (client, id) => client.patch(`/api-keys/${id}`, { name: 'Mine now' })],
    [
      'rename with If-Match',
      'key',
      (client, id) => client.patch(`/api-keys/${id}`, { name: 'x' }, { headers: { 'If-Match': '"v9"' } }),
    ],
    ['revoke', 'key', (client, id) => client.post(`/api-keys/${id}/revoke`)],
    ['rotate', 'key', (client, id) => client.post(`/api-keys/${id}/rotate`)],
    ['delete', 'key', (client, id) => client.delete(`/api-keys/${id}`)],
    ['usage', 'key', (client, id) => client.get(`/api-keys/${id}/usage`)],
    ['member', 'member', (client, id) => client.get(`/members/${id}`)],
    ['change member', 'member', (client, id) => client.patch(`/members/${id}`, { role: 'admin' })],
    ['remove member', 'member', (client, id) => client.delete(`/members/${id}`)],
    ['invite member', 'member', (client, id) => client.post(`/members/${id}/invite`)],
    ['operation', 'operation', (client, id) => client.get(`/operations/${id}`)],
    ['channel', 'channel', (client, id) => client.get(`/channels/${id}`)],
    ['rename channel', 'channel', (client, id) => client.patch(`/channels/${id}`, { name: 'Mine' })],
    ['move channel', 'channel', (client, id) => client.patch(`/channels/${id}`, { to: 'x@example.com' })],
    ['test channel', 'channel', (client, id) => client.post(`/channels/${id}/test`)],
    ['rotate secret', 'channel', (client, id) => client.post(`/channels/${id}/rotate-secret`)],
    ['delete channel', 'channel', (client, id) => client.delete(`/channels/${id}`)],
    ['alert', 'alert', (client, id) => client.get(`/alerts/${id}`)],
    ['edit alert', 'alert', (client, id) => client.patch(`/alerts/${id}`, { threshold: 1 })],
    ['test alert', 'alert', (client, id) => client.post(`/alerts/${id}/test`)],
    ['mute alert', 'alert', (client, id) => client.post(`/alerts/${id}/mute`, { until: null })],
    ['incidents', 'alert', (client, id) => client.get(`/alerts/${id}/incidents`)],
    ['delete alert', 'alert', (client, id) => client.delete(`/alerts/${id}`)],
    ['notification', 'notification', (client, id) => client.get(`/notifications/${id}`)],
    ['redeliver', 'notification', (client, id) => client.post(`/notifications/${id}/redeliver`)],
  ]
  it.each(routes)('%s', async (_name, word, ask) => {
    const [foreign, unknown] = {
      key: [theirKey.id, 'key_0000000000000000'],
      member: [theirMember, 'mem_0000000000000000'],
      operation: [theirOperation, 'op_0000000000000000'],
      channel: [theirChannel, 'chan_0000000000000000'],
      alert: [theirAlert, 'alert_0000000000000000'],
      notification: [theirNotification, 'ntf_0000000000000000'],
    }[word] as [string, string]
    const answer = await ask(mine, foreign)
    expect(answer.status).toBe(404)
    expect(told(answer, foreign)).toEqual(told(await ask(mine, unknown), unknown))
    expect((await theirs.get(`/api-keys/${theirKey.id}`)).body).toMatchObject({
      name: 'Theirs',
      status: 'active',
      version: 1,
    })
  })

  it('lists, searches and logs hold one’s own alone', async () => {
    const keys = await mine.get('/api-keys?limit=100')
    expect(keys.body.apiKeys.map((key: { name: string }) => key.name)).toEqual(['Admin key'])
    expect((await mine.get(`/api-keys?q=${theirKey.id}`)).body.pagination.total).toBe(0)
    expect((await mine.get(`/audit-log?targetId=${theirKey.id}`)).body.entries).toEqual([])
    expect((await mine.get('/members')).body.members).toEqual([])
    expect((await mine.get('/account')).body.id).toBe(mine.accountId)
    expect((await mine.get('/channels')).body.channels).toEqual([])
    expect((await mine.get('/alerts')).body.alerts).toEqual([])
    for (const query of ['', `?channelId=${theirChannel}`, `?alertId=${theirAlert}`])
      expect((await mine.get(`/notifications${query}`)).body.notifications).toEqual([])
    const untouched = (await theirs.get(`/channels/${theirChannel}`)).body
    expect(untouched).toMatchObject({ name: 'Theirs', url: 'http://127.0.0.1:9/' })
    expect((await theirs.get(`/alerts/${theirAlert}`)).body).toMatchObject({ threshold: 10, version: 1 })
  })
})

describe('who may do what', () => {
  const create = { name: 'x', type: 'live' }

  it('only admin access manages keys', async () => {
    for (const access of ['full', 'read_only']) {
      const { key } = await mine.createKey({ access })
      for (const answer of [
        await mine.as(key).post('/api-keys', create),
        await mine.as(key).get('/api-keys'),
        await mine.as(key).get('/members'),
      ]) {
        expect(answer.body).toMatchObject({
          status: 403,
          type: expect.stringMatching(/insufficient-permissions$/),
        })
      }
      expect((await mine.as(key).get(`/api-keys/${theirKey.id}/usage`)).status).toBe(404)
    }
  })

  it('an admin key can be a test key, and manages as long as it is active', async () => {
    const { id, key } = await mine.createKey({ access: 'admin', type: 'test' })
    expect((await mine.as(key).get('/api-keys')).status).toBe(200)
    await mine.post(`/api-keys/${id}/revoke`)
    expect((await mine.as(key).get('/api-keys')).body).toMatchObject({
      status: 401,
      type: expect.stringMatching(/invalid-api-key$/),
    })
  })

  it('service tokens verify and report, and nothing else; keys do neither', async () => {
    for (const path of ['/api-keys', '/members', '/account', '/audit-log']) {
      expect((await service.server.get(path)).status).toBe(401)
    }
    expect((await mine.post('/verify', { key: mine.adminKey })).body).toMatchObject({
      status: 401,
      type: expect.stringMatching(/invalid-service-token$/),
    })
    expect((await mine.post('/usage/events', { events: [] })).status).toBe(401)
    expect((await mine.as(undefined).post('/verify', { key: 'x' })).body.type).toMatch(
      /missing-authorization$/,
    )
  })

  it('a revoked service token is refused within seconds', async () => {
    const { serviceToken = '', serviceTokenId = '' } = await service.cli(
      'service-token',
      'create',
      '--name',
      'leaving',
    )
    const ask = () => mine.as(serviceToken).post('/verify', { key: mine.adminKey })
    expect((await ask()).status).toBe(200)
    await service.cli('service-token', 'revoke', serviceTokenId)
    expect((await eventually(ask, ({ status }) => status !== 200, 15_000)).status).toBe(401)
  })
})

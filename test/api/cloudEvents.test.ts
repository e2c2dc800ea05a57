import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS as DAY } from '../../src/domain/time.ts'
import { eventually } from '../support/eventually.ts'
import { expectProblem } from '../support/refusals.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

const ONE = 'application/cloudevents+json'
const BATCH = 'application/cloudevents-batch+json'

let service: SharedService
let account: Awaited<ReturnType<SharedService['account']>>
let keyId: string
beforeAll(async () => {
  service = await sharedService()
  account = await service.account('enterprise')
  keyId = (await account.createKey()).id
})

const event = (fields: Record<string, unknown> = {}, data: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/render-api/1',
  type: 'com.example.request.done',
  time: new Date().toISOString(),
  data: { keyId, status: 200, ...data },
  ...fields,
})
const send = async (body: unknown, type = Array.isArray(body) ? BATCH : ONE) => {
  const answer = await service.server.post('/usage/events', body, { headers: { 'Content-Type': type } })
  return { status: answer.status, ...answer.body }
}
const accepted = (count: number, duplicates = 0) => ({ status: 202, accepted: count, duplicates })
const refused = (body: unknown, status = 400, type = Array.isArray(body) ? BATCH : ONE) =>
  expectProblem(service.url, status, '/usage/events', {
    method: 'POST',
    secret: service.serviceToken,
    headers: { 'Content-Type': type },
    body: JSON.stringify(body),
  })
const at = (ms: number) => new Date(Date.now() + ms).toISOString()

const usageOf = async (id: string) => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h']
/** What has been counted for a key once it is that many requests. */
const counted = (id: string, requests: number) =>
  eventually(
    () => usageOf(id),
    (usage) => usage.requests >= requests,
  )

describe('CloudEvents', () => {
  it('promise 2: a batch and single ones are counted, each source and id once, however it comes', async () => {
    const { id } = await account.createKey()
    const mine = (fields: Record<string, unknown> = {}) =>
      event(fields, { keyId: id, status: 500, latencyMs: 12.5, units: 2, endpoint: '/a', method: 'GET' })
    const batch = Array.from({ length: 1_000 }, () => mine())
    const [first] = batch
    expect(await send(batch)).toEqual(accepted(1_000))
    expect(await send(batch)).toEqual(accepted(0, 1_000))
    expect(await send(first)).toEqual(accepted(0, 1))
    const alone = mine()
    expect(await send(alone)).toEqual(accepted(1))
    expect(await send([alone, mine(), alone])).toEqual(accepted(1, 2))
    // Of another source it is another event.
    expect(await send([{ ...alone, source: '/render-api/2' }])).toEqual(accepted(1))
    expect(await counted(id, 1_003)).toMatchObject({ requests: 1_003, serverErrors: 1_003, units: 2_006 })
    expect(await send(batch)).toEqual(accepted(0, 1_000))
    expect((await usageOf(id)).requests).toBe(1_003)
  })

  it('where source ends and id begins is no matter of chance, and no own id is the same event', async () => {
    expect(await send([event({ source: '/a', id: 'b/c' }), event({ source: '/ab', id: '/c' })])).toEqual(
      accepted(2),
    )
    const { id, source, time } = event()
    expect(await send(event({ id, source, time }))).toEqual(accepted(1))
    for (const own of [id, `${source}${id}`, `${source} ${id}`]) {
      const events = [{ id: own, at: time, keyId, status: 200 }]
      expect((await service.server.post('/usage/events', { events })).body).toEqual({
        accepted: 1,
        duplicates: 0,
      })
    }
  })

  it('without time an event is of its receipt; null is unset; extensions are taken', async () => {
    const { id } = await account.createKey()
    const sent = event({ time: undefined, traceparent: '00-ab-cd-01', sampledrate: 3 }, { keyId: id })
    expect(await send(sent)).toEqual(accepted(1))
    expect(await send(sent)).toEqual(accepted(0, 1))
    expect(await send(event({ time: null, subject: null, dataschema: null }, { keyId: id }))).toEqual(
      accepted(1),
    )
    expect((await counted(id, 2)).requests).toBe(2)
  })

  it('the subject is the key where data has none', async () => {
    const [one, other] = [await account.createKey(), await account.createKey()]
    expect(await send([event({ subject: one.id }, { keyId: undefined })])).toEqual(accepted(1))
    expect(await send([event({ subject: 'an image' }, { keyId: other.id })])).toEqual(accepted(1))
    expect((await counted(one.id, 1)).requests).toBe(1)
    expect((await counted(other.id, 1)).requests).toBe(1)
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'text/JSON', 'application/vnd.x+json'])(
    'data may say that it is %s',
    async (datacontenttype) => {
      expect(await send([event({ datacontenttype })])).toEqual(accepted(1))
    },
  )

  it('a media type is read without its parameters and in any case', async () => {
    expect(await send([event()], 'Application/CloudEvents-Batch+JSON; charset=utf-8')).toEqual(accepted(1))
  })

  it('a report that carries a verification’s requestId completes that request', async () => {
    const { id, key } = await account.createKey()
    const { requestId } = (await service.server.post('/verify', { key })).body
    expect(await send(event({}, { keyId: id, status: 503, requestId }))).toEqual(accepted(1))
    const usage = await eventually(
      () => usageOf(id),
      ({ requests, serverErrors }) => requests === 1 && serverErrors === 1,
    )
    expect(usage.requests).toBe(1)
  })
})

describe('a bad CloudEvent refuses all of its batch, and is named in its sender’s terms', () => {
  const faults: [string, Record<string, unknown>, string][] = [
    ['no specversion', { specversion: undefined }, 'specversion required'],
    ['another specversion', { specversion: '0.3' }, 'specversion invalid_format'],
    ['no id', { id: undefined }, 'id required'],
    ['an empty id', { id: '' }, 'id out_of_range'],
    ['no source', { source: undefined }, 'source required'],
    ['a source that is null', { source: null }, 'source invalid_type'],
    ['a source of half a character', { source: '\ud800' }, 'source invalid_format'],
    ['no type', { type: undefined }, 'type required'],
    ['no time', { time: 'yesterday' }, 'time invalid_format'],
    ['a late time', { time: at(-36 * DAY) }, 'time out_of_range'],
    ['a future time', { time: at(10 * 60_000) }, 'time out_of_range'],
    ['no data', { data: undefined }, 'data required'],
    ['data that is null', { data: null }, 'data invalid_type'],
    ['data as text', { data: '{}' }, 'data invalid_type'],
    ['data of another type', { datacontenttype: 'application/xml' }, 'datacontenttype invalid_format'],
    ['data twice', { data_base64: 'e30=' }, 'data_base64 invalid_format'],
    ['no base64', { data: undefined, data_base64: 'e30' }, 'data_base64 invalid_format'],
    ['base64 of no JSON', { data: undefined, data_base64: btoa('<a/>') }, 'data_base64 invalid_format'],
    [
      'base64 of a NUL',
      { data: undefined, data_base64: btoa('{"ip":"\\u0000"}') },
      'data_base64 invalid_format',
    ],
    ['base64 without a status', { data: undefined, data_base64: 'e30=' }, 'data.status required'],
    ['an odd name', { keyId: 'key_1' }, 'keyId unknown_field'],
    ['no status', { data: { keyId: 'key_1' } }, 'data.status required'],
    ['a status of text', { data: { keyId: 'key_1', status: '200' } }, 'data.status invalid_type'],
    ['a field that is not ours', { data: { keyId: 'key_1', status: 200, id: 'x' } }, 'data.id unknown_field'],
    ['no key', { data: { status: 200 } }, 'data.keyId required'],
    ['no such key', { data: { keyId: 'key_none', status: 200 } }, 'data.keyId invalid_format'],
    ['no such subject', { subject: 'key_none', data: { status: 200 } }, 'subject invalid_format'],
  ]
  it.each(faults)('%s', async (_name, fields, fault) => {
    const good = [event(), event(), event()]
    expect(await refused([...good, event(fields)])).toEqual([`[3].${fault}`])
    expect(await refused(event(fields))).toEqual([fault])
    expect(await send(good)).toEqual(accepted(3))
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['an address', { ip: '1.2.3' }, 'data.ip invalid_format'],
    ['a requestId', { requestId: 'req_1' }, 'data.requestId invalid_format'],
    ['a latency', { latencyMs: -1 }, 'data.latencyMs out_of_range'],
  ])('%s that is none', async (_name, data, fault) => {
    expect(await refused([event(), event({}, data)])).toEqual([`[1].${fault}`])
  })

  it('each fault is named', async () => {
    expect(await refused([event({ specversion: '2' }), event(), event({}, { status: 99 })])).toEqual([
      '[0].specversion invalid_format',
      '[2].data.status out_of_range',
    ])
  })

  it('a batch is a list of 1 to 1,000, and one event is none', async () => {
    expect(await refused([])).toEqual(['body out_of_range'])
    expect(await refused(Array.from({ length: 1_001 }, () => event()))).toEqual(['body too_long'])
    expect(await refused(event(), 400, BATCH)).toEqual(['body invalid_type'])
    expect(await refused([event()], 400, ONE)).toEqual(['body invalid_type'])
    expect(await refused([event()], 400, 'application/json')).toEqual(['body invalid_type'])
  })
})

describe('media types', () => {
  it.each([
    'application/cloudevents',
    'application/cloudevents-batch',
    'application/vnd.x+json',
    'text/json',
  ])('%s is a 415 that says what is taken', async (type) => {
    expect(await refused([event()], 415, type)).toEqual([])
    const answer = await service.server.post('/usage/events', [], { headers: { 'Content-Type': type } })
    expect(answer.headers.get('accept')).toBe(`application/json, ${BATCH}, ${ONE}`)
  })

  it('other routes take none of it', async () => {
    const sent = { method: 'POST', body: JSON.stringify({ name: 'a', type: 'live', key: 'x' }) }
    for (const type of [ONE, BATCH, 'application/vnd.x+json']) {
      const headers = { 'Content-Type': type }
      await expectProblem(service.url, 415, '/api-keys', { ...sent, headers, secret: account.adminKey })
      await expectProblem(service.url, 415, '/verify', { ...sent, headers, secret: service.serviceToken })
    }
  })

  it('/openapi.json shows them', async () => {
    const { body } = await account.get('/openapi.json')
    const { content } = body.paths['/usage/events'].post.requestBody
    const { CloudEvent } = body.components.schemas
    expect(Object.keys(content)).toEqual(['application/json', BATCH, ONE])
    expect(content[ONE].schema).toEqual({ $ref: '#/components/schemas/CloudEvent' })
    expect(CloudEvent.required).toEqual(['specversion', 'id', 'source', 'type', 'data'])
  })
})

import { randomUUID } from 'node:crypto'
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from 'cloudevents'
import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { expectProblem } from '../support/refusals.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let account: Awaited<ReturnType<SharedService['account']>>
let keyId: string
beforeAll(async () => {
  service = await sharedService()
  account = await service.account('enterprise')
  keyId = (await account.createKey()).id
})

const authorised = () => ({ headers: { Authorization: `Bearer ${service.serviceToken}` } })
const usageOf = async (id: string) => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h']
const accepted = (count: number, duplicates = 0) => ({ accepted: count, duplicates })

/** An event as the official SDK makes it. */
const sdkEvent = (data: object, fields: object = {}) =>
  new CloudEvent({ source: '/render-api/1', type: 'com.example.request.done', ...fields, data })

/** What the service says to an event that the SDK's own emitter has sent. */
async function emit(event: CloudEvent<object>, mode: Mode) {
  const send = emitterFor(httpTransport(`${service.url}/usage/events`), { binding: HTTP, mode })
  const { body } = (await send(event, authorised())) as { body: string }
  return JSON.parse(body)
}

/** Binary mode by hand. */
const post = async (headers: Record<string, string>, data: unknown, type = 'application/json') => {
  const answer = await fetch(`${service.url}/usage/events`, {
    method: 'POST',
    headers: { ...authorised().headers, 'Content-Type': type, ...headers },
    body: typeof data === 'string' ? data : JSON.stringify(data),
  })
  return { status: answer.status, body: await answer.json() }
}
const attributes = (more: Record<string, string> = {}) => ({
  'ce-specversion': '1.0',
  'ce-id': randomUUID(),
  'ce-source': '/render-api/1',
  'ce-type': 'com.example.request.done',
  ...more,
})

describe('what the official SDK sends', () => {
  it.each([Mode.BINARY, Mode.STRUCTURED])('in %s mode is counted once', async (mode) => {
    const { id } = await account.createKey()
    const fields = {
      subject: 'an image',
      traceparent: '00-ab-cd-01',
      sampledrate: 3,
      dataschema: 'https://a.example/s',
    }
    const event = sdkEvent({ keyId: id, status: 503, latencyMs: 12.5, units: 2 }, fields)
    expect(await emit(event, mode)).toEqual(accepted(1))
    expect(await emit(event, mode)).toEqual(accepted(0, 1))
    const usage = await eventually(
      () => usageOf(id),
      ({ requests }) => requests >= 1,
    )
    expect(usage).toMatchObject({ requests: 1, serverErrors: 1, units: 2 })
  })

  it('is the same event in either mode', async () => {
    const event = sdkEvent({ keyId, status: 200 })
    expect(await emit(event, Mode.BINARY)).toEqual(accepted(1))
    expect(await emit(event, Mode.STRUCTURED)).toEqual(accepted(0, 1))
  })

  it('with a media type and its parameters, and with data as bytes', async () => {
    const datacontenttype = 'application/json; charset=UTF-8'
    for (const mode of [Mode.BINARY, Mode.STRUCTURED])
      expect(await emit(sdkEvent({ keyId, status: 200 }, { datacontenttype }), mode)).toEqual(accepted(1))
    const bytes = new TextEncoder().encode(JSON.stringify({ keyId, status: 200 }))
    expect(await emit(sdkEvent(bytes, { datacontenttype }), Mode.STRUCTURED)).toEqual(accepted(1))
    expect(await emit(sdkEvent(bytes, { datacontenttype }), Mode.BINARY)).toEqual(accepted(1))
  })

  it('as a batch', async () => {
    const events = [0, 1, 2].map(() => sdkEvent({ keyId, status: 200 }))
    const type = 'Application/CloudEvents-Batch+JSON; Charset="utf-8"'
    expect((await post({}, JSON.stringify(events), type)).body).toEqual(accepted(3))
  })
})

describe('what the specification allows', () => {
  it.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'text/json',
    'application/vnd.render+json',
  ])('binary mode with data of %s', async (type) => {
    expect((await post(attributes(), { keyId, status: 200 }, type)).body).toEqual(accepted(1))
  })

  it('the subject is the key; header names are of any case; values are quoted and percent-encoded', async () => {
    const { id } = await account.createKey()
    const said = { 'CE-Subject': id, 'ce-source': '"/render%20\\"api\\"/caf%C3%A9"', 'ce-knativetime': 'x%' }
    const sent = attributes({ ...said })
    expect((await post(sent, { status: 200 })).body).toEqual(accepted(1))
    const structured = {
      specversion: '1.0',
      id: sent['ce-id'],
      source: '/render "api"/café',
      type: 'another',
      data: { status: 200 },
      subject: id,
    }
    expect((await post({}, structured, 'application/cloudevents+json')).body).toEqual(accepted(0, 1))
  })

  const now = new Date().toISOString()
  it.each([
    now.replace('Z', '123456Z'),
    now.toLowerCase(),
    now.replace(/\.\d+Z/, 'Z'),
    now.replace(/\.\d+Z/, '+00:00'),
    new Date(Date.now() + 14 * 3_600_000).toISOString().replace('Z', '+14:00'),
    new Date(Date.now() - 9.5 * 3_600_000).toISOString().replace(/\.\d+Z/, '.5-09:30'),
    new Date(Date.now() - 120_000).toISOString().replace(/:\d\d\.\d+Z/, ':60Z'),
  ])('a time like %s', async (time) => {
    expect((await post(attributes({ 'ce-time': time }), { keyId, status: 200 })).body).toEqual(accepted(1))
    const structured = {
      specversion: '1.0',
      id: randomUUID(),
      source: '/a',
      type: 'b',
      time,
      data: { keyId, status: 200 },
    }
    expect((await post({}, structured, 'application/cloudevents+json')).body).toEqual(accepted(1))
  })
})

describe('a fault in binary mode', () => {
  const data = { keyId: '', status: 200 }
  const refused = (
    headers: Record<string, string>,
    body: unknown = { ...data, keyId },
    status = 400,
    type = 'application/json',
  ) =>
    expectProblem(service.url, status, '/usage/events', {
      method: 'POST',
      secret: service.serviceToken,
      headers: { 'Content-Type': type, ...headers },
      body: JSON.stringify(body),
    })
  const without = (name: string) =>
    Object.fromEntries(Object.entries(attributes()).filter(([each]) => each !== name))

  it.each<[string, Record<string, string>, string]>([
    ['no specversion', without('ce-specversion'), 'specversion required'],
    ['another specversion', attributes({ 'ce-specversion': '0.3' }), 'specversion invalid_format'],
    ['no id', without('ce-id'), 'id required'],
    ['no source', without('ce-source'), 'source required'],
    ['no type', without('ce-type'), 'type required'],
    ['a time that is none', attributes({ 'ce-time': 'yesterday' }), 'time invalid_format'],
    ['a late time', attributes({ 'ce-time': '2020-01-01T00:00:00Z' }), 'time out_of_range'],
    ['an odd name', attributes({ 'ce-key-id': 'x' }), 'key-id unknown_field'],
    ['a NUL', attributes({ 'ce-source': 'a%00b' }), 'source invalid_format'],
  ])('is named: %s', async (_name, headers, fault) => {
    expect(await refused(headers)).toEqual([fault])
  })

  it('in the data is named, too; what is not JSON is a 415', async () => {
    expect(await refused(attributes(), { keyId, status: 99 })).toEqual(['data.status out_of_range'])
    expect(await refused(attributes(), [])).toEqual(['data invalid_type'])
    expect(await refused(attributes(), data, 415, 'application/xml')).toEqual([])
  })
})

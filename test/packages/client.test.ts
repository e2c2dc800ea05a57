import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClientOptions, createClient } from '../../packages/client/createClient.ts'
import { KeysProblem } from '../../packages/client/KeysProblem.ts'
import {
  BASE,
  clientOf,
  json,
  lost,
  operation,
  outcomeOf,
  pending,
  problem,
  type Reply,
  TOKEN,
} from '../support/fakeReplies.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

describe('a request', () => {
  it('has each part of the input where it belongs', async () => {
    const { client, sent } = clientOf(
      Array.from({ length: 7 }, () => json(200, {})),
      { accountId: 'acct_1', url: `${BASE}/` },
    )
    await client.createApiKey({ name: 'Mine', type: 'live', metadata: undefined })
    await client.updateApiKey({ id: 'key_1', name: 'Mine' }, { ifMatch: '"3"', accountId: 'acct_2' })
    await client.listApiKeys({ page: 2, q: 'a&b', type: undefined })
    await client.setPlan({ name: 'a/b', label: 'A', limits: {} as never }, { idempotencyKey: 'mine' })
    await client.revokeApiKey({ id: 'key_1' })
    await client.deleteApiKey({ id: 'key_1' })
    await client.importApiKeys({ file: 'hash,name\n', contentType: 'text/csv', dryRun: 'true' as never })
    expect(sent.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/api-keys', '{"name":"Mine","type":"live"}'],
      ['PATCH', '/api-keys/key_1', '{"name":"Mine"}'],
      ['GET', '/api-keys?page=2&q=a%26b', undefined],
      ['PUT', '/plans/a%2Fb', '{"label":"A","limits":{}}'],
      ['POST', '/api-keys/key_1/revoke', undefined],
      ['DELETE', '/api-keys/key_1', undefined],
      ['POST', '/api-keys/import?dryRun=true', 'hash,name\n'],
    ])
    const header = (name: string) => sent.map(({ headers }) => headers[name])
    expect(new Set(header('Authorization'))).toEqual(new Set([`Bearer ${TOKEN}`]))
    expect(header('X-Account-Id').map((id) => id?.at(-1))).toEqual(['1', '2', '1', '1', '1', '1', '1'])
    expect(header('If-Match')).toEqual([undefined, '"3"', ...Array(5).fill(undefined)])
    expect(header('Content-Type')[6]).toBe('text/csv')
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(header('Idempotency-Key')).toEqual([uuid, undefined, undefined, 'mine', uuid, undefined, uuid])
    expect(new Set(header('Idempotency-Key')).size).toBe(5)
  })

  it.each<[string, Partial<ClientOptions>]>([
    ['url', { url: 'ftp://keys.example.com' }],
    ['url', { url: 'https://admin:hunter2@keys.example.com' }],
    ['token', { token: `${TOKEN}\n` }],
    ['token', { token: '' }],
  ])('a bad %s is refused by name, and not repeated', (name, options) => {
    const made = () => clientOf([], options)
    expect(made).toThrow(TypeError)
    expect(made).toThrow(new RegExp(`^${name} must be (?!.*(hunter2|operator))`))
  })

  it.each<[string, (client: ReturnType<typeof createClient>) => Promise<unknown>]>([
    ['id', (client) => client.getApiKey({ id: '..' })],
    ['id', (client) => client.getApiKey({ id: '' })],
    ['id', (client) => client.getApiKey({} as never)],
    ['idempotencyKey', (client) => client.createAccount({ name: 'A' }, { idempotencyKey: 'a b' })],
    ['timeoutMs', (client) => client.getAccount({}, { timeoutMs: 0 })],
    ['retries', (client) => client.getAccount({}, { retries: 0.5 })],
  ])('a bad %s of a call is refused before anything is sent', async (name, call) => {
    const { client, sent } = clientOf([], { retries: 0 })
    await expect(call(client)).rejects.toThrow(new RegExp(`^${name} must be`))
    expect(sent).toEqual([])
  })
})

describe('a call is repeated', () => {
  it('when the service says so, after the time that it says, with the same Idempotency-Key', async () => {
    const { client, sent } = clientOf([
      problem(503, 'service-unavailable', { 'Retry-After': '2' }),
      problem(429, 'rate-limit-exceeded', { 'Retry-After': '3' }),
      json(201, { id: 'key_1' }),
    ])
    const { result, tookMs } = await outcomeOf(client.createApiKey({ name: 'Mine', type: 'live' }))
    expect(result).toEqual({ id: 'key_1' })
    expect(tookMs).toBeGreaterThanOrEqual(5_000)
    expect(tookMs).toBeLessThan(5_100)
    expect(new Set(sent.map(({ headers }) => headers['Idempotency-Key'])).size).toBe(1)
  })

  it.each<[string, number, (client: ReturnType<typeof createClient>) => Promise<unknown>]>([
    ['a read', 2, (client) => client.getAccount()],
    ['a change with an Idempotency-Key', 2, (client) => client.createAccount({ name: 'A' })],
    ['an update', 2, (client) => client.updateApiKey({ id: 'key_1', name: 'A' })],
    ['an update of one version', 1, (client) => client.updateApiKey({ id: 'key_1' }, { ifMatch: '"1"' })],
    ['a change without an Idempotency-Key', 1, (client) => client.previewAlertRule({} as never)],
    ['a verification', 1, (client) => client.verifyApiKey({ key: 'k' })],
    [
      'a verification with an Idempotency-Key',
      2,
      (client) => client.verifyApiKey({ key: 'k' }, { idempotencyKey: 'a' }),
    ],
  ])('after a lost response, if it does the same twice: %s is sent %i times', async (_, times, call) => {
    const { client, sent } = clientOf([lost(), json(200, { some: 'thing' })])
    const { result, error } = await outcomeOf(call(client))
    expect(sent).toHaveLength(times)
    if (times === 2) expect(result).toEqual({ some: 'thing' })
    else expect(error).toMatchObject({ name: 'KeysProblem', slug: 'unreachable', status: 0 })
  })

  it('never: a verification that the service refuses for now', async () => {
    const { client, sent } = clientOf([problem(503, 'service-unavailable', { 'Retry-After': '1' })])
    const { error } = await outcomeOf(client.verifyApiKey({ key: 'k' }))
    expect([error?.slug, error?.retryAfter, sent.length]).toEqual(['service-unavailable', 1, 1])
  })

  it('while its first attempt is under way, as often as it takes', async () => {
    const replies = Array.from({ length: 8 }, () =>
      problem(409, 'idempotency-in-flight', { 'Retry-After': '1' }),
    )
    const { client, sent } = clientOf(['hangs', ...replies, json(201, { id: 'key_1' })])
    const { result } = await outcomeOf(client.createApiKey({ name: 'Mine', type: 'live' }))
    expect([result, sent.length]).toEqual([{ id: 'key_1' }, 10])
  })

  it('as often as `retries` says, and not past its time-out', async () => {
    const unavailable = () => problem(503, 'service-unavailable')
    const some = clientOf(Array.from({ length: 5 }, unavailable))
    expect((await outcomeOf(some.client.getAccount())).error?.status).toBe(503)
    expect(some.sent).toHaveLength(4)
    const none = clientOf([unavailable()], { retries: 0 })
    expect((await outcomeOf(none.client.getAccount())).error?.status).toBe(503)
    const late = clientOf([problem(429, 'rate-limit-exceeded', { 'Retry-After': '60' })])
    const { error, tookMs } = await outcomeOf(late.client.getAccount())
    expect([error?.status, error?.retryAfter, tookMs]).toEqual([429, 60, 0])
  })
})

describe('a change that is not done yet', () => {
  it('is repeated when its operation has ended, and returns the first answer', async () => {
    const { client, sent } = clientOf([
      json(202, { ...pending, key: 'pk_live_1' }),
      operation('pending'),
      operation('pending'),
      operation('succeeded'),
      json(201, { id: 'key_1', key: 'pk_live_1' }),
    ])
    const { result } = await outcomeOf(
      client.forAccount('acct_1').createApiKey({ name: 'Mine', type: 'live' }),
    )
    expect(result).toEqual({ id: 'key_1', key: 'pk_live_1' })
    expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api-keys',
      ...Array(3).fill('GET /operations/op_1'),
      'POST /api-keys',
    ])
    expect(sent[4]).toEqual(sent[0])
    expect(sent[1]?.headers).toMatchObject({ 'X-Account-Id': 'acct_1', Authorization: `Bearer ${TOKEN}` })
    expect(sent[1]?.headers).not.toHaveProperty('Idempotency-Key')
  })

  it('is read where it has no Idempotency-Key, and is nothing where it was deleted', async () => {
    const accepted = () => [json(202, pending), operation('succeeded')]
    const { client, sent } = clientOf([...accepted(), json(200, { id: 'key_1', name: 'New' }), ...accepted()])
    const updated = await outcomeOf(client.updateApiKey({ id: 'key_1', name: 'New' }))
    expect(updated.result).toEqual({ id: 'key_1', name: 'New' })
    expect(sent[2]).toMatchObject({ method: 'GET', path: '/api-keys/key_1', body: undefined })
    expect((await outcomeOf(client.deleteApiKey({ id: 'key_1' }))).result).toBeUndefined()
    expect(sent).toHaveLength(5)
  })

  it('rejects with the problem of its operation, or the one that the repeated call gets', async () => {
    const failed = () =>
      operation('failed', { problem: { code: 'key-limit-reached', plan: 'free', detail: 'Too many.' } })
    const { client } = clientOf([
      ...[json(202, pending), failed()],
      ...[json(202, pending), failed(), problem(403, 'key-limit-reached')],
    ])
    const update = await outcomeOf(client.updateApiKey({ id: 'key_1', name: 'New' }))
    expect(update.error).toMatchObject({ status: 409, slug: 'key-limit-reached', facts: { plan: 'free' } })
    const creation = await outcomeOf(client.createApiKey({ name: 'Mine', type: 'live' }))
    expect(creation.error).toMatchObject({ status: 403, slug: 'key-limit-reached' })
  })

  it('rejects with the operation where it is not done in time', async () => {
    const { client } = clientOf([
      json(202, pending),
      ...Array.from({ length: 50 }, () => operation('pending')),
    ])
    const { error, tookMs } = await outcomeOf(client.suspendAccount({ id: 'acct_1' }, { timeoutMs: 5_000 }))
    expect(error).toMatchObject({ status: 202, slug: 'operation-pending', operationId: 'op_1' })
    expect(tookMs).toBeLessThanOrEqual(5_000)
    const hanging = clientOf([json(202, pending), ...Array<Reply>(9).fill('hangs')])
    const hung = await outcomeOf(hanging.client.suspendAccount({ id: 'acct_1' }))
    expect([hung.error?.slug, hung.tookMs]).toEqual(['operation-pending', 30_000])
  })

  it('is returned as it is where nothing else is ever returned', async () => {
    const { client, sent } = clientOf([json(202, pending), json(202, { accepted: 1, duplicates: 0 })])
    expect((await client.eraseAccount({ id: 'acct_1' })).operation.id).toBe('op_1')
    expect(await client.reportUsageEvents({ events: [] })).toEqual({ accepted: 1, duplicates: 0 })
    expect(sent).toHaveLength(2)
  })
})

describe('a call that has no result', () => {
  it('rejects with the problem, which has neither the token nor what was sent', async () => {
    const errors = [{ field: 'name', message: 'must not be empty', code: 'required' }]
    const facts = {
      type: 'https://x/errors/validation-error',
      title: 'T',
      detail: 'D',
      requestId: 'req_1',
      errors,
    }
    const { client } = clientOf([json(400, facts), lost()], { retries: 0 })
    const refused = await outcomeOf(client.createAccount({ name: 'in the body' }))
    expect(refused.error).toBeInstanceOf(KeysProblem)
    expect(refused.error).toMatchObject({
      ...facts,
      status: 400,
      slug: 'validation-error',
      message: 'D',
      facts,
    })
    const unreachable = await outcomeOf(client.createAccount({ name: 'in the body' }))
    expect(unreachable.error?.cause).toBeInstanceOf(TypeError)
    for (const { error } of [refused, unreachable])
      expect(inspect(error, { depth: 9 })).not.toMatch(new RegExp(`${TOKEN}|in the body`))
    expect(inspect(client, { depth: 9, showHidden: true })).not.toContain(TOKEN)
  })

  it('ends with its time-out, whatever hangs', async () => {
    const { client, sent } = clientOf(Array<Reply>(9).fill('hangs'))
    const { error, tookMs } = await outcomeOf(client.getAccount())
    expect([error?.slug, error?.status, tookMs]).toEqual(['timed-out', 0, 30_000])
    expect(sent).toHaveLength(3)
    const short = clientOf(['hangs'], { timeoutMs: 100 })
    expect((await outcomeOf(short.client.getAccount())).tookMs).toBe(100)
  })

  it.each<[string, Reply[]]>([
    ['an attempt', ['hangs']],
    ['a pause', [problem(503, 'service-unavailable', { 'Retry-After': '9' })]],
    ['the wait for an operation', [json(202, pending), 'hangs']],
  ])('rejects with the caller’s reason, who gave up during %s', async (_, replies) => {
    const controller = new AbortController()
    const { client } = clientOf(replies)
    const reason = new Error('the user went away')
    setTimeout(() => controller.abort(reason), 1_000)
    const call = outcomeOf(client.suspendAccount({ id: 'acct_1' }, { signal: controller.signal }))
    expect(await call).toMatchObject({ error: reason, tookMs: 1_000 })
    await expect(client.getAccount({}, { signal: controller.signal })).rejects.toBe(reason)
  })

  it('says when the response is not the service’s', async () => {
    const page = (status: number) =>
      new Response('<h1>Oops</h1>', { status, headers: { 'Content-Type': 'text/html' } })
    const { client } = clientOf([page(502), page(502), page(200)], { retries: 1 })
    expect((await outcomeOf(client.getAccount())).error).toMatchObject({
      status: 502,
      slug: 'unexpected-response',
    })
    expect((await outcomeOf(client.getAccount())).error).toMatchObject({
      status: 200,
      slug: 'unexpected-response',
    })
  })
})

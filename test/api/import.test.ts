import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { type Account, createImporter, newValue, record, sha256 } from '../support/createImporter.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const importer = () => createImporter(service)
const send = (...args: Parameters<ReturnType<typeof importer>['send']>) => importer().send(...args)
const sendRecords = (account: Account, records: object[], query = '') =>
  importer().sendRecords(account, records, query)
const codeOf = (value: string) => importer().codeOf(value)
const _countKeys = (account: Account) => importer().countKeys(account)

// First of all: what follows imports.
describe('before anything was imported', () => {
  it('a value of another form is told why, without a look at Postgres or Redis for each', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => service.server.post('/verify', { key: newValue() })),
    )
    for (const { body } of answers)
      expect(body).toEqual({
        valid: false,
        code: 'NOT_FOUND',
        requestId: expect.any(String),
        hint: expect.any(String),
      })
    await service.redis.kill()
    const account = service.server.as(newValue())
    expect((await account.get('/forward-auth')).body).toMatchObject({ status: 401, hint: expect.any(String) })
    await service.redis.restart()
    await eventually(
      () => service.server.as(undefined).get('/readyz'),
      ({ status }) => status === 200,
    )
  })

  it('a dry run says what would come of it and writes nothing', async () => {
    const account = await service.account('free')
    const counts = () =>
      runSql(
        service.databaseUrl,
        ...['api_key', 'command', 'audit_entry', 'outbox'].map((table) => `select count(*) from ${table}`),
      )
    const before = await counts()
    const records = [record(newValue()), record(newValue()), { hash: 'x', name: 'Bad' }]
    const dry = await sendRecords(account, records, '?dryRun=true')
    expect(dry.status).toBe(200)
    expect(dry.body).toMatchObject({ dryRun: true, total: 3, imported: 1, unchanged: 0, failed: 2, keys: [] })
    expect(dry.body.errors.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [2, 'key-limit-reached'],
      [3, 'invalid_format'],
    ])
    expect(await counts()).toEqual(before)
  })

  it('a key of any form works as soon as its import has answered, the first one, too', async () => {
    const account = await service.account()
    const value = newValue('odd prefix-free/').replaceAll(' ', '_')
    expect(await codeOf(value)).toBe('NOT_FOUND')
    // Somebody asks all the time, so that "no imports" is remembered when the import answers, unless it waited for
    // that.
    let done = false
    const asking = (async () => {
      while (!done) await codeOf(newValue())
    })()
    const answer = await sendRecords(account, [record(value)])
    const code = await codeOf(value)
    done = true
    await asking
    expect(code).toBe('VALID')
    expect(answer.body).toMatchObject({ imported: 1 })
  })
})

it('a line with a field whose name Postgres cannot store is named, and the others are imported', async () => {
  const account = await service.account()
  const lines = [
    JSON.stringify(record(newValue())),
    '{"hash":{"\\ud800":1},"name":"Half a character"}',
    '{"a\\u0000b":1,"name":"NUL"}',
    `{"${'x'.repeat(63)}😀":1,"name":"Cut within a character"}`,
  ]
  const answer = await send(account, lines.join('\n'))
  expect(answer.body).toMatchObject({ imported: 1, failed: 3 })
  const named = answer.body.errors.map(({ line, field }: { line: number; field: string }) => [line, field])
  expect(named).toEqual(
    expect.arrayContaining([
      [2, 'hash.\ufffd'],
      [3, 'a\ufffdb'],
      [4, `${'x'.repeat(63)}\ufffd`],
    ]),
  )
})

describe('an imported key', () => {
  it('verifies, is limited, shown, revoked and rotated like any other, whatever its form', async () => {
    const account = await service.account('business')
    const values = ['x', `pk_live_${'0'.repeat(38)}`, 'é'.repeat(100), 'k'.repeat(512), newValue('pk_test_')]
    const fields = {
      type: 'test',
      access: 'read_only',
      hint: 'wxyz',
      metadata: { a: 1 },
      externalId: 'old-1',
    }
    const createdAt = '2019-05-01T00:00:00Z'
    const records = values.map((value, index) => record(value, index === 4 ? { ...fields, createdAt } : {}))
    const answer = await sendRecords(account, records)
    expect(answer.body).toMatchObject({
      total: 5,
      imported: 5,
      unchanged: 0,
      failed: 0,
      errors: [],
      dryRun: false,
    })
    for (const value of values) expect(await codeOf(value)).toBe('VALID')

    const [id, , , , testId] = answer.body.keys.map((key: { id: string }) => key.id)
    const shown = await account.get(`/api-keys/${testId}`)
    expect(shown.body).toMatchObject({
      type: 'test',
      access: 'read_only',
      hint: 'wxyz',
      createdAt: '2019-05-01T00:00:00.000Z',
      metadata: { a: 1, externalId: 'old-1' },
      version: 1,
    })
    expect(
      shown.body.regions.every(({ arrivedAt }: { arrivedAt: string | null }) => arrivedAt !== null),
    ).toBe(true)
    const forwarded = await account.as(values[4]).get('/forward-auth')
    expect([
      forwarded.status,
      forwarded.headers.get('x-key-id'),
      forwarded.headers.get('x-key-type'),
    ]).toEqual([200, testId, 'test'])
    const rotated = await account.post(`/api-keys/${testId}/rotate`)
    expect(rotated.body.key).toMatch(/^pk_test_[0-9A-Za-z]{38}$/)
    expect(await codeOf(values[4] ?? '')).toBe('EXPIRED')
    expect(await codeOf(rotated.body.key)).toBe('VALID')

    await account.post(`/api-keys/${id}/revoke`)
    expect(await codeOf('x')).toBe('REVOKED')
    // Importing never brings a key back.
    expect((await sendRecords(account, [records[0] ?? {}])).body).toMatchObject({ unchanged: 1, imported: 0 })
    expect(await codeOf('x')).toBe('REVOKED')
    await account.delete(`/api-keys/${id}`)
    expect((await sendRecords(account, [records[0] ?? {}, record(newValue())])).body).toMatchObject({
      imported: 1,
      errors: [{ line: 1, code: 'hash-not-importable' }],
    })
    expect(await codeOf('x')).toBe('NOT_FOUND')
    const log = await account.get(`/audit-log?targetId=${testId}`)
    expect(log.body.entries.map(({ action }: { action: string }) => action)).toContain('api-key.imported')
  })

  it('can be one that manages', async () => {
    const account = await service.account()
    const value = newValue()
    await sendRecords(account, [record(value, { access: 'admin' })])
    expect((await account.as(value).get('/api-keys')).status).toBe(200)
  })

  it('that is none keeps its hint, also now that there are imports', async () => {
    const account = service.server.as(newValue())
    expect((await account.get('/forward-auth')).body).toMatchObject({
      status: 401,
      hint: expect.stringMatching(/does not start with/),
    })
    for (const value of [`${newValue()} x`, 'x'.repeat(513)])
      expect((await account.as(value).get('/forward-auth')).body.hint).toEqual(expect.any(String))
  })
})

describe('a file', () => {
  it('of CSV is imported like one of JSON lines, and a second time changes nothing', async () => {
    const account = await service.account()
    const [one, two] = [newValue(), newValue()]
    const text = `name,hash,allowedIps\r\n"One, first",sha256:${sha256(one)},\r\nTwo,${sha256(two)},127.0.0.1 ::1\r\n`
    const first = await send(account, text, { type: 'text/csv; charset=utf-8' })
    expect(first.body).toMatchObject({ total: 2, imported: 2, keys: [{ line: 2 }, { line: 3 }] })
    expect(await codeOf(one)).toBe('VALID')
    expect(await codeOf(two)).toBe('IP_NOT_ALLOWED')
    const again = await send(account, text, { type: 'text/csv' })
    expect(again.body).toMatchObject({ total: 2, imported: 0, unchanged: 2, failed: 0, keys: [] })
  })

  it('tells every fault by its line, and imports the rest', async () => {
    const account = await service.account()
    const value = newValue()
    const lines = [
      JSON.stringify(record(value)),
      '{',
      JSON.stringify(record(value)),
      JSON.stringify({ name: 'x'.repeat(101), hash: 'secret-by-mistake', key: 1 }),
      '',
      JSON.stringify(record(newValue(), { expiresAt: '2020-01-01T00:00:00Z', name: 'Late' })),
      JSON.stringify(record(newValue())),
    ]
    const { status, body } = await send(account, lines.join('\n'))
    expect(status).toBe(200)
    expect(body).toMatchObject({ total: 6, imported: 2, failed: 4, furtherErrors: 0 })
    expect(
      body.errors.map((error: Record<string, unknown>) => `${error.line} ${error.field} ${error.code}`),
    ).toEqual([
      '2 line invalid_format',
      '3 hash duplicate',
      '4 name too_long',
      '4 key unknown_field',
      '6 expiresAt out_of_range',
    ])
    expect(JSON.stringify(body)).not.toContain('secret-by-mistake')
  })

  it.each<[name: string, text: string, string, number, string]>([
    ['empty', '', 'application/x-ndjson', 400, 'validation-error'],
    ['without a key', '{}\n{}', 'application/x-ndjson', 400, 'validation-error'],
    ['with other columns', 'hash,nam\n', 'text/csv', 400, 'validation-error'],
    ['of JSON', '{}', 'application/json', 415, 'unsupported-media-type'],
    ['too large', 'x'.repeat(1_100_000), 'text/csv', 413, 'payload-too-large'],
  ])('%s is refused', async (_name, text, type, status, slug) => {
    const answer = await send(await service.account(), text, { type })
    expect([answer.status, answer.body.type.split('/').at(-1)]).toEqual([status, slug])
  })

  it('is done once per Idempotency-Key', async () => {
    const account = await service.account()
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    const text = JSON.stringify(record(newValue()))
    const first = await send(account, text, { headers })
    const again = await send(account, text, { headers })
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect((await send(account, JSON.stringify(record(newValue())), { headers })).status).toBe(422)
  })

  it('takes an admin', async () => {
    const account = await service.account()
    const { key } = await account.createKey()
    expect((await account.as(key).post('/api-keys/import', {})).status).toBe(403)
  })
})

describe('promise 6: the plan', () => {
  it('holds for concurrent imports and creates, and the errors name the lines', async () => {
    const account = await service.account('pro')
    const files = Array.from({ length: 6 }, () => Array.from({ length: 4 }, () => record(newValue())))
    const [creates, ...imports] = await Promise.all([
      Promise.all(Array.from({ length: 4 }, () => account.post('/api-keys', { name: 'n', type: 'live' }))),
      ...files.map((records) => sendRecords(account, records)),
    ])
    const imported = imports.reduce((sum, { body }) => sum + body.imported, 0)
    const created = creates.filter(({ status }) => status === 201).length
    expect(imported + created + 1).toBe(10)
    const errors = imports.flatMap(({ body }) => body.errors)
    expect(errors.length).toBe(24 - imported)
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['key-limit-reached']))
    expect((await account.get('/account')).body.used.liveKeys).toBe(10)
  })
})

describe('promise 8: a hash that another account has', () => {
  it('is told as one that was deleted is, changes nothing, and of two at once one wins', async () => {
    const [mine, theirs] = await Promise.all([service.account(), service.account()])
    const { key } = await theirs.createKey()
    const deleted = await mine.createKey()
    await mine.post(`/api-keys/${deleted.id}/revoke`)
    await mine.delete(`/api-keys/${deleted.id}`)
    const operatorToken = await service.operatorToken()
    for (const query of ['', '?dryRun=true']) {
      const records = [key, deleted.key, service.serviceToken, operatorToken].map((value) => record(value))
      const { body } = await sendRecords(mine, records, query)
      expect(body).toMatchObject({ imported: 0, failed: 4 })
      const [foreign, ...own] = body.errors.map(({ line: _, ...error }: { line: number }) => error)
      for (const error of own) expect(error).toEqual(foreign)
    }
    expect((await service.server.post('/verify', { key })).body).toMatchObject({
      valid: true,
      accountId: theirs.accountId,
    })

    const shared = Array.from({ length: 5 }, () => record(newValue()))
    const both = await Promise.all([sendRecords(mine, shared), sendRecords(theirs, shared.toReversed())])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(both.reduce((sum, { body }) => sum + body.imported, 0)).toBe(5)
    expect(both.reduce((sum, { body }) => sum + body.failed, 0)).toBe(5)
  })
})

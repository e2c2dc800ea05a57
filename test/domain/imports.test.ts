import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decideImport } from '../../src/domain/imports/decideImport.ts'
import { importRecordOf } from '../../src/domain/imports/importRecord.ts'
import { boundErrors, type ImportRecord } from '../../src/domain/imports/outcome.ts'
import { parseHash } from '../../src/domain/imports/parseHash.ts'
import { formatOf, type ImportFormat, readImport } from '../../src/domain/imports/readImport.ts'
import { digestOf } from '../../src/domain/keys/keyFormat.ts'
import { SEED_PLANS } from '../support/seedPlans.ts'

const now = new Date('2026-11-23T12:00:00Z')
const value = 'sk_old_key with ümlaut'
const sha256 = (encoding: 'hex' | 'base64' | 'base64url') =>
  createHash('sha256').update(value).digest(encoding)
const hash = sha256('hex')

describe('a hash', () => {
  const prefixes = ['', 'sha256:', 'sha256-', 'sha256$', 'SHA256=', 'sha-256:']
  const forms = [
    hash,
    hash.toUpperCase(),
    sha256('base64'),
    sha256('base64').slice(0, 43),
    sha256('base64url'),
  ]
  it.each(prefixes.flatMap((prefix) => forms.map((form) => prefix + form)))('%s', (text) => {
    expect(parseHash(text)).toEqual({ digest: digestOf(value) })
  })

  it.each([
    '',
    'x',
    value,
    hash.slice(1),
    `${hash}0`,
    `${hash}\n`,
    ` ${hash}`,
    `md5:${hash}`,
    `${hash.slice(0, 63)}g`,
    `${'A'.repeat(42)}B`,
    `${sha256('base64')}=`,
    `-_+/${'A'.repeat(39)}`,
  ])('%j is none, and is not repeated', (text) => {
    const answer = JSON.stringify(parseHash(text))
    expect(answer).toMatch(/must be the SHA-256/)
    if (text.length > 3) expect(answer).not.toContain(text)
  })

  it('of the empty text is what an unset variable gives, and is refused', () => {
    expect(parseHash(createHash('sha256').update('').digest('hex'))).toEqual({
      fault: expect.stringMatching(/nothing/),
    })
  })
})

describe('a line', () => {
  const faultsOf = (line: unknown) => {
    const read = importRecordOf(line, 7, now)
    return 'faults' in read ? read.faults.map(({ field, code }) => `${field} ${code}`).join(', ') : 'fine'
  }

  it('has defaults', () => {
    expect(importRecordOf({ hash, name: 'A' }, 7, now)).toEqual({
      record: {
        line: 7,
        digest: digestOf(value),
        name: 'A',
        type: 'live',
        access: 'full',
        permissions: ['renders:write', 'renders:read', 'usage:read'],
        allowedIps: [],
        metadata: {},
        hint: '????',
        expiresAt: null,
        createdAt: null,
      },
    })
  })

  it('is taken as it is, times in UTC, the foreign ID into metadata', () => {
    const fields = {
      type: 'test',
      access: 'admin',
      permissions: ['a:b'],
      allowedIps: ['10.0.0.0/8'],
      hint: 'wxyz',
    }
    const times = { expiresAt: '2027-01-01T01:00:00+01:00', createdAt: '2019-01-01T00:00:00Z' }
    const line = { hash, name: 'A', ...fields, ...times, metadata: { a: [1] }, externalId: 'k-1' }
    expect(importRecordOf(line, 1, now)).toMatchObject({
      record: {
        ...fields,
        expiresAt: '2027-01-01T00:00:00.000Z',
        createdAt: '2019-01-01T00:00:00.000Z',
        metadata: { a: [1], externalId: 'k-1' },
      },
    })
  })

  it('may have null for what it has not', () => {
    const nulls = [
      'type',
      'access',
      'permissions',
      'allowedIps',
      'expiresAt',
      'metadata',
      'hint',
      'createdAt',
    ]
    expect(faultsOf({ hash, name: 'A', ...Object.fromEntries(nulls.map((name) => [name, null])) })).toBe(
      'fine',
    )
  })

  it.each<[unknown, string]>([
    [[], 'line invalid_type'],
    ['text', 'line invalid_type'],
    [null, 'line invalid_type'],
    [{}, 'hash required, name required'],
    [{ hash, name: '' }, 'name out_of_range'],
    [{ hash, name: 'x'.repeat(101) }, 'name too_long'],
    [{ hash: 'x', name: 'A' }, 'hash invalid_format'],
    [{ hash: 1, name: 'A' }, 'hash invalid_type'],
    [{ hash: 'x'.repeat(129), name: 'A' }, 'hash too_long'],
    [{ hash, name: 'A', type: 'prod' }, 'type invalid_format'],
    [{ hash, name: 'A', access: 'root' }, 'access invalid_format'],
    [{ hash, name: 'A', permissions: ['x'] }, 'permissions[0] invalid_format'],
    [{ hash, name: 'A', permissions: ['keys:manage'] }, 'permissions[0] out_of_range'],
    [{ hash, name: 'A', allowedIps: ['10/8'] }, 'allowedIps[0] invalid_format'],
    [{ hash, name: 'A', expiresAt: '2026-11-23T12:00:00Z' }, 'expiresAt out_of_range'],
    [{ hash, name: 'A', expiresAt: 'soon' }, 'expiresAt invalid_format'],
    [{ hash, name: 'A', createdAt: '2026-11-23T12:00:01Z' }, 'createdAt out_of_range'],
    // Postgres has no year 0: each of these would be a command that no worker can ever apply.
    [{ hash, name: 'A', createdAt: '0000-01-01T00:00:00Z' }, 'createdAt invalid_format'],
    [{ hash, name: 'A', createdAt: '0001-01-01T00:00:00+14:00' }, 'createdAt invalid_format'],
    [{ hash, name: 'A', createdAt: '1969-12-31T23:59:59Z' }, 'createdAt invalid_format'],
    [{ hash, name: 'A', createdAt: '1970-01-01T00:00:00Z' }, 'fine'],
    [{ hash, name: 'A', hint: 'whole-key' }, 'hint invalid_format'],
    [{ hash, name: 'A', metadata: { a: '\0' } }, 'metadata.a invalid_format'],
    [{ hash, name: 'A', metadata: { externalId: 1 }, externalId: '2' }, 'externalId invalid_format'],
    [{ hash, name: 'A', key: 'sk_1' }, 'key unknown_field'],
    [
      { hash: 'x', name: 'A', permissions: ['keys:manage'], expiresAt: '2020-01-01T00:00:00Z' },
      'hash invalid_format, permissions[0] out_of_range, expiresAt out_of_range',
    ],
  ])('%j: %s', (line, faults) => {
    expect(faultsOf(line)).toBe(faults)
  })
})

describe('a file', () => {
  const other = (digit: string) => `${hash.slice(0, 63)}${digit === hash[63] ? 'e' : digit}`
  async function read(text: string | string[], format: ImportFormat) {
    const lines: [number, string][] = []
    for await (const line of readImport([text].flat(), format, now)) {
      const told =
        'record' in line ? line.record.name : line.faults.map(({ field, code }) => `${field} ${code}`).join()
      lines.push([line.line, told])
    }
    return lines
  }

  it('of JSON lines: one bad line does not stop the others, whatever its pieces', async () => {
    const text = `\uFEFF{"hash":"${hash}","name":"a"}\r\n\n{\n{"hash":"${hash}","name":"again"}\n{"hash":"${other('1')}","name":"ü"}`
    const expected = [
      [1, 'a'],
      [3, 'line invalid_format'],
      [4, 'hash duplicate'],
      [5, 'ü'],
    ]
    expect(await read(text, 'jsonl')).toEqual(expected)
    expect(await read(text.split(''), 'jsonl')).toEqual(expected)
    expect(await read(['x'.repeat(40_000), `\n{"hash":"${hash}","name":"a"}\n`], 'jsonl')).toEqual([
      [1, 'line too_long'],
      [2, 'a'],
    ])
  })

  it('of CSV: quotes, line breaks, lists and JSON in cells, and bad lines between', async () => {
    const rows = [
      'name,hash,permissions,allowedIps,metadata',
      `"a, ""b""",${hash},renders:read usage:read,10.0.0.1 10.0.0.0/8,"{""team"": ""x""}"`,
      '',
      `short,${other('1')}`,
      `bad"quote,${other('2')},,,`,
      `json,${other('3')},"[""a:b""]",,{`,
      `"a\nb",${other('4')},,,`,
      `last,${other('5')},"[""a:b""]",,`,
    ]
    for (const end of ['\r\n', '\n']) {
      const text = rows.join(end)
      const expected = [
        [2, 'a, "b"'],
        [4, 'line invalid_format'],
        [5, 'line invalid_format'],
        [6, 'metadata invalid_format'],
        [7, 'name invalid_format'],
        [9, 'last'],
      ]
      expect(await read(text, 'csv')).toEqual(expected)
      expect(await read(text.split(''), 'csv')).toEqual(expected)
    }
  })

  it.each([
    ['', /Line 1: .*names its columns/],
    [`${hash},a`, /must name the columns/],
    ['sk_live_a_secret,name\n', /must name the columns/],
    ['hash,name,key', /There is no column "key"/],
    ['hash,name,hash', /"hash" is there twice/],
    ['hash,type', /"name" is missing/],
    [`hash,name\n${hash},"open\n`, /A quote is opened and not closed/],
    [`hash,name\n${hash},"${'x'.repeat(40_000)}`, /A quote is opened and not closed/],
  ])('of CSV that cannot be read as a whole: %j', async (text, message) => {
    const failure = await read(text, 'csv').catch((error) => error)
    expect(failure).toMatchObject({
      code: 'validation-error',
      details: { detail: expect.stringMatching(message) },
    })
    expect(JSON.stringify(failure.details)).not.toContain('sk_live')
  })

  it('tells its format by its beginning', () => {
    expect(['{"a":1}', '\uFEFF\n {', '[', 'hash,name', ''].map(formatOf)).toEqual([
      'jsonl',
      'jsonl',
      'jsonl',
      'csv',
      'csv',
    ])
  })
})

describe('promise 6: what is imported', () => {
  const record = (line: number, type: 'live' | 'test' = 'live') =>
    ({ line, type, digest: `d${line}` }) as ImportRecord
  const free = { plan: 'free', limits: SEED_PLANS.free, used: { live: 1, test: 0 } } as const

  it('is what there is room for, first come first served; the rest is told by line', () => {
    const records = [record(1), record(2), record(3), record(4, 'test'), record(5), record(6)]
    const known = { own: new Set(['d1']), taken: new Set(['d2']) }
    const { take, unchanged, errors } = decideImport(records, known, free)
    expect(take.map(({ line }) => line)).toEqual([3, 4])
    expect(unchanged).toBe(1)
    expect(errors.map(({ line, code }) => [line, code])).toEqual([
      [2, 'hash-not-importable'],
      [5, 'key-limit-reached'],
      [6, 'key-limit-reached'],
    ])
  })

  it('errors are listed by line up to a hundred, and counted', () => {
    const errors = Array.from({ length: 150 }, (_, index) => ({
      line: 150 - index,
      field: 'hash',
      message: 'm',
      code: 'duplicate' as const,
    }))
    const bounded = boundErrors(errors, 7)
    expect(bounded.errors.map(({ line }) => line)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    )
    expect(bounded.furtherErrors).toBe(57)
  })
})

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CellFault, readTime } from '../../src/domain/imports/csvCells.ts'
import { decoderFor } from '../../src/domain/imports/decodeText.ts'
import { importRecordOf } from '../../src/domain/imports/importRecord.ts'
import { readImport } from '../../src/domain/imports/readImport.ts'
import { readWhole } from '../../src/domain/imports/readWhole.ts'

const now = new Date('2026-11-23T12:00:00Z')
const hash = (value: string) => createHash('sha256').update(value).digest('hex')

async function read(text: string) {
  for (const pieces of [[text], text.split('')]) {
    const lines = []
    for await (const line of readImport(pieces, 'csv', now))
      lines.push(
        'record' in line
          ? [line.line, line.record.name, line.record.allowedIps.join(' ')]
          : [line.line, line.faults.map(({ field, code }) => `${field} ${code}`).join(', ')],
      )
    if (pieces.length > 1) return lines
  }
}

describe('a CSV of a spreadsheet', () => {
  // A name has no tabs, in quotes or not.
  const inside = (delimiter: string) => (delimiter === '\t' ? '' : delimiter)
  const rows = (delimiter: string) => [
    ['name', 'hash', 'allowedIps'].join(delimiter),
    [`"Büro${inside(delimiter)} ""A"""`, hash('a'), '10.0.0.1 10.0.0.2'].join(delimiter),
    ['', '', ''].join(delimiter),
    ['B', hash('b'), ''].join(delimiter),
  ]
  const expected = (delimiter: string, first = 1) => [
    [first + 1, `Büro${inside(delimiter)} "A"`, '10.0.0.1 10.0.0.2'],
    [first + 3, 'B', ''],
  ]

  it.each([',', ';', '\t', '|'])(
    'is separated by %j, with any line break, and passes over empty rows',
    async (one) => {
      for (const end of ['\n', '\r\n'])
        for (const before of ['', '\uFEFF', `\uFEFFsep=${one}${end}`, `sep=${one}${end}`]) {
          const text = before + rows(one).join(end) + end
          expect(await read(text)).toEqual(expected(one, before.includes('sep') ? 2 : 1))
        }
    },
  )

  it('names its columns in any case, and may have empty ones at the end', async () => {
    const text = `Name;Hash;Allowed IPs;;\nA;${hash('a')};"10.0.0.1;10.0.0.2";;\nB;${hash('b')};;;x\n`
    expect(await read(text)).toEqual([
      [2, 'A', '10.0.0.1 10.0.0.2'],
      [3, 'line invalid_format'],
    ])
  })

  it('writes words, nothing and times in its own way', async () => {
    const text = [
      'name;hash;type;access;createdAt;expiresAt;hint',
      `A;${hash('a')};Test;Read only;31.12.2019 13:45;2027/01/31;NULL`,
    ].join('\r\n')
    const [line] = await Array.fromAsync(readImport([text], 'csv', now))
    expect(line).toMatchObject({
      record: {
        ...{ type: 'test', access: 'read_only', hint: '????' },
        ...{ createdAt: '2019-12-31T13:45:00.000Z', expiresAt: '2027-01-31T00:00:00.000Z' },
      },
    })
  })

  it('is refused by line and column where a date can be read in two ways', async () => {
    expect(await read(`name;hash;createdAt\nA;${hash('a')};03/04/2019\n`)).toEqual([
      [2, 'createdAt invalid_format'],
    ])
  })
})

describe('a time in a cell', () => {
  it.each([
    ['2019-05-01T12:00:00+02:00', '2019-05-01T10:00:00.000Z'],
    ['2019-05-01 12:00', '2019-05-01T12:00:00.000Z'],
    ['2019-05-01', '2019-05-01T00:00:00.000Z'],
    ['2019/5/1 9:05:07', '2019-05-01T09:05:07.000Z'],
    ['1.5.2019', '2019-05-01T00:00:00.000Z'],
    ['01.05.2019 23:59:59 +0200', '2019-05-01T21:59:59.000Z'],
    ['12/31/2019 1:45 PM', '2019-12-31T13:45:00.000Z'],
    ['31/12/2019 12:00 am', '2019-12-31T00:00:00.000Z'],
    ['05/05/2019', '2019-05-05T00:00:00.000Z'],
    ['31-12-2019', '2019-12-31T00:00:00.000Z'],
  ])('%s is %s', (cell, instant) => expect(readTime(cell)).toBe(instant))

  it.each([
    '03/04/2019',
    '3-4-2019 10:00',
    '31.13.2019',
    '2019-02-30',
    '2019-01-01 25:00',
    '32/12/2019',
    '13:00 2019',
  ])('%s is none', (cell) => {
    try {
      expect(readTime(cell)).toBe(cell)
    } catch (error) {
      expect(error).toBeInstanceOf(CellFault)
    }
  })
})

describe('a file’s bytes', () => {
  const text = 'name;hash\r\nBüro €;x'
  const le = Buffer.from(text, 'utf16le')
  it.each<[string, Buffer, 'windows-1252' | undefined, string]>([
    ['UTF-8', Buffer.from(text), undefined, text],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), undefined, text],
    ['UTF-16, little end first', Buffer.concat([Buffer.from([0xff, 0xfe]), le]), undefined, text],
    [
      'UTF-16, big end first',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(le).swap16()]),
      undefined,
      text,
    ],
    ['Windows-1252, named', Buffer.from([0x42, 0xfc, 0x80]), 'windows-1252', 'Bü€'],
  ])('in %s are text', (_name, bytes, named, expected) => {
    expect(decoderFor(bytes, named)(bytes, false)).toBe(expected)
    const decode = decoderFor(bytes, named)
    const parts = [...bytes].map((byte) => decode(Uint8Array.of(byte), true))
    expect(parts.join('') + decode(new Uint8Array(), false)).toBe(expected)
  })

  it('that are not UTF-8 are refused, and the message says what to do', () => {
    const bytes = Buffer.from([0x42, 0xfc])
    expect(() => decoderFor(bytes)(bytes, false)).toThrow(/not valid UTF-8.*name its encoding/)
  })
})

it.each([
  ...[
    'undefined',
    'null',
    'NaN',
    'test',
    'TEST',
    'changeme',
    'change-me',
    'YOUR_API_KEY',
    'your-api-key',
    'yourApiKey',
  ],
  ...[
    '<YOUR_API_KEY>',
    '{{api_key}}',
    '%API_KEY%',
    'Bearer undefined',
    'xxxxxxxx',
    '********',
    '[object Object]',
  ],
])('a placeholder, %s, is nobody’s key', (value) => {
  expect(importRecordOf({ hash: hash(value), name: 'A' }, 1, now)).toEqual({
    faults: [{ field: 'hash', code: 'invalid_format', message: expect.stringMatching(/placeholder/) }],
  })
})

it('a file of faults is read no further than told, and says how many lines are left', async () => {
  const text = `${JSON.stringify({ hash: hash('a'), name: 'A' })}\n${'{}\n'.repeat(999)}`
  const source = readImport([text], 'jsonl', now)
  const failure = await readWhole(source, { maxFailed: 500, lines: 1_000 }).catch((error) => error)
  expect(failure).toMatchObject({
    code: 'validation-error',
    details: {
      detail: expect.stringMatching(/^501 lines .* 498 more lines/),
      unreadLines: 498,
      furtherErrors: 902,
    },
  })
  expect(failure.details.errors).toHaveLength(100)
})

import { describe, expect, it } from 'vitest'
import {
  type Backup,
  backupId,
  backupIsDue,
  checkIsDue,
  decidePruning,
  instantOf,
  lastDue,
} from '../../src/domain/backups/backupRules.ts'
import { differencesOf } from '../../src/domain/backups/manifest.ts'
import { libpqEnv } from '../../src/platform/backup/pgTool.ts'

const at = (text: string) => new Date(`2026-11-${text}Z`)
const backup = (startedAt: Date, more: Partial<Backup> = {}): Backup => ({
  ...{ id: backupId(startedAt, '0.3.0', 18), startedAt, finishedAt: startedAt, host: 'h', bytes: 1 },
  ...{ failure: null, checkedAt: null, checkFailure: null, ...more },
})

describe('a backup is due', () => {
  it.each([
    ['at its time of day', '27T02:00', '27T02:00'],
    ['until then, since the day before', '27T01:59', '26T02:00'],
    ['over midnight', '27T23:59', '27T02:00'],
  ])('%s', (_when, now, expected) => {
    expect(lastDue('02:00', at(`${now}:00`))).toEqual(at(`${expected}:00`))
  })

  it.each([
    ['there is none', [], true],
    ['the last one is of the day before', [backup(at('26T02:00:10'))], true],
    ['there is one since', [backup(at('27T02:00:10'))], false],
    ['the one since has failed a while ago', [backup(at('27T02:00:10'), { failure: 'x' })], true],
    ['one has failed just now', [backup(at('27T02:50:00'), { failure: 'x' })], false],
    ['one is running', [backup(at('27T02:50:00'), { finishedAt: null })], false],
    ['one never ended', [backup(at('27T02:20:00'), { finishedAt: null })], true],
  ])('when %s: %s', (_when, backups, expected) => {
    expect(backupIsDue(backups, '02:00', at('27T03:00:00'))).toBe(expected)
  })

  it.each([
    ['nothing was backed up', [], 7, false],
    ['nothing was restored', [backup(at('27T02:00:00'))], 7, true],
    ['nothing was restored, and none is wanted', [backup(at('27T02:00:00'))], 0, false],
    [
      'one was restored within the week',
      [backup(at('21T02:00:00'), { checkedAt: at('21T04:00:00') })],
      7,
      false,
    ],
    [
      'one was restored eight days ago',
      [backup(at('19T02:00:00'), { checkedAt: at('19T02:30:00') })],
      7,
      true,
    ],
    [
      'restoring failed just now',
      [backup(at('27T02:00:00'), { checkedAt: at('27T02:30:00'), checkFailure: 'x' })],
      7,
      false,
    ],
    [
      'restoring failed yesterday',
      [backup(at('26T02:00:00'), { checkedAt: at('26T02:30:00'), checkFailure: 'x' })],
      7,
      true,
    ],
  ])('for restoring, when %s', (_when, backups, days, expected) => {
    expect(checkIsDue(backups, days, at('27T03:00:00'))).toBe(expected)
  })
})

describe('pruning', () => {
  const ids = ['01', '02', '03', '20', '27'].map((day) => backupId(at(`${day}T02:00:00`), '0.3.0', 18))
  const of = (days: string[]) => days.map((day) => backupId(at(`${day}T02:00:00`), '0.3.0', 18))
  it.each([
    ['the old ones', [], 14, '27T03:00:00', ['01', '02', '03']],
    ['but not the newest that was restored', ['01', '02'], 14, '27T03:00:00', ['01', '03']],
    ['none that is young enough', [], 30, '27T03:00:00', []],
    ['never the newest, however old', [], 1, '30T03:00:00', ['01', '02', '03', '20']],
  ])('takes %s', (_what, proven, keep, now, gone) => {
    expect(decidePruning(ids, new Set(of(proven)), keep, at(now))).toEqual(of(gone))
  })

  it('takes nothing whose name is not a backup’s', () => {
    const strangers = [
      'keys-old',
      '../keys-2026-11-01T020000Z',
      'keys-2026-11-01T020000Z.dump',
      `${ids[0]}/..`,
    ]
    expect(decidePruning([...strangers, ...ids], new Set(), 1, at('30T00:00:00'))).toEqual(ids.slice(0, -1))
    expect(instantOf(ids[0] ?? '')).toEqual(at('01T02:00:00'))
  })

  it('knows the names of releases that wrote no versions, which sort among the others', () => {
    const former = 'keys-2026-11-02T020000Z'
    expect(instantOf(former)).toEqual(at('02T02:00:00'))
    expect(decidePruning([former, ...ids], new Set(), 14, at('27T03:00:00'))).toEqual([
      ids[0],
      former,
      ids[1],
      ids[2],
    ])
  })
})

it('a comparison names each table that differs, and how', () => {
  const before = {
    a: { rows: '1', digest: '5' },
    b: { rows: '2', digest: '6' },
    c: { rows: '0', digest: '0' },
  }
  expect(differencesOf(before, before)).toEqual([])
  const after = {
    a: { rows: '1', digest: '7' },
    b: { rows: '1', digest: '6' },
    d: { rows: '0', digest: '0' },
  }
  expect(differencesOf(before, after)).toEqual([
    'a has other values',
    'b has 1 rows instead of 2',
    'c is missing',
    'd was not backed up',
  ])
})

it.each([
  [
    'postgres://me:s%40crt@db.example.com/keys?sslmode=verify-full',
    {
      PGHOST: 'db.example.com',
      PGPORT: '5432',
      PGPASSWORD: 's@crt',
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: 'system',
    },
  ],
  [
    'postgres://me@[::1]:6543/keys?sslmode=no-verify',
    { PGHOST: '::1', PGPORT: '6543', PGSSLMODE: 'require' },
  ],
  ['postgres://me@localhost/keys?host=/run/postgresql', { PGHOST: '/run/postgresql', PGUSER: 'me' }],
])('%s is read as the programs of Postgres take it', (url, expected) => {
  expect(libpqEnv(url)).toMatchObject({ PGDATABASE: 'keys', ...expected })
  expect(libpqEnv(url, 'other').PGDATABASE).toBe('other')
})

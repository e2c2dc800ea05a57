import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

/** migrations/README.md has the rules in words. */
const FIRST_RELEASE = 'Migration20261123040000'

/** Statements that break a process of the release before, or stop it for as long as they run. */
const FORBIDDEN: [string, RegExp][] = [
  ['drops what the old release reads', /\bdrop\s+(table|column|view|type|function|aggregate)\b/],
  ['renames what the old release reads', /\brename\s+(to|column|constraint)\b/],
  ['changes a type: rewrites the table', /\balter\s+(column\s+)?\w+\s+(set\s+data\s+)?type\b/],
  ['demands what the old release does not write', /\bset\s+not\s+null\b/],
  ['changes the key that the old release upserts by', /\b(add|drop)\s+(constraint\s+\w+\s+)?primary\s+key\b/],
  ['takes a default away', /\bdrop\s+default\b/],
  ['truncates', /\btruncate\b/],
]

type Script = { name: string; up: string; isTransactional: boolean }

const scripts: Script[] = readdirSync(join(root, 'migrations'))
  .filter((name) => name.endsWith('.ts') && name > `${FIRST_RELEASE}~`)
  .map((name) => {
    const text = readFileSync(join(root, 'migrations', name), 'utf8')
    const isTransactional = !/isTransactional\(\)[^}]*return false/s.test(text)
    const [up = ''] = text.split(/override down\(/)
    return { name, up: up.toLowerCase(), isTransactional }
  })

/** What is wrong with a migration. A table that it creates itself is nobody's yet. */
function faultsOf({ up, isTransactional }: Script): string[] {
  const created = new Set(
    [...up.matchAll(/create table (?:if not exists )?(\w+)/g)].map(([, table]) => table),
  )
  const statements = up.split(/;|`/).map((statement) => statement.trim())
  const faults = statements.flatMap((statement) => {
    const table = /alter table (?:only )?(?:if exists )?(\w+)/.exec(statement)?.[1]
    if (table && created.has(table)) return []
    return FORBIDDEN.filter(([, pattern]) => pattern.test(statement)).map(([why]) => `${why}: ${statement}`)
  })
  for (const [whole, on] of up.matchAll(
    /create (?:unique )?index (?!concurrently)[^;`]*? on (?:only )?(\w+)[^;`]*/g,
  ))
    if (!created.has(on)) faults.push(`blocks writes while it builds, unless concurrently: ${whole}`)
  for (const [whole, table] of up.matchAll(/add column [^;`]*not null(?![^,;`]*default)[^,;`]*/g))
    faults.push(`demands a column that the old release does not write: ${whole || table}`)
  const altered = [...up.matchAll(/alter table (?:only )?(?:if exists )?(\w+)/g)].some(
    ([, table]) => !created.has(table),
  )
  if (altered && !/set (local )?lock_timeout/.test(up))
    faults.push('alters a table in use without a lock_timeout')
  if (/concurrently/.test(up) && isTransactional) faults.push('builds concurrently inside a transaction')
  return faults
}

describe('a migration lets the release before go on working', () => {
  it.each(scripts.map((script) => [script.name, script] as const))('%s', (_name, script) => {
    expect(faultsOf(script)).toEqual([])
  })
})

describe('the check finds', () => {
  it.each([
    ['set local lock_timeout = 1; alter table api_key drop column hint'],
    ['set local lock_timeout = 1; alter table api_key rename column hint to tail'],
    ['set local lock_timeout = 1; alter table api_key alter column version type bigint'],
    ['set local lock_timeout = 1; alter table api_key add column x text not null'],
    ['set local lock_timeout = 1; alter table quota_day drop constraint quota_day_pkey, add primary key (a)'],
    ['alter table api_key add column x text'],
    ['create index x on api_key (hint)'],
    ['create unique index x on api_key (hint)'],
    ['create index concurrently x on api_key (hint)'],
    ['drop table api_key'],
  ])('%s', (up) => {
    expect(faultsOf({ name: 'x', up, isTransactional: true })).toHaveLength(1)
  })

  it('nothing in a new table, a column with a default, an index built concurrently', () => {
    const up = `set local lock_timeout = '5s'; alter table api_key add column x integer not null default 0;
      create table fresh (id text primary key); create index fresh_id on fresh (id); alter table fresh drop column id`
    expect(faultsOf({ name: 'x', up, isTransactional: true })).toEqual([])
    const index = 'create index concurrently x on api_key (hint)'
    expect(faultsOf({ name: 'x', up: index, isTransactional: false })).toEqual([])
  })
})

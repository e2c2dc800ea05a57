import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { readEnv } from '../../src/platform/env.ts'

const page = await readFile(join(root, 'docs/operating.md'), 'utf8')
const defaults: Record<string, unknown> = readEnv({
  DATABASE_URL: 'postgres://localhost/keys',
  REDIS_URL: 'redis://localhost',
  SECRETS_KEY: Buffer.alloc(32).toString('base64'),
})

type Row = { what: string; value: string; setting: string; then: string }

/** The rows of the table under a heading. */
function rowsOf(title: string): Row[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((line) => {
    const [what = '', value = '', setting = '', then = '', ...rest] = line
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim())
    expect(rest, line).toEqual([])
    return { what, value, setting: setting.replaceAll('`', ''), then }
  })
}

const rows = [...rowsOf('Time-outs'), ...rowsOf('Limits')]

/** `10000` of a setting in milliseconds is `10 s` on the page. */
function textOf(name: string, value: number): string {
  if (name.endsWith('_MS')) return value % 3_600_000 === 0 ? `${value / 3_600_000} h` : `${value / 1_000} s`
  return `${new Intl.NumberFormat('en').format(value)}${name.endsWith('_DAYS') ? ' days' : ''}`
}

/** A setting whose default is a number bounds something, unless it is where a process listens. */
const bounds = Object.entries(defaults).filter(
  (entry): entry is [string, number] => typeof entry[1] === 'number' && !entry[0].endsWith('PORT'),
)

it('every row says what, how much, and what happens then', () => {
  expect(rows.length).toBeGreaterThan(70)
  for (const row of rows) expect(Object.values({ ...row, setting: '-' }), row.what).not.toContain('')
  const names = rows.map(({ what }) => what)
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([])
})

it.each(bounds)('%s is in the tables of time-outs and limits, with its default', (name, value) => {
  const values = rows.filter(({ setting }) => setting === name).map((row) => row.value)
  expect(values).toContain(textOf(name, value))
})

it('the tables name settings that there are', () => {
  const named = rows.map(({ setting }) => setting).filter((setting) => setting !== '')
  expect(named.length).toBeGreaterThanOrEqual(bounds.length)
  for (const name of named) expect(bounds.map(([one]) => one)).toContain(name)
})

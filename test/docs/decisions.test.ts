import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

const folder = join(root, 'docs/decisions')
const read = (name: string) => readFile(join(folder, name), 'utf8')
const HEAD = /^# (\d+)\. (.+)\n\n(\d{4}-\d\d-\d\d), (accepted|superseded by \[\d+\]\([\w-]+\.md\))\.\n/

const names = (await readdir(folder)).filter((name) => name !== 'README.md')
const decisions = await Promise.all(
  names.map(async (name) => {
    const [, number, title, date = '', status] = HEAD.exec(await read(name)) ?? []
    return { name, number: Number(number), title, date, status }
  }),
)
decisions.sort((one, other) => one.number - other.number)

it.each(decisions)('docs/decisions/$name begins with its number, title, date and status', ({ status }) => {
  expect(status).toBeDefined()
})

it('decisions are numbered from 1 in the order of their dates', () => {
  expect(decisions.map(({ number }) => number)).toEqual(decisions.map((_, place) => place + 1))
  expect(decisions.map(({ date }) => date)).toEqual(decisions.map(({ date }) => date).toSorted())
})

it('the index lists every decision with the same number, title, date and status', async () => {
  const rows = (await read('README.md')).split('\n').filter((line) => /^\| +\d/.test(line))
  expect(rows.map((row) => row.split('|').map((cell) => cell.trim()))).toEqual(
    decisions.map(({ name, number, title, date, status }) => [
      '',
      String(number),
      `[${title}](${name})`,
      date,
      status,
      '',
    ]),
  )
})

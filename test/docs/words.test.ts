import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

const BANNED = [
  'anew',
  'unless told',
  'leads? elsewhere',
  'in force',
  'the former one',
  'there is no way',
  'how manieth',
  'is told',
  'are told',
  'was told',
  'were told',
  'be told',
]
const WORDS = new RegExp(`\\b(?:${BANNED.join('|').replaceAll(' ', '[\\s*/]+')})\\b`, 'gi')

async function* files(...patterns: string[]): AsyncGenerator<[string, string]> {
  for await (const name of glob(patterns, {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(path),
  }))
    yield [name, await readFile(join(root, name), 'utf8')]
}

it('texts and comments have no phrase that CONTRIBUTING.md bans', async () => {
  const found: string[] = []
  const all = files(
    '*.md',
    'docs/**/*.md',
    'src/**/*.{ts,tsx,lua,md}',
    'examples/**/*.{ts,md}',
    'packages/**/*.{ts,md}',
    'clients/**/*.{py,md}',
    'bench/**/*.{ts,md}',
    'bin/**/{*.sh,dev,keys,test}',
  )
  for await (const [name, text] of all)
    for (const { 0: phrase, index } of text.matchAll(WORDS))
      found.push(`${name}:${text.slice(0, index).split('\n').length}: ${phrase}`)
  expect(found).toEqual([])
})

const isGenerated = (name: string) => /\.d\.ts$|^packages\/client\/(calls|schema)\.ts$/.test(name)

it('no comment is wider than 120 columns', async () => {
  const wide: string[] = []
  for await (const [name, text] of files(
    '{src,test,bench,examples,packages,bin,clients,deploy}/**/*.{ts,tsx,lua,sh,py}',
  ))
    for (const [place, line] of text.split('\n').entries())
      if (line.length > 120 && /^\s*(\*|\/\/|\/\*\*|--|#) /.test(line) && !isGenerated(name))
        wide.push(`${name}:${place + 1}`)
  expect(wide).toEqual([])
})

it('the glossary has each word once', async () => {
  const page = await readFile(join(root, 'docs/concepts.md'), 'utf8')
  const words = [...page.matchAll(/^\| \*\*(.+?)\*\*/gm)].flatMap(([, cell = '']) => cell.split(', '))
  expect(words.length).toBeGreaterThan(50)
  expect(words.filter((word, place) => words.indexOf(word) !== place)).toEqual([])
})

it('the code uses the words of the code', async () => {
  const page = await readFile(join(root, 'docs/concepts.md'), 'utf8')
  const section = page.split(/^## /m).find((part) => part.startsWith('Words of the code')) ?? ''
  const words = [...section.matchAll(/^\| \*\*(.+?)\*\*/gm)].map(([, word = '']) => word)
  expect(words).toContain('claim')
  let code = ''
  for await (const [, text] of files('src/{api,domain,platform,region,verifier,workers}/**/*.{ts,lua}'))
    code += text.toLowerCase()
  const missing = words.filter((word) => !new RegExp(`${word.replace(' ', '[- ]?')}`).test(code))
  expect(missing).toEqual([])
})

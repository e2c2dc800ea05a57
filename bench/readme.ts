import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../src/dev/dataDir.ts'

const README = join(root, 'bench/README.md')

/** Puts results in their place in bench/README.md, between its two marks. */
export async function writeIntoReadme(name: string, markdown: string): Promise<void> {
  const text = await readFile(README, 'utf8')
  const { from, to } = placeOf(name, text)
  await writeFile(README, `${text.slice(0, from)}\n\n${markdown}\n\n${text.slice(to)}`)
}

/** What bench/README.md shows of a name. */
export async function readFromReadme(name: string): Promise<string> {
  const text = await readFile(README, 'utf8')
  const { from, to } = placeOf(name, text)
  return text.slice(from, to).trim()
}

function placeOf(name: string, text: string): { from: number; to: number } {
  const [start, end] = [`<!-- results: ${name} -->`, `<!-- end of results: ${name} -->`]
  const [at, to] = [text.indexOf(start), text.indexOf(end)]
  if (at < 0 || to < at) throw new Error(`bench/README.md has no marks ${start} and ${end}`)
  return { from: at + start.length, to }
}

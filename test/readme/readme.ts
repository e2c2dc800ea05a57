import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'

/** `title`: the file that the block is the content of. */
export type Block = { language: string; title: string | undefined; text: string }

/**
 * A section of README.md: what is under `## title`, up to the next heading of that level. Throws where there is none.
 */
export async function readmeSection(title: string): Promise<string> {
  const text = await readFile(join(root, 'README.md'), 'utf8')
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`))
  if (section === undefined) throw new Error(`README.md has no section "${title}"`)
  return section
}

/** The fenced blocks of a text, in order. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w+)(?: title="([\w.]+)")?\n(.*?)^```$/gms)].map(
    ([, language = '', title, inner = '']) => ({ language, title, text: inner }),
  )
}

/** The rows of the table whose first column is called `variable`, the place of that table among such counted from 0. */
export function variablesOf(text: string, place: number): { name: string; fallback: string }[] {
  const table = text.split(/^\| variable /m)[place + 1]?.split(/^$/m, 1)[0] ?? ''
  return [...table.matchAll(/^\| `([A-Z_]+)` *\| *(.*?) *\|/gm)].map(([, name = '', fallback = '']) => ({
    name,
    fallback: fallback.replaceAll('`', ''),
  }))
}

/** The paths that an annotated tree names: two spaces of indentation per folder, two or more before the annotation. */
export function pathsOf(tree: string): string[] {
  const folders: string[] = []
  return tree
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const depth = (line.length - line.trimStart().length) / 2
      const name = line.trim().split(/ {2,}/, 1)[0] ?? ''
      folders.splice(depth, folders.length, name)
      return folders.join('')
    })
}

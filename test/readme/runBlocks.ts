import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { blocksOf } from './readme.ts'

type Step = { script: string; shown: string | undefined }

/** Each bash block of a text with the text block that shows what it prints, if there is one. */
function stepsOf(text: string): Step[] {
  const blocks = blocksOf(text)
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== 'bash') return []
    const next = blocks[index + 1]
    return [{ script: text, shown: next?.language === 'text' ? next.text : undefined }]
  })
}

/** How long the commands of a page may take, in ms. Then whatever they have started is ended. */
const BOUND_MS = 90_000

/** Runs a script as a reader would, from one shell to its end. */
function run(
  script: string,
  folder: string,
  env: Record<string, string>,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    // A page may wait for a program of its own that has failed.
    const bound = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), BOUND_MS)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    child.once('error', reject)
    child.once('close', (status) => {
      clearTimeout(bound)
      resolve({ status, output })
    })
  })
}

/** What a shown output promises: the text, white space apart, with `…` for what differs each time. */
function pattern(shown: string): RegExp {
  const parts = words(shown)
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('\\S+?')}$`)
}

const words = (text: string) => text.trim().split(/\s+/).join(' ')

/**
 * Runs the commands of a text as written, in one shell and folder, where its titled blocks are files, and expects
 * that they print what it shows. Returns how many blocks of commands there were.
 */
export async function expectTranscript(
  text: string,
  folder: string,
  env: Record<string, string>,
): Promise<number> {
  for (const { title, text: content } of blocksOf(text))
    if (title) await writeFile(join(folder, title), content)
  const steps = stepsOf(text)
  const boundary = 'end of a block of the README'
  const script = steps.map((step) => `${step.script}\necho '${boundary}'\n`).join('')
  const { status, output } = await run(script, folder, env)
  expect({ status, output }).toMatchObject({ status: 0 })
  const printed = output.split(boundary)
  steps.forEach(({ script: block, shown = '' }, index) => {
    expect(words(printed[index] ?? ''), block).toMatch(pattern(shown))
  })
  return steps.length
}

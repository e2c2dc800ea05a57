import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { type RenderApi, startRenderApi } from '../support/startRenderApi.ts'
import { type Service, startService } from '../support/startService.ts'
import { blocksOf, readmeSection } from './readme.ts'

let service: Service
let example: RenderApi
let folder: string
beforeAll(async () => {
  await awayFromMidnight()
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-readme-'))
  service = await startService()
  example = await startRenderApi(service)
})
afterAll(async () => {
  await example?.stop()
  await service?.stop()
  await rm(folder, { recursive: true, force: true })
})

type Step = { script: string; shown: string | undefined }

/** Each bash block with the text block that shows what it prints, if there is one. */
async function steps(): Promise<Step[]> {
  const blocks = blocksOf(await readmeSection("A key's life, by curl"))
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== 'bash') return []
    const next = blocks[index + 1]
    return [{ script: text, shown: next?.language === 'text' ? next.text : undefined }]
  })
}

/** Runs a script as a reader would, from one shell to its end. */
function run(
  script: string,
  env: Record<string, string>,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
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

it('the commands of the README run as written and print what it shows', async () => {
  const account = await service.account('pro')
  const parts = await steps()
  expect(parts.length).toBeGreaterThan(8)
  const boundary = 'end of a block of the README'
  const script = parts.map((part) => `${part.script}\necho '${boundary}'\n`).join('')
  const { status, output } = await run(script, {
    API_URL: service.url,
    ADMIN_KEY: account.adminKey,
    SERVICE_TOKEN: service.serviceToken,
    RENDER_URL: example.url,
  })
  expect({ status, output }).toMatchObject({ status: 0 })
  const printed = output.split(boundary)
  expect((await account.get('/api-keys')).body.apiKeys.map((key: { name: string }) => key.name)).toEqual([
    'Admin key',
  ])
  parts.forEach(({ script: block, shown = '' }, index) => {
    expect(words(printed[index] ?? ''), block).toMatch(pattern(shown))
  })
})

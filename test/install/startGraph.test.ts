import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

/** Runs in a process of its own: what an entry point has loaded by the time at which it reads its settings. */
const LOAD = `
import { registerHooks } from 'node:module'
const loaded = []
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    loaded.push([found.url, context.parentURL ?? ''])
    return found
  },
})
await import(process.argv[1]).catch((error) => {
  if (!/The environment is not complete/.test(String(error))) throw error
})
process.stdout.write(JSON.stringify(loaded), () => process.exit(0))
`

/** The packages that our own modules import at a start, and our own modules, from the entry point on. */
async function startGraph(main: string) {
  const entry = join(root, main)
  const args = ['--input-type=module', '--eval', LOAD, entry]
  const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 64e6 })
  const loaded = JSON.parse(stdout) as [string, string][]
  const packages = new Set<string>()
  const own = new Set<string>()
  for (const [url, parent] of loaded) {
    const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
    if (name === undefined) {
      if (url.startsWith('file:')) own.add(url.slice(url.indexOf('/src/') + 1))
    } else if (!parent.includes('/node_modules/')) packages.add(name)
  }
  return { packages: [...packages], own: [...own] }
}

/** What most processes never need, or not at once, is loaded when it is first used: it would delay every start. */
const LATER = ['@bull-board/api', '@bull-board/koa', '@opentelemetry/sdk-trace', 'bullmq-otel', 'nodemailer']

it.each(['api', 'workers'])(
  'src/%s/main.ts loads neither the doctor nor what sends email at its start',
  async (kind) => {
    const { packages, own } = await startGraph(`src/${kind}/main.ts`)
    expect(packages).toContain('bullmq')
    expect(packages.filter((name) => LATER.includes(name))).toEqual([])
    // What /livez says to a doctor that asks.
    const part = (file: string) => file.startsWith('src/doctor/') && file !== 'src/doctor/challenge.ts'
    expect(own.filter(part)).toEqual([])
  },
)

it('an api loads nothing of a worker, and a worker nothing of an api', async () => {
  expect((await startGraph('src/api/main.ts')).own.filter((file) => file.startsWith('src/workers/'))).toEqual(
    [],
  )
  expect((await startGraph('src/workers/main.ts')).own.filter((file) => file.startsWith('src/api/'))).toEqual(
    [],
  )
})
